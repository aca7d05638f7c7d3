"""Question 10: how was a KPI defined in a period, what changed since, and which numbers did each change move?

A change moves a number where the warehouse holds the values of both versions for the same period; where it holds one
of them, there is nothing to compare, and that is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.defined import Defined, in_force, later, versions_of
from kpiledger.audit.published import published
from kpiledger.audit.recorded import contents_of
from kpiledger.audit.standing import tree_facts
from kpiledger.compiling.standalone import standalone_query
from kpiledger.ledger.definitions import definition_hash
from kpiledger.project import Project
from kpiledger.recording.differing import differences, shown
from kpiledger.typed import typed_period
from kpiledger.vocabulary import Grain

COLUMNS = ("change", "grain", "period_start", "slice", "member", "before", "after", "difference")
Row = tuple[object, ...]
# What a version gave and what the next one gives for the same period; a row that only one has is counted.
_MOVED = """
    with old_values as (
        select grain, period_start, slice, member, value
        from kpi.fct_kpi_value
        where kpi = $kpi and version = $old and span = 'period' and grain = $grain
    ),
    new_values as (
        select grain, period_start, slice, member, value
        from kpi.fct_kpi_value
        where kpi = $kpi and version = $new and span = 'period' and grain = $grain
    )
    select
        coalesce(old_values.grain, new_values.grain) as grain,
        cast(coalesce(old_values.period_start, new_values.period_start) as date) as period_start,
        coalesce(old_values.slice, new_values.slice) as slice,
        coalesce(old_values.member, new_values.member) as member,
        old_values.value as before,
        new_values.value as after,
        old_values.grain is not null as has_old,
        new_values.grain is not null as has_new
    from old_values
    full join new_values
        on new_values.grain = old_values.grain
        and new_values.period_start = old_values.period_start
        and new_values.slice = old_values.slice
        and new_values.member = old_values.member
    order by grain, period_start, slice, member
"""
_INPUTS = """
    select definition.kpi, definition.version, definition.valid_from, definition.seq
    from definition
    where list_contains(?::varchar[], definition.kpi) and definition.seq > ? and definition.version > 1
    order by definition.seq
"""


def answer(asked: Asked) -> Answer:
    """The definition and its SQL below, a sentence for each change above, the numbers that changes moved between."""
    index, project, kpi = asked.index(), asked.project(), asked.words["kpi"]
    period = typed_period(asked.words["period"], project.calendar.reckoning)
    versions = versions_of(index, kpi)
    held = in_force(versions, period)
    since = later(versions, held)
    contents = contents_of(asked.ledger, index, [one.seq for one in (held, *since)])
    steps = list(zip((held, *since), since, strict=False))
    summary = [_told(held, contents[held.seq], f"in force in {period}")]
    rows: list[Row] = []
    for old, new in steps:
        summary.append(_changed(old, new, contents))
        moved, said = _moved(asked, old, new, period.grain)
        rows += moved
        summary.append(said)
    summary += _inputs(index, contents[held.seq], held)
    if not since:
        summary.append("nothing changed since: no later version is recorded")
    notes = (*_definition(contents[held.seq]), *_sql(project, held))
    facts = {"changes": len(since), "numbers moved": len(rows), **tree_facts(index)}
    return Answer(COLUMNS, rows, tuple(summary), notes, facts=facts)


def _told(one: Defined, content: Mapping[str, Any], when: str) -> str:
    return (
        f"{one.kpi} version {one.version}, {when}: valid from {one.valid_from}, recorded in entry {one.seq} on "
        f"{one.recorded_at:%Y-%m-%d}, commit {one.commit or 'none'}, asked for by "
        f"{content['change']['requested_by']}: {one.reason}"
    )


def _changed(old: Defined, new: Defined, contents: Mapping[int, Mapping[str, Any]]) -> str:
    found = differences(contents[old.seq]["definition"], contents[new.seq]["definition"], frozenset())
    told = "; ".join(f"{path} {shown(before)} -> {shown(after)}" for path, before, after in found)
    return f"{_told(new, contents[new.seq], 'a later version')}. It changes {told or 'nothing that makes the numbers'}"


def _moved(asked: Asked, old: Defined, new: Defined, grain: Grain) -> tuple[list[Row], str]:
    with published(asked.settings) as warehouse:
        words = {"kpi": old.kpi, "old": old.version, "new": new.version, "grain": grain.value}
        found = warehouse.execute(_MOVED, words).fetchall()
    change = f"{old.version} -> {new.version}"
    both = [row for row in found if row[6] and row[7]]
    moved = [(change, *row[:6], _less(row[5], row[4])) for row in both if row[4] != row[5]]
    only = [sum(1 for row in found if row[place] and not row[other]) for place, other in ((6, 7), (7, 6))]
    said = f"  {change}, by {grain}: {len(moved)} of {len(both)} numbers that the warehouse holds of both moved"
    if any(only):
        said += (
            f"; of {only[0]} it holds version {old.version} only, of {only[1]} version {new.version} only, "
            "and there is nothing to compare"
        )
    return moved, said


def _less(after: Any, before: Any) -> Any:
    return None if after is None or before is None else after - before


def _inputs(index: DuckDBPyConnection, content: Mapping[str, Any], held: Defined) -> Iterator[str]:
    """Later versions of the KPIs that it is derived from: its numbers follow them from their first day on."""
    names = list(content["depends_on"])
    for kpi, version, valid_from, seq in index.execute(_INPUTS, [names, held.seq]).fetchall():
        yield f"its input {kpi} has a later version {version}, from {valid_from} on (entry {seq})"


def _definition(content: Mapping[str, Any]) -> Sequence[str]:
    text = json.dumps(content["definition"], ensure_ascii=False, indent=2, sort_keys=True)
    return ("the definition as recorded:", text)


def _sql(project: Project, held: Defined) -> Sequence[str]:
    """The calculation as one query, if the files still say what was recorded."""
    kpi = project.kpis.get(held.kpi)
    version = next((one for one in kpi.versions if one.version == held.version), None) if kpi else None
    if kpi is None or version is None:
        return (f"the files have no version {held.version} of {held.kpi} any more: no SQL can be shown",)
    if definition_hash(project, kpi, version) != held.definition_hash:
        return ("the files say something else than was recorded (`kpi check`, `kpi verify`): no SQL can be shown",)
    return ("the calculation as one query:", standalone_query(project, kpi, version).rstrip())


QUESTION = Question(
    10,
    "Definition of a KPI in force in a period, every change since, and which published numbers each change moved",
    answer,
    needs=("kpi", "period"),
)
