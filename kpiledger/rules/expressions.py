"""Is every expression that a user wrote accepted, over the columns of the model it is about?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.expressions import check_expression
from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error
from kpiledger.specs.base import Path, SpecFile


def expression_rules(project: Project) -> Iterable[Finding]:
    """Findings in the `expr` and `where` of measures and of KPI inputs."""
    for fact in project.facts.values():
        columns = project.columns.get(fact.model, {})
        for name, measure in fact.measures.items():
            yield from refused_expression(fact, ("measures", name, "expr"), measure.expr, columns)
            yield from refused_expression(fact, ("measures", name, "where"), measure.where, columns)
    for kpi in project.kpis.values():
        for index, version in enumerate(kpi.versions):
            for place, needed in version.formula.inputs.items():
                found = project.measure(needed.measure)
                columns = project.columns.get(found[0].model, {}) if found else {}
                path = ("versions", index, "formula", *place, "where")
                yield from refused_expression(kpi, path, needed.where, columns)


def refused_expression(spec: SpecFile, path: Path, text: str | None, columns: Iterable[str]) -> Iterable[Finding]:
    """A finding for each problem of an expression; none where there is no expression or no known column."""
    known = tuple(columns)
    if text is None or not known:
        return
    for problem in check_expression(text, known):
        yield error("KPI040", spec, path, problem.message, problem.hint)
