"""The tables of the conversation: which triggers fired, what is to be reviewed, and what was decided.

A run lays them when its triggers are recorded, just before the pages are rendered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.periods import Period, Reckoning
from kpiledger.reviews.decisions import Decision, decisions_in
from kpiledger.reviews.firing import fired_entries
from kpiledger.reviews.item import ReviewItem
from kpiledger.warehouse import Table, lay_tables

_AMOUNT = "decimal(38,10)"
_SEQ = ("integer", "The entry of the ledger.")
_RECORDED_AT = ("timestamp", "When it was recorded (UTC).")
_ENTRY_HASH = ("varchar", "The hash of the entry.")


@dataclass(frozen=True, slots=True)
class Described:
    """A table of the conversation: its name, what one row is, and each column with type and meaning."""

    name: str
    meaning: str
    columns: dict[str, tuple[str, str]]

    def table(self, rows: Sequence[Sequence[object]]) -> Table:
        """The table with its rows."""
        return Table(self.name, {name: kind for name, (kind, _) in self.columns.items()}, rows, self.meaning)


FCT_TRIGGER_FIRED = Described(
    "fct_trigger_fired",
    "Triggers of agreements that fired, as recorded. One row per trigger and period.",
    {
        "agreement": ("varchar", "The agreement that the trigger belongs to."),
        "trigger_id": ("varchar", "The trigger's id within the agreement."),
        "period": ("varchar", "The period that fired it."),
        "fired_value": (_AMOUNT, "The figure of the period, as it was known."),
        "reference_value": (_AMOUNT, "What it was compared with; null where it was held against the bound itself."),
        "change_ratio": (_AMOUNT, "By which share it differed from that, 0.1 for 10 percent more."),
        "at_least": (_AMOUNT, "It fires from here up; null without such a bound."),
        "at_most": (_AMOUNT, "It fires from here down; null without such a bound."),
        "periods_in_a_row": ("integer", "For how many periods in a row the condition had to be met."),
        "agreed_answer": ("varchar", "What was agreed to be done: review, rebaseline or reforecast."),
        "known_on": ("date", "The as-of date of the run that saw it first."),
        "due_on": ("date", "By when it was agreed to be answered."),
        "run_id": ("varchar", "The run that saw it first."),
        "is_still_so": (
            "boolean",
            "Whether the figures as they are known now would still fire it; null where it fired after the as-of date.",
        ),
        "seq": _SEQ,
        "recorded_at": _RECORDED_AT,
        "entry_hash": _ENTRY_HASH,
    },
)
FCT_REVIEW_DUE = Described(
    "fct_review_due",
    "What is, or was, to be looked at again. One row per review item.",
    {
        "review_item": ("varchar", "The item's name, for `kpi decide --closes`."),
        "what": ("varchar", "trigger, mid_year, unchanged or period."),
        "holder": ("varchar", "Whose targets it is about; null for a KPI as such."),
        "agreement": ("varchar", "The agreement it is about, where it is about one."),
        "kpi": ("varchar", "The KPI it is about, where it is about one."),
        "period": ("varchar", "The period it is about, where it is about one."),
        "says": ("varchar", "What is asked, as a sentence."),
        "asks": ("varchar", "The role or person who is asked."),
        "opened_on": ("date", "The day from which it waits."),
        "due_on": ("date", "The day by which it is to be answered."),
        "state": ("varchar", "open, overdue, closed or lapsed, as of the run's day."),
        "is_open": ("boolean", "Whether it waits for an answer."),
        "is_overdue": ("boolean", "Whether it waits and is late."),
        "opened_by_seq": ("integer", "The entry that it follows from."),
        "closed_on": ("date", "The day of the decision that answers it."),
        "closed_by_seq": ("integer", "The entry of that decision, amendment or definition."),
        "is_still_so": ("boolean", "Of a trigger: whether the figures as they are known now would still fire it."),
    },
)
FCT_DECISION = Described(
    "fct_decision",
    "Decisions of the conversation on a holder's period, as noted. One row per decision.",
    {
        "decision": ("varchar", "The decision's name, as decision/7."),
        "holder": ("varchar", "The unit, role or person that it is about."),
        "period": ("varchar", "The period that was talked about."),
        "period_start": ("date", "First day of that period; null where the calendar knows its name no more."),
        "period_end": ("date", "Last day of that period."),
        "kpi": ("varchar", "The KPI it is about; null where it is about all of them."),
        "says": ("varchar", "What was decided; `erased` where the person was."),
        "decided_by": ("varchar", "The role or person who decided."),
        "decided_on": ("date", "The day of the decision."),
        "closes": ("varchar", "The review item that it answers, where it answers one."),
        "evidence": ("varchar", "Where it is documented."),
        "seq": _SEQ,
        "recorded_at": _RECORDED_AT,
        "entry_hash": _ENTRY_HASH,
    },
)
CONVERSATION_TABLES = (FCT_TRIGGER_FIRED, FCT_REVIEW_DUE, FCT_DECISION)


def lay_conversation(
    warehouse: Path,
    schema: str,
    reckoning: Reckoning,
    ledger: Ledger,
    entries: Sequence[Entry],
    items: Sequence[ReviewItem],
    still_so: Mapping[str, bool],
) -> None:
    """Lay the three tables; `still_so` says of triggers that fired by the as-of date whether they would still fire."""
    fired = [fired_row(entry, still_so.get(key)) for key, entry in fired_entries(entries).items()]
    decided = [decision_row(reckoning, one) for one in decisions_in(ledger, entries)]
    tables = [
        FCT_TRIGGER_FIRED.table(fired),
        FCT_REVIEW_DUE.table([astuple(item) for item in items]),
        FCT_DECISION.table(decided),
    ]
    lay_tables(warehouse, schema, tables)


def fired_row(entry: Entry, is_still_so: bool | None) -> tuple[object, ...]:
    """A row of fct_trigger_fired."""
    said = entry.content
    figures = [_figure(said[name]) for name in ("value", "reference", "change", "at_least", "at_most")]
    return (
        said["agreement"], said["trigger"], said["period"], *figures, int(said["in_a_row"]), said["then"],
        date.fromisoformat(said["as_of_on"]), date.fromisoformat(said["due_on"]), said["run_id"], is_still_so,
        entry.seq, _utc(entry.recorded_at), entry.entry_hash,
    )  # fmt: skip


def decision_row(reckoning: Reckoning, one: Decision) -> tuple[object, ...]:
    """A row of fct_decision."""
    return (
        one.name, one.holder, one.period, *_days(one.period, reckoning), one.kpi, one.says, one.decided_by,
        one.decided_on, one.closes, one.evidence, one.seq, _utc(one.recorded_at), one.entry_hash,
    )  # fmt: skip


def _days(period: str, reckoning: Reckoning) -> tuple[date | None, date | None]:
    """First and last day of a period; none where the calendar has another fiscal year by now and knows no such name."""
    with suppress(ValueError):
        found = Period.parse(period, reckoning)
        return found.start, found.end
    return None, None


def _figure(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
