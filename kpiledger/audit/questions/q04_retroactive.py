"""Question 4: which changes of targets were recorded after the period they are for had begun, or ended?"""

from __future__ import annotations

from datetime import date

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import NARROWING, Change, counted, told
from kpiledger.audit.population import changes_of
from kpiledger.audit.standing import tree_facts
from kpiledger.ledger_index.promising import figures_of
from kpiledger.periods import Period, Reckoning, periods_between
from kpiledger.vocabulary import Grain

AFTER_START, AFTER_END = "after the period began", "after the period ended"
_COLUMNS = (
    "lateness", "days_late", "first_period", "begun_periods", "ended_periods", "entry", "recorded_at", "agreement",
    "version", "event", "holder", "kpi", "slice", "member", "change", "old", "new", "decided_on", "reason_kind",
    "reason_text", "proposed_by", "approved_by", "approval_state", "entry_hash",
)  # fmt: skip
_NOTES = (
    "A change is late by the day (UTC) on which it was recorded, whatever day it says that it was decided on.",
    "No period close is recorded in this ledger, so nothing can have come after one.",
)


def answer(asked: Asked) -> Answer:
    """The late changes, those after a period's end first, and the later ones first among them."""
    reckoning = asked.project().calendar.reckoning
    late = [one for one in changes_of(asked) if one.changed_from <= one.recorded_at.date()]
    rows = [row for change in late if (row := _row(change, reckoning))]
    rows.sort(key=lambda row: (row[0] != AFTER_END, -int(str(row[1])), int(str(row[5])), str(row[11]), str(row[13])))
    ended = sum(row[0] == AFTER_END for row in rows)
    summary = (
        f"{counted(len(rows), 'retroactive change')}, {told(asked.words)}: {ended} after the end of the first period "
        f"changed, {len(rows) - ended} after its beginning"
    )
    facts = {AFTER_END: ended, AFTER_START: len(rows) - ended, **tree_facts(asked.index())}
    return Answer(_COLUMNS, rows, (summary,), _NOTES, holds=not rows, facts=facts)


def _row(change: Change, reckoning: Reckoning) -> tuple[object, ...] | None:
    recorded_on = change.recorded_at.date()
    last = min(change.changed_to, recorded_on)
    periods = periods_between(change.changed_from, last, Grain(change.grain), reckoning)
    begun = [period for period in periods if _is_moved(change, period)]
    if not begun:
        return None
    ended = sum(period.end < recorded_on for period in begun)
    lateness, day = _lateness(begun[0], recorded_on)
    row = change.row
    return (
        lateness, (recorded_on - day).days, str(begun[0]), len(begun), ended, *row[:9], row[11], row[13], row[14],
        *row[15:18], *row[19:22], row[23],
    )  # fmt: skip


def _is_moved(change: Change, period: Period) -> bool:
    """Whether a period is promised something else than before; what is repeated for past months changes nothing."""
    days = period.start.toordinal(), period.end.toordinal()
    old, new = (figures_of(target, *days) if target else {} for target in (change.old, change.new))
    return old != new


def _lateness(first: Period, recorded_on: date) -> tuple[str, date]:
    """How late a change is for the first period that it changes, and the day from which it is that late."""
    return (AFTER_END, first.end) if first.end < recorded_on else (AFTER_START, first.start)


QUESTION = Question(
    4,
    "Retroactive changes of targets, by lateness: recorded after the period began, or after it ended",
    answer,
    takes=NARROWING,
)
