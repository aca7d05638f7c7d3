"""Question 17: what was put in by hand, and which checks were let pass by decision, in a period?

By hand are sources that are `entered` by hand or by a survey, the project's own tables (dbt seeds) that marts read,
files dropped for a source, extracts that somebody accepted, waivers and overrides. Inputs are those of the published
run and count for every period.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.closes import uncounted
from kpiledger.audit.numbers import entries_behind, period_asked
from kpiledger.audit.standing import tree_facts
from kpiledger.closing.overriding import last_day_of
from kpiledger.extracts.choosing import SET
from kpiledger.extracts.manifest import read_manifests
from kpiledger.git import origin_of
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.subjects import resolving
from kpiledger.project import Project
from kpiledger.recipe import FILE, read_recipe
from kpiledger.tracing.checked import overridden, overrides_in
from kpiledger.tracing.lines import counted

COLUMNS = ("kind", "name", "said", "by", "approved_by", "recorded")
Row = tuple[object, ...]


def answer(asked: Asked) -> Answer:
    """A row for each manual input and each decision."""
    rows = [*_sources(asked), *_inputs(asked), *_waivers(asked), *_overrides(asked)]
    kinds = {kind: sum(1 for row in rows if row[0] == kind) for kind in dict.fromkeys(row[0] for row in rows)}
    summary = tuple(f"{kind}: {count}" for kind, count in kinds.items()) or ("nothing was put in by hand or let pass",)
    void = uncounted(asked, EntryKind.CHECK_OVERRIDDEN)
    return Answer(COLUMNS, rows, (*summary, *void), holds=not void, facts=tree_facts(asked.index()))


def _sources(asked: Asked) -> Iterator[Row]:
    """The sources that people fill in for the numbers' sake, with the KPIs that depend on them."""
    project = asked.project()
    for one in project.expectations.values():
        if one.is_by_hand:
            kpis = [
                name
                for name, kpi in sorted(project.kpis.items())
                if any(one.source in fact.source for fact, _ in project.measured_by(kpi))
            ]
            told = f"{one.entered}, answered for by {one.owner}; KPIs: {', '.join(kpis) or 'none'}"
            yield "source by hand", one.source, told, None, None, None


def _inputs(asked: Asked) -> Iterator[Row]:
    """What the published run read that no source system holds, or that somebody accepted as it was."""
    folder, project = asked.settings.warehouse.resolve().parent, asked.project()
    if (folder / FILE).exists():
        for seed in read_recipe(folder).seeds:
            commit = origin_of(project.root, (seed.path,)).commit
            told = f"{counted(len(seed.rows), 'row')} in {seed.path}"
            yield "table by hand", seed.name, told, f"commit {commit}" if commit else "not committed", None, None
    dropped = _dropped(project)
    for one in read_manifests(folder / SET):
        if one.name in dropped:
            told = f"files dropped as {dropped[one.name]}, {counted(one.row_count, 'row')}"
            yield "file by hand", one.name, told, None, None, one.taken_at[:19]
        if one.accepted:
            yield "accepted extract", one.name, f"{one.extract_id}: {one.accepted}", None, None, one.taken_at[:19]


def _dropped(project: Project) -> dict[str, str]:
    """The tables that are files which somebody puts into a folder, with the pattern of their names."""
    return {
        f"{one.source}.{name}": table.drop.file
        for one in project.expectations.values()
        for name, table in one.drops.items()
        if table.drop
    }


def _waivers(asked: Asked) -> Iterator[Row]:
    project, period = asked.project(), period_asked(asked)
    for one in project.waivers.of_checks if project.waivers else ():
        if one.valid_from <= period.end and period.start <= one.expires_on:
            said = f"from {one.valid_from} to {one.expires_on}: {one.reason}"
            yield "waiver", f"{one.check} on {one.source}.{one.table}", said, one.requested_by, one.approved_by, None


def _overrides(asked: Asked) -> Iterator[Row]:
    plain, reckoning = resolving(asked.ledger), asked.reckoning()
    for entry in overrides_in(entries_behind(asked), period_asked(asked), reckoning):
        said = plain(entry.content)
        told = f"for {said['period']}, until {last_day_of(entry)} at most, entry {entry.seq}: {said['reason']}"
        who = said["overridden_by"], said["approved_by"]
        at = f"{entry.recorded_at:%Y-%m-%dT%H:%M:%S}"
        yield "override", f"{said['check']} on {overridden(said)}", told, *who, at


QUESTION = Question(17, "Manual inputs and overrides in a period", answer, needs=("period",))
