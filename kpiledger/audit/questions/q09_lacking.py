"""Question 9: which promises lack a target, an owner, a counter-KPI or a source, and who is held to too much?

Looked at is what is promised by the versions in force among all events, each KPI, slice and member once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import counted
from kpiledger.audit.standing import tree_facts
from kpiledger.project import Project
from kpiledger.rules.governance.focus import enough_influence, most_kpis
from kpiledger.specs.governance import Thresholds

COLUMNS = ("lacks", "holder", "agreement", "version", "kpi", "slice", "member", "detail", "entry")
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
# The latest version in force that promises a KPI, slice and member, and on its last run of days the entry that names
# the target; version and day are one number, as a pair of them takes five times as long to compare.
_PROMISED = """
    create or replace temporary table promised as
    select
        promise.agreement, promise.kpi, promise.slice, promise.member,
        max(promise.agreement_version) as agreement_version,
        arg_max(promise.seq, promise.agreement_version) as seq,
        arg_max(
            promise.target_seq,
            promise.agreement_version * 10000000::bigint + (promise.segment_from - date '0001-01-01')
        ) as target_seq
    from promise
    join version on version.seq = promise.seq
    where version.superseded_at is null
    group by promise.agreement, promise.kpi, promise.slice, promise.member
"""
# What it says is looked up for those targets only that lack something.
_NAMED = """
    from promised
    join target
        on target.seq = promised.target_seq
        and target.kpi = promised.kpi
        and target.slice = promised.slice
        and target.member = promised.member
    join event on event.seq = promised.seq
    where promised.agreement = coalesce(?, promised.agreement)
"""
_COUNTS = "select kpi, count(*) from promised where agreement = coalesce(?, agreement) group by kpi order by kpi"
_WITHOUT_SOURCE = f"""
    select
        'source', event.holder, promised.agreement, promised.agreement_version, promised.kpi, promised.slice,
        promised.member, 'the baseline names none', target_seq
    {_NAMED} and target.baseline_value is not null and coalesce(target.baseline_source, '') = ''
    order by promised.agreement, promised.kpi, promised.slice, promised.member
"""
_SMALL_INFLUENCE = f"""
    select
        'influence', event.holder, promised.agreement, promised.agreement_version, promised.kpi, promised.slice,
        promised.member, target.influence, target_seq
    {_NAMED} and cast(target.influence as decimal(9, 6)) < ?
    order by promised.agreement, promised.kpi, promised.slice, promised.member
"""
# Days on which a holder is held to a KPI, joined where they touch; then how many KPIs begin and end on each day, and
# the first day with the most. Numbers stand for the names, since there are millions of days to sort.
_AT_ONCE = """
    with holder_name as (
        select holder, row_number() over () as holder_id from (select distinct holder from event)
    ),
    kpi_name as (
        select kpi, row_number() over () as kpi_id from (select distinct kpi from promise)
    ),
    standing as (
        select version.seq, version.valid_from, version.valid_to, holder_name.holder_id
        from version
        join event on event.seq = version.seq
        join holder_name on holder_name.holder = event.holder
        where version.superseded_at is null
    ),
    held as (
        select distinct
            standing.holder_id,
            kpi_name.kpi_id,
            greatest(promise.segment_from, standing.valid_from) as first_day,
            least(promise.segment_to, standing.valid_to) as last_day
        from promise
        join standing on standing.seq = promise.seq
        join kpi_name on kpi_name.kpi = promise.kpi
        where greatest(promise.segment_from, standing.valid_from) <= least(promise.segment_to, standing.valid_to)
    ),
    marked as (
        select
            holder_id,
            first_day,
            max(last_day) over (days rows between unbounded preceding and 1 preceding) as last_before,
            max(last_day) over (days rows between unbounded preceding and current row) as last_so_far,
            lead(first_day) over days as next_first
        from held
        window days as (partition by holder_id, kpi_id order by first_day, last_day)
    ),
    steps as (
        select holder_id, first_day as day, 1 as step from marked
        where last_before is null or first_day > last_before + 1
        union all
        select holder_id, last_so_far + 1 as day, -1 as step from marked
        where next_first is null or next_first > last_so_far + 1
    ),
    days as (
        select holder_id, day, sum(step) as step
        from steps
        group by holder_id, day
    ),
    counted as (
        select holder_id, day, sum(step) over (partition by holder_id order by day) as kpi_count
        from days
    )
    select
        any_value(holder_name.holder) as holder,
        max(kpi_count) as most,
        arg_max(day, kpi_count * 10000000::bigint - (day - date '0001-01-01')) as from_day
    from counted
    join holder_name using (holder_id)
    group by holder_id
    order by holder
"""


_ORDER = ("target", "owner", "counter-KPI", "source", "influence", "focus")
_NOTE = (
    "target: a version in force promises nothing; owner: the role that owns the KPI is held by nobody; source: the "
    "baseline, or every fact of the KPI, names none; influence: under {influence:.2f}; focus: held to more than "
    "{kpis:f} KPIs at once, the company to more than {of_company:f}."
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
        *index.execute(_SMALL_INFLUENCE, [asked_for, enough_influence(project)]).fetchall(),
        *(() if asked_for else _held_to_too_much(index, project)),
    ]
    rows.sort(key=lambda row: _ORDER.index(str(row[0])))
    counts = {name: sum(1 for row in rows if row[0] == name) for name in _ORDER}
    looked_at = sum(counts_by_kpi.values())
    told = (f"{counted(looked_at, 'promise')} looked at; {counted(len(rows), 'lack')} found",)
    facts = {"promises": looked_at, **counts, **tree_facts(index)}
    return Answer(COLUMNS, rows, told, (_note(project.organisation.thresholds),), holds=not rows, facts=facts)


def _without_target(index: DuckDBPyConnection) -> Iterator[Row]:
    for holder, agreement, version, first, last, seq in index.execute(_NO_TARGET).fetchall():
        yield "target", holder, agreement, version, None, None, None, f"from {first} to {last}", seq


def _of_kpis(counts: Mapping[str, int], project: Project) -> Iterator[Row]:
    """What a KPI lacks is told once, with the number of promises that rest on it."""
    organisation = project.organisation
    held = {role for role in organisation.roles if organisation.holding(role)} | {*organisation.people}
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


def _held_to_too_much(index: DuckDBPyConnection, project: Project) -> Iterator[Row]:
    """Told of holders as they stand in the index: a person there is one holder, with the limit of a person."""
    for holder, most, day in index.execute(_AT_ONCE).fetchall():
        if most > most_kpis(project, holder):
            yield "focus", holder, None, None, None, None, None, f"{most} KPIs at once, first on {day}", None


def _note(limits: Thresholds) -> str:
    return _NOTE.format(
        influence=limits.least_influence.value,
        kpis=limits.most_kpis.value,
        of_company=limits.most_kpis_of_company.value,
    )


QUESTION = Question(
    9,
    "Agreements lacking target, owner, counter-KPI or source; holders with too many KPIs; small influence",
    answer,
    takes=("agreement",),
)
