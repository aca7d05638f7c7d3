"""Is every expression that a user wrote accepted, over the columns it is about, and of the kind its place wants?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kpiledger.expressions import Kind, Problem, check_condition, check_expression, checked_expression, columns_in
from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error
from kpiledger.specs.base import Path, SpecFile
from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.formula import Derived
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Aggregation

_COUNTING = (Aggregation.COUNT, Aggregation.COUNT_DISTINCT)


def expression_rules(project: Project) -> Iterable[Finding]:
    """Findings in the `expr` and `where` of measures and of KPI inputs."""
    for fact in project.facts.values():
        columns = project.columns.get(fact.model, {})
        for name, measure in fact.measures.items():
            yield from _aggregated(fact, name, measure, columns)
            yield from refused_condition(fact, ("measures", name, "where"), measure.where, columns)
    for kpi in project.kpis.values():
        for index, version in enumerate(kpi.versions):
            path: Path = ("versions", index, "formula")
            for place, needed in version.formula.inputs.items():
                found = project.measure(needed.measure)
                columns = project.columns.get(found[0].model, {}) if found else {}
                yield from refused_condition(kpi, (*path, *place, "where"), needed.where, columns)
            if isinstance(version.formula, Derived):
                yield from _derived(kpi, path, version.formula)


def refused_condition(
    spec: SpecFile, path: Path, text: str | None, columns: Collection[str] | Mapping[str, str]
) -> Iterable[Finding]:
    """A finding for each problem of a condition; none where there is no condition or no known column."""
    if text is not None and columns:
        yield from _findings(spec, path, check_condition(text, columns))


def _aggregated(fact: Fact, name: str, measure: Measure, columns: Mapping[str, str]) -> Iterable[Finding]:
    """Findings in what a measure aggregates: figures, unless it only counts."""
    path: Path = ("measures", name, "expr")
    if measure.expr is None or not columns:
        return
    if measure.agg in _COUNTING:
        yield from _findings(fact, path, check_expression(measure.expr, columns))
        return
    kind, problems = checked_expression(measure.expr, columns)
    yield from _findings(fact, path, problems)
    if not problems and kind not in (Kind.NUMBER, Kind.UNKNOWN):
        message = f"the measure `{name}` has `agg: {measure.agg}` and its `expr` is {kind}, expected a number"
        yield error("KPI102", fact, path, message, _hint(measure.expr, kind))


def _hint(text: str, kind: Kind) -> str:
    match kind:
        case Kind.BOOLEAN:
            return f"write `agg: count` with `where: {text}`, or case when {text} then 1 else 0 end"
        case Kind.DATE | Kind.TIMESTAMP:
            return "let the mart hold a number of days as a column; the value of a KPI is a number"
    return "aggregate a column of figures, or write `agg: count` or `agg: count_distinct`"


def _derived(kpi: Kpi, path: Path, formula: Derived) -> Iterable[Finding]:
    """Findings in an expression over the inputs of a formula, which are all numbers."""
    names = dict.fromkeys(formula.inputs_by_name, "decimal(38,12)")
    kind, problems = checked_expression(formula.expr, names, "formula", "input")
    yield from _findings(kpi, (*path, "expr"), problems)
    if problems:
        return
    if kind is not Kind.NUMBER:
        found = "always null" if kind is Kind.UNKNOWN else kind
        hint = "the value of a KPI is a number: calculate with the inputs, as revenue / orders"
        yield error("KPI104", kpi, (*path, "expr"), f"the formula is {found}, expected a number", hint)
    used = columns_in(formula.expr)
    for name in formula.inputs_by_name:
        if name not in used:
            hint = "delete it, or use it in `expr`"
            yield error("KPI103", kpi, (*path, "inputs", name), f"the input `{name}` is not used in `expr`", hint)


def _findings(spec: SpecFile, path: Path, problems: Iterable[Problem]) -> Iterable[Finding]:
    for problem in problems:
        yield error(problem.rule, spec, path, problem.message, problem.hint)
