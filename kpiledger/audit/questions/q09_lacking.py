"""Question 9: which promises lack a target, an owner, a counter-KPI or a source, and who is held to too much?

Looked at is what is promised by the versions in force among all events, each KPI, slice and member once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from decimal import Decimal

from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import counted
from kpiledger.audit.standing import tree_facts
from kpiledger.project import Project

COLUMNS = ("lacks", "holder", "agreement", "version", "kpi", "slice", "member", "detail", "entry")
MOST_KPIS = 5
LEAST_INFLUENCE = Decimal("0.70")
Row = tuple[object, ...]

_NO_TARGET = """
    select event.holder, version.agreement, version.agreement_version, version.valid_from, version.valid_to, version.seq
    from version
    join event on event.seq = version.seq
    where version.superseded_at is null
        and event.event != 'retired'
        and version.seq not in (select seq from promise)
    order by version.seq
"""
# The latest version in force that promises a KPI, slice and member; twice as fast as a window over all promises.
_PROMISED = """
    create or replace temporary table promised as
    with latest as (
        select
            promise.agreement, promise.kpi, promise.slice, promise.member,
            max(promise.agreement_version) as agreement_version,
            arg_max(promise.seq, promise.agreement_version) as seq,
            arg_max(promise.target_seq, (promise.agreement_version, promise.segment_from)) as target_seq
        from promise
        join version on version.seq = promise.seq
        where version.superseded_at is null
        group by promise.agreement, promise.kpi, promise.slice, promise.member
    )
    select latest.*, event.holder, target.influence, target.baseline_value, target.baseline_source
    from latest
    join event on event.seq = latest.seq
    join target
        on target.seq = latest.target_seq
        and target.kpi = latest.kpi
        and target.slice = latest.slice
        and target.member = latest.member
"""
_COUNTS = "select kpi, count(*) from promised where agreement = coalesce(?, agreement) group by kpi order by kpi"
_WITHOUT_SOURCE = """
    select
        'source', holder, agreement, agreement_version, kpi, slice, member, 'the baseline names none', target_seq
    from promised
    where agreement = coalesce(?, agreement)
        and baseline_value is not null
        and coalesce(baseline_source, '') = ''
    order by agreement, kpi, slice, member
"""
_SMALL_INFLUENCE = """
    select 'influence', holder, agreement, agreement_version, kpi, slice, member, influence, target_seq
    from promised
    where agreement = coalesce(?, agreement) and cast(influence as decimal(9, 6)) < ?
    order by agreement, kpi, slice, member
"""
# Days on which a holder is held to a KPI, joined where they touch; then how many KPIs begin and end on each day.
_AT_ONCE = """
    with held as (
        select distinct
            event.holder,
            promise.kpi,
            greatest(promise.segment_from, version.valid_from) as first_day,
            least(promise.segment_to, version.valid_to) as last_day
        from promise
        join version on version.seq = promise.seq
        join event on event.seq = promise.seq
        where version.superseded_at is null
            and greatest(promise.segment_from, version.valid_from) <= least(promise.segment_to, version.valid_to)
    ),
    marked as (
        select
            *,
            coalesce(first_day <= 1 + max(last_day) over (
                partition by holder, kpi
                order by first_day, last_day
                rows between unbounded preceding and 1 preceding
            ), false) as goes_on
        from held
    ),
    numbered as (
        select
            *,
            sum(case when goes_on then 0 else 1 end) over (
                partition by holder, kpi
                order by first_day, last_day
            ) as run
        from marked
    ),
    runs as (
        select holder, kpi, min(first_day) as first_day, max(last_day) as last_day
        from numbered
        group by holder, kpi, run
    ),
    steps as (
        select holder, first_day as day, 1 as step from runs
        union all
        select holder, last_day + 1 as day, -1 as step from runs
    ),
    days as (
        select holder, day, sum(step) as step
        from steps
        group by holder, day
    ),
    counted as (
        select holder, day, sum(step) over (partition by holder order by day) as kpi_count
        from days
    )
    select holder, max(kpi_count) as most, arg_max(day, kpi_count) as from_day
    from counted
    group by holder
    having max(kpi_count) > ?
    order by holder
"""


_ORDER = ("target", "owner", "counter-KPI", "source", "influence", "focus")
_NOTES = (
    "target: a version in force promises nothing; owner: the role that owns the KPI is held by nobody; source: the "
    f"baseline, or every fact of the KPI, names none; influence: under {LEAST_INFLUENCE}; focus: held to more than "
    f"{MOST_KPIS} KPIs at once.",
)


def answer(asked: Asked) -> Answer:
    """A row for each thing that is lacking, by what it is."""
    index, project = asked.index(), asked.project()
    asked_for = asked.words.get("agreement")
    index.execute(_PROMISED)
    counts_by_kpi = dict(index.execute(_COUNTS, [asked_for]).fetchall())
    rows: list[Row] = [
        *(row for row in _without_target(index) if asked_for in (None, row[2])),
        *_of_kpis(counts_by_kpi, project),
        *index.execute(_WITHOUT_SOURCE, [asked_for]).fetchall(),
        *index.execute(_SMALL_INFLUENCE, [asked_for, LEAST_INFLUENCE]).fetchall(),
        *(() if asked_for else _held_to_too_much(index)),
    ]
    rows.sort(key=lambda row: _ORDER.index(str(row[0])))
    counts = {name: sum(1 for row in rows if row[0] == name) for name in _ORDER}
    looked_at = sum(counts_by_kpi.values())
    told = (f"{counted(looked_at, 'promise')} looked at; {counted(len(rows), 'lack')} found",)
    facts = {"promises": looked_at, **counts, **tree_facts(index)}
    return Answer(COLUMNS, rows, told, _NOTES, holds=not rows, facts=facts)


def _without_target(index: DuckDBPyConnection) -> Iterator[Row]:
    for holder, agreement, version, first, last, seq in index.execute(_NO_TARGET).fetchall():
        yield "target", holder, agreement, version, None, None, None, f"from {first} to {last}", seq


def _of_kpis(counts: Mapping[str, int], project: Project) -> Iterator[Row]:
    """What a KPI lacks is told once, with the number of promises that rest on it."""
    held = {role for roles in project.organisation.people.values() for role in roles} | {*project.organisation.people}
    for name, count in counts.items():
        for what, why in _lacks_of(project, name, held):
            yield what, None, None, None, name, None, None, f"{why}; {counted(count, 'promise')}", None


def _lacks_of(project: Project, name: str, held: Set[str]) -> Iterator[tuple[str, str]]:
    spec = project.kpis.get(name)
    if spec is None:
        yield "owner", "the files have no such KPI any more"
        return
    if spec.owner not in held:
        yield "owner", f"nobody holds the role {spec.owner}"
    if not spec.counter_kpis:
        yield "counter-KPI", "the KPI names none"
    if not any(fact.source for fact, _ in project.measured_by(spec)):
        yield "source", "no fact of the KPI names one"


def _held_to_too_much(index: DuckDBPyConnection) -> Iterator[Row]:
    for holder, most, day in index.execute(_AT_ONCE, [MOST_KPIS]).fetchall():
        yield "focus", holder, None, None, None, None, None, f"{most} KPIs at once, first on {day}", None


QUESTION = Question(
    9,
    "Agreements lacking target, owner, counter-KPI or source; holders with more than 5 KPIs; influence under 0.70",
    answer,
    takes=("agreement",),
)
