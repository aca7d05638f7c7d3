"""Question 5: which changes of targets made a status better within some days of the period's end?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import NARROWING, Change, counted, told
from kpiledger.audit.judging import Beside, improves, status_of
from kpiledger.audit.population import changes_of
from kpiledger.audit.published import published
from kpiledger.audit.standing import tree_facts
from kpiledger.audit.words import number_of
from kpiledger.periods import Period, Reckoning, add_months, periods_between
from kpiledger.settings import Settings
from kpiledger.vocabulary import Grain, Status

_DAYS = 14
_NAMED = 20
_COLUMNS = (
    "period", "days_after_end", "approved_days_after_end", "actual", "old_status", "new_status", "entry",
    "recorded_at", "agreement", "version", "event", "holder", "kpi", "slice", "member", "change", "old", "new",
    "reason_kind", "reason_text", "proposed_by", "approved_by", "entry_hash",
)  # fmt: skip
_NOTE = (
    "The status is that of the figure published now, held against the target before and after the change. Near the end "
    "is a change that was recorded or approved then."
)
# Of the versions of a KPI the one in force on the period's first day; only whole periods have a status.
_ACTUALS = """
    select number.kpi, number.slice, number.member, number.grain, cast(number.period_start as date), number.value
    from kpi.fct_kpi_value as number
    join kpi.dim_kpi_version as version
        on version.kpi = number.kpi and version.version = number.version
        and version.valid_from <= number.period_start
        and coalesce(version.valid_to, date '9999-12-31') >= number.period_start
    where number.span = 'period' and number.is_complete and number.value is not null
        and list_contains(?::varchar[], number.kpi) and number.period_start between ? and ?
"""

# The day of recording or of the approval must be near the end of a period that changed; none is longer than this.
_LONGEST = 371
_NEAR = (
    "change.changed_from <= cast({moment} as date) + {days} "
    f"and change.changed_to >= cast({{moment}} as date) - {{days}} - {_LONGEST}"
)
_APPROVED = """
    exists (
        select 1 from approval_state join entry as given on given.seq = approval_state.approval_seq
        where approval_state.seq = change.seq and approval_state.state = 'approved' and {near}
    )
"""

Key = tuple[str, str, str, str, date]  # KPI, slice, member, grain, first day


def answer(asked: Asked) -> Answer:
    """Changes recorded or approved within `days` of a period's end by which a missed target is missed less."""
    days, facts = number_of(asked.words, "days", _DAYS), tree_facts(asked.index())
    if not asked.settings.warehouse.exists():
        summary = "There is no published warehouse, so no status can be told: this was not looked at"
        return Answer(_COLUMNS, (), (summary,), ("`kpi run` publishes one.",), holds=False, facts=facts)
    reckoning = asked.reckoning()
    recorded, approved = (_NEAR.format(moment=f"{one}.recorded_at", days=days) for one in ("entry", "given"))
    changes = changes_of(asked, f"({recorded} or {_APPROVED.format(near=approved)})")
    near = [(change, periods) for change in changes if (periods := _near(change, days, reckoning))]
    starts = [period.start for _, periods in near for period in periods]
    actuals = _actuals(asked.settings, sorted({change.kpi for change, _ in near}), starts)
    rows: list[tuple[object, ...]] = []
    unjudged: list[str] = []
    waiting = 0
    for change, periods in near:
        if not change.counts:
            waiting += 1
            continue
        for period in periods:
            key = (change.kpi, change.slice, change.member, change.grain)
            actual = actuals.get((*key, period.start))
            if actual is None:
                unjudged.append(f"{change.kpi} of entry {change.seq} in {period}")
                continue
            year_before = actuals.get((*key, add_months(period.start, -12)))
            old, new = _statuses(change, period, actual, year_before, reckoning)
            if old is None or new is None:
                unjudged.append(f"{change.kpi} of entry {change.seq} in {period}")
            if improves(old, new):
                rows.append(_row(change, period, actual, str(old), str(new)))
    found = "1 status was" if len(rows) == 1 else f"{len(rows)} statuses were"
    summary = f"{found} made better by a change within {days} days of the period's end, {told(asked.words)}"
    notes = [_NOTE]
    if unjudged:
        named = ", ".join(unjudged[:_NAMED]) + (" and more" if len(unjudged) > _NAMED else "")
        notes.append(
            f"{counted(len(unjudged), 'period')} could not be judged, since no whole figure is published of it or of "
            f"what its target follows from: {named}."
        )
    if waiting:
        notes.append(f"{counted(waiting, 'change')} near a period's end made nothing better: not approved as required.")
    facts = {"improved": len(rows), "not judged": len(unjudged), "not approved": waiting, **facts}
    return Answer(_COLUMNS, rows, (summary,), tuple(notes), holds=not rows, facts=facts)


def _near(change: Change, days: int, reckoning: Reckoning) -> list[Period]:
    """The periods that a change is for and whose end is at most so many days from its recording or its approval."""
    moments = {change.recorded_at.date(), *([change.approved_at.date()] if change.approved_at else [])}
    span = change.changed_from, change.changed_to, Grain(change.grain), reckoning
    return sorted({period for day in moments for period in _near_day(day, days, *span)})


@lru_cache(maxsize=100_000)  # many changes of a day are for the same days
def _near_day(
    day: date, days: int, changed_from: date, changed_to: date, grain: Grain, reckoning: Reckoning
) -> tuple[Period, ...]:
    first = Period.holding(day - timedelta(days=days), grain, reckoning).start
    last = min(changed_to, day + timedelta(days=days))
    between = periods_between(max(first, changed_from), last, grain, reckoning)
    return tuple(period for period in between if abs((day - period.end).days) <= days)


def _statuses(
    change: Change, period: Period, actual: Decimal, year_before: Decimal | None, reckoning: Reckoning
) -> tuple[Status | None, Status | None]:
    """Against the target before and after; a ramp of either runs over its own days."""
    sides = (change.old_target, change.old_from, change.old_to), (change.new_target, change.new_from, change.new_to)
    old, new = (
        status_of(target, period, actual, Beside(first, last, year_before, reckoning) if first and last else None)
        for target, first, last in sides
    )
    return old, new


def _actuals(settings: Settings, kpis: list[str], starts: list[date]) -> Mapping[Key, Decimal]:
    """What the published warehouse says of periods that begin on these days or between, and of those a year before.

    It is read on a connection of its own: the ledger is never beside it.
    """
    if not starts:
        return {}
    days = add_months(min(starts), -12), max(starts)
    with published(settings) as connection:
        found = connection.execute(_ACTUALS, [kpis, *days]).fetchall()
    return {(kpi, cut, member, grain, start): Decimal(value) for kpi, cut, member, grain, start, value in found}


def _row(change: Change, period: Period, actual: Decimal, old: str, new: str) -> tuple[object, ...]:
    row = change.row
    approved = (change.approved_at.date() - period.end).days if change.approved_at else None
    return (
        str(period), (change.recorded_at.date() - period.end).days, approved, actual, old, new, *row[:9], row[11],
        row[13], row[14], row[16], row[17], row[19], row[20], row[23],
    )  # fmt: skip


QUESTION = Question(
    5,
    "Changes that made a status better within some days of the period's end (14 unless told)",
    answer,
    takes=("days", *NARROWING),
)
