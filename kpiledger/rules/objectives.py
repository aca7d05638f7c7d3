"""Does the line from vision to numbers hold: objectives, their key results, and the KPIs that serve them?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown, warning
from kpiledger.rules.key_results import key_result_rules
from kpiledger.specs.base import Path
from kpiledger.specs.objective import Objective, ObjectiveFile


def objective_rules(project: Project) -> Iterable[Finding]:
    """Findings in the files of metrics/objectives, and in the KPIs that name what stands there."""
    for file in project.objectives:
        yield from _year(file)
        yield from _each_once(file)
        for index, objective in enumerate(file.objectives):
            path = ("objectives", index)
            yield from _people(project, file, path, objective)
            yield from _above(file, path, objective)
            yield from _pilot(file, path, objective)
            yield from _few(project, file, path, objective)
        yield from key_result_rules(project, file)
    yield from _served(project)


def _year(file: ObjectiveFile) -> Iterator[Finding]:
    named = PurePosixPath(file.path).stem
    if named != str(file.year):
        message = f"the file is {named}.yml, but `year` is {file.year}"
        hint = f"rename the file to {file.year}.yml, or write `year: {named}`"
        yield error("KPI014", file, ("year",), message, hint)


def _each_once(file: ObjectiveFile) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, objective in enumerate(file.objectives):
        own = ("objectives", index)
        results = ((key.id, (*own, "key_results", number)) for number, key in enumerate(objective.key_results))
        for name, path in ((objective.id, own), *results):
            if name in seen:
                message = f"`{name}` is the id of an objective or key result already"
                yield error("KPI018", file, (*path, "id"), message, "give one of the two another id")
            seen.add(name)


def _people(project: Project, file: ObjectiveFile, path: Path, objective: Objective) -> Iterator[Finding]:
    if "organisation" in project.unread:
        return
    organisation = project.organisation
    yield from unknown("KPI023", file, (*path, "owner"), objective.owner, organisation.roles, "role")
    yield from unknown("KPI023", file, (*path, "unit"), objective.unit, organisation.units, "unit")
    for index, signed in enumerate(objective.signed_by):
        place = (*path, "signed_by", index, "role")
        yield from unknown("KPI023", file, place, signed.role, organisation.roles, "role")
    for index, area in enumerate(objective.pilot.areas if objective.pilot else ()):
        place = (*path, "pilot", "areas", index, "unit")
        yield from unknown("KPI023", file, place, area.unit, organisation.units, "unit")


def _above(file: ObjectiveFile, path: Path, objective: Objective) -> Iterator[Finding]:
    if objective.parent is None:
        return
    place = (*path, "parent")
    parents = {one.id: one.parent for one in file.objectives}
    yield from unknown("KPI254", file, place, objective.parent, parents, "objective")
    above: str | None = objective.parent
    seen = {objective.id}
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    if above == objective.id:
        message = f"the objective `{objective.id}` lies below itself"
        yield error("KPI254", file, place, message, "let the chain of parents end at an objective of the company")


def _pilot(file: ObjectiveFile, path: Path, objective: Objective) -> Iterator[Finding]:
    pilot = objective.pilot
    if pilot is None or pilot.widened_on is None:
        return
    last = max(area.valid_from for area in pilot.areas)
    if pilot.widened_on <= last:
        message = f"the trial is widened on {pilot.widened_on}, and an area begins to try on {last}"
        hint = f"write a day after {last}: it is widened when every area has begun"
        yield error("KPI259", file, (*path, "pilot", "widened_on"), message, hint)


def _few(project: Project, file: ObjectiveFile, path: Path, objective: Objective) -> Iterator[Finding]:
    count, limits = len(objective.key_results), project.organisation.thresholds
    fewest, most = limits.least_key_results.value, limits.most_key_results.value
    if not fewest <= count <= most:
        told = "one key result" if count == 1 else f"{count} key results"
        expected = f"{fewest:f} to {most:f}" if fewest < most else f"{most:f}"
        message = f"the objective `{objective.id}` has {told}, expected {expected}"
        hint = "add a result that luck alone would not bring" if count < fewest else "keep those that matter most"
        yield warning("KPI253", file, (*path, "key_results"), message, hint)


def _served(project: Project) -> Iterator[Finding]:
    """An id counts in whichever year it stands: a KPI outlives the year of an objective."""
    if "objectives" in project.unread:
        return
    objectives = {one.id for file in project.objectives for one in file.objectives}
    results = {key.id for file in project.objectives for one in file.objectives for key in one.key_results}
    for kpi in project.kpis.values():
        for key, known, kind in (("objective", objectives, "objective"), ("supports", results, "key result")):
            named = getattr(kpi, key)
            if named is not None and not known:
                message = f"`{key}` is {named}, and no file lies in metrics/objectives"
                hint = f"write metrics/objectives/<year>.yml with it, or delete `{key}`"
                yield error("KPI250", kpi, (key,), message, hint)
            elif named is not None:
                yield from unknown("KPI250", kpi, (key,), named, known, kind)
