"""Can a formula be computed: do its measures and KPIs exist, have the KPI's slices, and make no circle?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown
from kpiledger.specs.formula import kpis_in
from kpiledger.specs.kpi import Kpi

# More parts than this make a number that nobody can follow; a mart or a KPI in between can be tested.
_PARTS_AT_MOST = 40


def formula_rules(project: Project) -> Iterable[Finding]:
    """Findings in the formulas of KPIs."""
    measures = {name for fact in project.facts.values() for name in fact.measures}
    known = {*project.kpis, *project.unread.get("kpi", ())}
    edges = _edges(project)
    circular = {name for name in edges if name in _reached(edges, name)}
    parts: dict[str, int] = {}
    for kpi in project.kpis.values():
        for index, version in enumerate(kpi.versions):
            if "fact" not in project.unread:  # else the measure may stand in the file that could not be read
                for place, needed in version.formula.inputs.items():
                    path = ("versions", index, "formula", *place, "measure")
                    yield from unknown("KPI020", kpi, path, needed.measure, measures, "measure")
            for place, name in kpis_in(version.formula).items():
                path = ("versions", index, "formula", *place, "kpi")
                yield from unknown("KPI021", kpi, path, name, known, "KPI")
                if kpi.kpi in circular and name in circular:
                    message = f"`{kpi.kpi}` is derived from `{name}`, which is derived from `{kpi.kpi}` again"
                    message = f"`{kpi.kpi}` is derived from itself" if name == kpi.kpi else message
                    yield error("KPI120", kpi, path, message, "derive one of them from measures")
        if kpi.kpi not in circular and not circular & _reached(edges, kpi.kpi):
            yield from _size(project, kpi, parts)
        yield from _slices(project, kpi)


def _slices(project: Project, kpi: Kpi) -> Iterable[Finding]:
    for fact in {fact.fact: fact for fact, _ in project.measured_by(kpi)}.values():
        for index, name in enumerate(kpi.slices):
            of = f"the fact {fact.fact}"
            yield from unknown("KPI022", kpi, ("slices", index), name, fact.dimensions, "dimension", of)


def _size(project: Project, kpi: Kpi, parts: dict[str, int]) -> Iterable[Finding]:
    found = _parts(project, kpi, parts)
    others = {name for version in kpi.versions for name in kpis_in(version.formula).values()}
    if found > _PARTS_AT_MOST and all(parts.get(name, 0) <= _PARTS_AT_MOST for name in others):
        message = f"`{kpi.kpi}` comes from {found} measures, through all the KPIs it is derived from"
        hint = f"keep it to {_PARTS_AT_MOST}: a mart may bring measures together, where they can be tested"
        yield error("KPI121", kpi, ("versions", len(kpi.versions) - 1, "formula"), message, hint)


def _parts(project: Project, kpi: Kpi, parts: dict[str, int]) -> int:
    """The measures that a KPI comes from, counted as often as they are needed."""
    if kpi.kpi not in parts:
        parts[kpi.kpi] = sum(
            len(version.formula.inputs)
            + sum(
                _parts(project, project.kpis[name], parts)
                for name in kpis_in(version.formula).values()
                if name in project.kpis
            )
            for version in kpi.versions
        )
    return parts[kpi.kpi]


def _edges(project: Project) -> Mapping[str, set[str]]:
    """The KPIs that each derived KPI names."""
    found = {
        name: {other for version in kpi.versions for other in kpis_in(version.formula).values()}
        for name, kpi in project.kpis.items()
    }
    return {name: others for name, others in found.items() if others}


def _reached(edges: Mapping[str, set[str]], start: str) -> set[str]:
    """The KPIs that a KPI is derived from, directly and indirectly."""
    seen: set[str] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += edges.get(name, ())
    return seen
