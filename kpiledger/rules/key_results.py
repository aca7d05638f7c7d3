"""Is every key result measured by a KPI that there is, and its target one that can be reached?"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.finding import Finding
from kpiledger.nearest import suggestion
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown, warning
from kpiledger.specs.base import Path
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.objective import KeyResult, ObjectiveFile, OwnFigure
from kpiledger.vocabulary import Direction


def key_result_rules(project: Project, file: ObjectiveFile) -> Iterator[Finding]:
    """Findings in the key results of a file."""
    known = {*project.kpis, *project.unread.get("kpi", ())}
    for index, objective in enumerate(file.objectives):
        for number, result in enumerate(objective.key_results):
            path = ("objectives", index, "key_results", number)
            yield from unknown("KPI021", file, (*path, "kpi"), result.kpi, known, "KPI")
            kpi = project.kpis.get(result.kpi)
            if kpi is not None:
                yield from _sliced(file, path, result, kpi)
            if result.agreement is not None:
                yield from _agreed(project, file, path, result, result.agreement)
            elif result.target is None:
                message = f"the key result `{result.id}` does not say how far it goes"
                hint = "add `agreement:` with the agreement that promises it, or `target: {from, to, by, grain}`"
                yield warning("KPI251", file, (*path, "id"), message, hint)
            elif kpi is not None:
                yield from _figure(project, file, (*path, "target"), result.target, kpi)


def _sliced(file: ObjectiveFile, path: Path, result: KeyResult, kpi: Kpi) -> Iterator[Finding]:
    for name in result.slice:
        yield from unknown("KPI022", file, (*path, "slice", name), name, kpi.slices, "slice", f"the KPI {kpi.kpi}")


def _agreed(project: Project, file: ObjectiveFile, path: Path, result: KeyResult, agreement: str) -> Iterator[Finding]:
    if "holder" in project.unread:
        return
    events = [event for one in project.agreements for event in one.events]
    place = (*path, "agreement")
    known = {event.agreement for event in events}
    if agreement not in known:
        message = f"there is no agreement `{agreement}`"
        yield error("KPI252", file, place, message, suggestion(agreement, known, "agreements"))
        return
    targets = [target for event in events if event.agreement == agreement for target in event.targets]
    if not any(target.kpi == result.kpi and target.slice == result.slice for target in targets):
        cut = f" of {result.member}" if result.slice else " as a whole"
        message = f"the agreement `{agreement}` promises nothing for {result.kpi}{cut}"
        promised = sorted({f"{one.kpi} of {one.member}" if one.slice else one.kpi for one in targets})
        hint = f"name an agreement that does, or what this one promises: {', '.join(promised)}"
        yield error("KPI252", file, place, message, hint)


def _figure(project: Project, file: ObjectiveFile, path: Path, figure: OwnFigure, kpi: Kpi) -> Iterator[Finding]:
    if figure.grain not in kpi.grains:
        yield from unknown("KPI255", file, (*path, "grain"), figure.grain, kpi.grains, "grain", f"the KPI {kpi.kpi}")
    rises = figure.to > figure.start
    if kpi.direction is not Direction.MAINTAIN and rises != (kpi.direction is Direction.INCREASE):
        message = f"`{kpi.kpi}` should {kpi.direction}, and this goes from {figure.start:f} to {figure.to:f}"
        yield error("KPI255", file, (*path, "to"), message, f"write a figure {'below' if rises else 'above'} `from`")
    period = Period.holding(figure.by, figure.grain, project.calendar.reckoning)
    if period.end != figure.by:
        message = f"{figure.by} is not the last day of a {figure.grain}"
        yield error("KPI255", file, (*path, "by"), message, f"write {period.end}, the last day of {period}")
