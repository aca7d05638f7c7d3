"""Question 9: which promises lack a target, an owner, a counter-KPI or a source, and who is held to too much?

Looked at is what is promised by the versions in force among all events, each KPI, slice and member once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from decimal import Decimal

from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import counted
from kpiledger.audit.held_at_once import most_at_once
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
    anti join promise on promise.seq = version.seq
    where version.superseded_at is null and event.event != 'retired'
    order by version.seq
"""
_COUNTS = """
    with promised as (
        select distinct agreement, kpi, slice, member
        from promise
        where seq in (select seq from version where superseded_at is null) and agreement = coalesce(?, agreement)
    )
    select kpi, count(*) from promised group by kpi order by kpi
"""
# Few of all targets lack something: they are looked for first, and which of them are promised is asked for these only.
_LACKING = """
    create or replace temporary table lacking as
    select
        seq, kpi, slice, member, influence,
        baseline_value is not null and coalesce(baseline_source, '') = '' as is_without_source,
        coalesce(try_cast(influence as decimal(9, 6)) < ?, false) as is_small
    from target
    where is_without_source or is_small
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
        and promise.agreement = coalesce(?, promise.agreement)
        and promise.agreement in (select agreement from event where seq in (select seq from lacking))
    group by promise.agreement, promise.kpi, promise.slice, promise.member
"""
_LACKS = """
    select
        '{lack}', event.holder, promised.agreement, promised.agreement_version, promised.kpi, promised.slice,
        promised.member, {detail}, target_seq
    from promised
    join lacking
        on lacking.seq = promised.target_seq
        and lacking.kpi = promised.kpi
        and lacking.slice = promised.slice
        and lacking.member = promised.member
    join event on event.seq = promised.seq
    where {condition}
    order by promised.agreement, promised.kpi, promised.slice, promised.member
"""
_OF_TARGETS = (
    _LACKS.format(lack="source", detail="'the baseline names none'", condition="is_without_source"),
    _LACKS.format(lack="influence", detail="lacking.influence", condition="is_small"),
)


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
    counts_by_kpi = dict(index.execute(_COUNTS, [asked_for]).fetchall())
    rows: list[Row] = [
        *(row for row in _without_target(index) if asked_for in (None, row[2])),
        *_of_kpis(counts_by_kpi, project),
        *_of_targets(index, asked_for, enough_influence(project)),
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


def _of_targets(index: DuckDBPyConnection, agreement: str | None, enough: Decimal) -> Iterator[Row]:
    """Told of each promise whose target, as it was named last, lacks something."""
    index.execute(_LACKING, [enough])
    index.execute(_PROMISED, [agreement])
    for lacks in _OF_TARGETS:
        yield from index.execute(lacks).fetchall()


def _held_to_too_much(index: DuckDBPyConnection, project: Project) -> Iterator[Row]:
    """Told of holders as they stand in the index: a person there is one holder, with the limit of a person."""
    for holder, most, day in most_at_once(index):
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
