"""On which scale are a KPI's numbers: do months add up to the year, or does a year's value lie beside a month's?

Either is said only where the formula makes it sure; a target to date needs to know.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from kpiledger.expressions.parsing import parse
from kpiledger.expressions.terms import Op, Term
from kpiledger.project import Project
from kpiledger.specs.formula import Conversion, Cumulative, Derived, DerivedInput, Formula, Ratio, Simple
from kpiledger.specs.kpi import KpiVersion
from kpiledger.vocabulary import Aggregation

_ADDITIVE = {Aggregation.SUM, Aggregation.COUNT}
_NEITHER = {*_ADDITIVE, Aggregation.COUNT_DISTINCT}


class YearIs(StrEnum):
    """What a year's value is of those of its months."""

    SUM = "sum"
    """Their sum."""
    RATIO = "ratio"
    """The sum of their numerators by that of their denominators."""
    LEVEL = "level"
    """The last of them."""
    COUNT = "count"
    """Different things, each counted once."""
    MIDDLE = "middle"
    """The median, or another percentile, of all their rows."""


_YEARS = {
    Aggregation.LAST: YearIs.LEVEL,
    Aggregation.COUNT_DISTINCT: YearIs.COUNT,
    Aggregation.MEDIAN: YearIs.MIDDLE,
    Aggregation.PERCENTILE: YearIs.MIDDLE,
}


def year_is(project: Project, version: KpiVersion) -> YearIs | None:
    """What a year is of its months; None for the largest, the smallest, and formulas that are none of these."""
    if is_ratio(project, version):
        return YearIs.RATIO
    if is_additive(project, version):
        return YearIs.SUM
    aggregation = _aggregation(project, version.formula)
    return _YEARS.get(aggregation) if aggregation else None


def is_ratio(project: Project, version: KpiVersion) -> bool:
    """Whether a value is one sum divided by another: a ratio, a conversion, or a mean."""
    formula = version.formula
    return isinstance(formula, (Ratio, Conversion)) or _aggregation(project, formula) is Aggregation.AVERAGE


def is_additive(project: Project, version: KpiVersion) -> bool:
    """Whether the values of months add up to the year's: a sum, a count, or sums and differences of such."""
    formula = version.formula
    if isinstance(formula, Derived):
        return _is_linear(parse(formula.expr), _powers(project, formula))
    return _aggregation(project, formula) in _ADDITIVE


def is_level(project: Project, version: KpiVersion) -> bool:
    """Whether a year's value lies on the scale of a month's: ratios, averages, medians, stocks; no distinct counts."""
    formula = version.formula
    if isinstance(formula, Derived):
        return _power(parse(formula.expr), _powers(project, formula)) == 0
    return isinstance(formula, (Ratio, Conversion, Cumulative)) or _aggregation(project, formula) not in _NEITHER


def years_of(project: Project) -> dict[tuple[str, int], YearIs | None]:
    """What a year is of its months, for each KPI and version."""
    return {
        (name, version.version): year_is(project, version)
        for name, kpi in project.kpis.items()
        for version in kpi.versions
    }


def _aggregation(project: Project, formula: Formula) -> Aggregation | None:
    """How the measure of a simple formula is aggregated; None for any other formula."""
    found = project.measure(formula.measure) if isinstance(formula, Simple) else None
    return found[1].agg if found else None


def _powers(project: Project, formula: Derived) -> dict[str, int | None]:
    """How each input grows with the length of the period: 1 with it, 0 not at all, None as nobody can say."""
    return {name: _power_of_input(project, given) for name, given in formula.inputs_by_name.items()}


def _power_of_input(project: Project, given: DerivedInput) -> int | None:
    if given.kpi:
        kpi = project.kpis.get(given.kpi)
        powers = {_power_of(project, version) for version in kpi.versions} if kpi else {None}
        return powers.pop() if len(powers) == 1 else None
    found = project.measure(given.measure or "")
    if found is None or found[1].agg is Aggregation.COUNT_DISTINCT:
        return None
    return 1 if found[1].agg in _ADDITIVE else 0


def _power_of(project: Project, version: KpiVersion) -> int | None:
    if is_additive(project, version):
        return 1
    return 0 if is_level(project, version) else None


def _power(term: Term, powers: Mapping[str, int | None]) -> int | None:
    """How an expression grows with the length of the period."""
    if term.op is Op.COLUMN:
        return powers.get(term.text.lower())
    if term.op is Op.NUMBER:
        return 0
    parts = [_power(part, powers) for part in term.parts]
    known = [power for power in parts if power is not None]
    if not parts or len(known) < len(parts):
        return None
    match term.op:
        case Op.NEG | Op.ABS | Op.ROUND | Op.NULLIF:
            return known[0]
        case Op.ADD | Op.SUB:
            return known[0] if known[0] == known[1] else None
        case Op.MUL:
            return known[0] + known[1]
        case Op.DIV:
            return known[0] - known[1]
        case _:
            return None


def _is_linear(term: Term, powers: Mapping[str, int | None]) -> bool:
    """Whether an expression is a sum of inputs that add up, each times a figure."""
    match term.op:
        case Op.COLUMN:
            return powers.get(term.text.lower()) == 1
        case Op.NEG:
            return _is_linear(term.parts[0], powers)
        case Op.ADD | Op.SUB:
            return all(_is_linear(part, powers) for part in term.parts)
        case Op.MUL:
            one, other = term.parts
            return (not one.columns and _is_linear(other, powers)) or (not other.columns and _is_linear(one, powers))
        case Op.DIV:
            return not term.parts[1].columns and _is_linear(term.parts[0], powers)
        case _:
            return False
