"""Can a formula be computed: do its measures exist, on one fact and one time, with the KPI's slices?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown
from kpiledger.specs.base import Path
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi


def formula_rules(project: Project) -> Iterable[Finding]:
    """Findings in the formulas of KPIs."""
    for kpi in project.kpis.values():
        facts: dict[str, Fact] = {}
        for index, version in enumerate(kpi.versions):
            yield from _measures(project, kpi, index)
            yield from _one_source(project, kpi, index)
            found = (project.measure(needed.measure) for needed in version.formula.inputs.values())
            facts.update({fact.fact: fact for fact, _ in (pair for pair in found if pair)})
        yield from _slices(kpi, facts)


def _measures(project: Project, kpi: Kpi, index: int) -> Iterable[Finding]:
    if "fact" in project.unread:
        return  # the measure may stand in the file that could not be read
    known = {name for fact in project.facts.values() for name in fact.measures}
    for place, needed in kpi.versions[index].formula.inputs.items():
        path: Path = ("versions", index, "formula", *place, "measure")
        yield from unknown("KPI020", kpi, path, needed.measure, known, "measure")


def _one_source(project: Project, kpi: Kpi, index: int) -> Iterable[Finding]:
    sources: dict[tuple[str, str], str] = {}
    for needed in kpi.versions[index].formula.inputs.values():
        found = project.measure(needed.measure)
        if found:
            fact, measure = found
            sources.setdefault((fact.fact, measure.time or fact.time), needed.measure)
    if len(sources) > 1:
        told = " and ".join(f"`{name}` is of {fact} by {time}" for (fact, time), name in sources.items())
        hint = "take both measures from one fact and one time; a mart may bring them together"
        yield error("KPI028", kpi, ("versions", index, "formula"), f"the inputs do not meet: {told}", hint)


def _slices(kpi: Kpi, facts: dict[str, Fact]) -> Iterable[Finding]:
    for fact in facts.values():
        for index, name in enumerate(kpi.slices):
            of = f"the fact {fact.fact}"
            yield from unknown("KPI022", kpi, ("slices", index), name, fact.dimensions, "dimension", of)
