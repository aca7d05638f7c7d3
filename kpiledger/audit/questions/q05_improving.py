"""Question 5: which changes of targets made a status better within some days of the period's end?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import NARROWING, Change, changes_of, counted, told
from kpiledger.audit.judging import improves, status_of
from kpiledger.audit.published import published
from kpiledger.audit.standing import tree_facts
from kpiledger.audit.words import number_of
from kpiledger.periods import Period, Reckoning, periods_between
from kpiledger.settings import Settings
from kpiledger.vocabulary import Grain

_DAYS = 14
_COLUMNS = (
    "period", "days_after_end", "actual", "old_status", "new_status", "entry", "recorded_at", "agreement", "version",
    "event", "holder", "kpi", "slice", "member", "change", "old", "new", "reason_kind", "reason_text", "proposed_by",
    "approved_by", "entry_hash",
)  # fmt: skip
_NOTE = "The status is that of the figure published now, held against the target before and after the change."
# Of the versions of a KPI the one in force on the period's first day; only whole periods have a status.
_ACTUALS = """
    select number.kpi, number.slice, number.member, number.grain, cast(number.period_start as date), number.value
    from kpi.fct_kpi_value as number
    join kpi.dim_kpi_version as version
        on version.kpi = number.kpi and version.version = number.version
        and version.valid_from <= number.period_start
        and coalesce(version.valid_to, date '9999-12-31') >= number.period_start
    where number.span = 'period' and number.is_complete and number.value is not null
        and list_contains(?::varchar[], number.kpi)
"""

Key = tuple[str, str, str, str, date]  # KPI, slice, member, grain, first day


def answer(asked: Asked) -> Answer:
    """Changes recorded up to `days` before or after a period's end by which a missed target is missed less."""
    days, facts = number_of(asked.words, "days", _DAYS), tree_facts(asked.index())
    if not asked.settings.warehouse.exists():
        summary = "There is no published warehouse, so no status can be told: this was not looked at"
        return Answer(_COLUMNS, (), (summary,), ("`kpi run` publishes one.",), holds=False, facts=facts)
    reckoning = asked.project().calendar.reckoning
    near = [change for change in changes_of(asked) if any(_near(change, days, reckoning))]
    actuals = _actuals(asked.settings, sorted({change.kpi for change in near}))
    rows, unjudged = [], 0
    for change in near:
        for period in _near(change, days, reckoning):
            actual = actuals.get((change.kpi, change.slice, change.member, change.grain, period.start))
            if actual is None:
                unjudged += 1
                continue
            old, new = (status_of(target, period, actual) for target in (change.old, change.new))
            unjudged += old is None or new is None
            if improves(old, new):
                rows.append(_row(change, period, actual, str(old), str(new)))
    found = "1 status was" if len(rows) == 1 else f"{len(rows)} statuses were"
    summary = f"{found} made better by a change within {days} days of the period's end, {told(asked.words)}"
    notes = [_NOTE]
    if unjudged:
        notes.append(
            f"{counted(unjudged, 'period')} could not be judged: no whole figure is published, or the target follows "
            "from other periods."
        )
    facts = {"improved": len(rows), "not judged": unjudged, **facts}
    return Answer(_COLUMNS, rows, (summary,), tuple(notes), holds=not rows, facts=facts)


def _near(change: Change, days: int, reckoning: Reckoning) -> Iterator[Period]:
    """The periods that a change is for and whose end is at most so many days from its recording."""
    recorded_on, grain = change.recorded_at.date(), Grain(change.grain)
    first = Period.holding(recorded_on - timedelta(days=days), grain, reckoning).start
    last = min(change.changed_to, recorded_on + timedelta(days=days))
    for period in periods_between(max(first, change.changed_from), last, grain, reckoning):
        if abs((recorded_on - period.end).days) <= days:
            yield period


def _actuals(settings: Settings, kpis: list[str]) -> Mapping[Key, Decimal]:
    """What the published warehouse says, read on a connection of its own: the ledger is never beside it."""
    with published(settings) as connection:
        found = connection.execute(_ACTUALS, [kpis]).fetchall()
    return {(kpi, cut, member, grain, start): Decimal(value) for kpi, cut, member, grain, start, value in found}


def _row(change: Change, period: Period, actual: Decimal, old: str, new: str) -> tuple[object, ...]:
    row = change.row
    return (
        str(period), (change.recorded_at.date() - period.end).days, actual, old, new, *row[:9], row[11], row[13],
        row[14], row[16], row[17], row[19], row[20], row[22],
    )  # fmt: skip


QUESTION = Question(
    5,
    "Changes that made a status better within some days of the period's end (14 unless told)",
    answer,
    takes=("days", *NARROWING),
)
