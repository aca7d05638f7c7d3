"""A formula in one line, as a reader of a catalogue meets it."""

from __future__ import annotations

from functools import cache

from kpiledger.expressions import canonical
from kpiledger.specs.formula import Conversion, Cumulative, Derived, DerivedInput, Formula, Input, Ratio, Simple


def formula_text(formula: Formula) -> str:
    """`profit / revenue`, `revenue where region = 'West' over 12 months`, `sold - bought (sold: revenue; ...)`."""
    match formula:
        case Simple():
            return _chosen(formula.measure, formula.where)
        case Ratio():
            return f"{_part(formula.numerator)} / {_part(formula.denominator)}"
        case Cumulative():
            told = f"since the first day of the {formula.to_date}" if formula.to_date else f"over {formula.window}"
            return f"{_chosen(formula.measure, formula.where)} {told}"
        case Conversion():
            base, converted = _part(formula.base), _part(formula.converted)
            return f"{base} followed by {converted} of the same {formula.entity} within {formula.window}"
        case Derived():
            inputs = "; ".join(f"{name}: {_input(given)}" for name, given in sorted(formula.inputs_by_name.items()))
            return f"{_written(formula.expr)} ({inputs})"


@cache
def _written(text: str) -> str:
    """An expression as it is written once for each meaning; the catalogue and the comment above a KPI ask for it."""
    return canonical(text)


def _chosen(measure: str, where: str | None) -> str:
    return f"{measure} where {_written(where)}" if where else measure


def _part(given: Input) -> str:
    return f"({_chosen(given.measure, given.where)})" if given.where else given.measure


def _input(given: DerivedInput) -> str:
    name = given.kpi or _chosen(given.measure or "", given.where)
    earlier = f" {given.offset} earlier" if given.offset else ""
    return f"{name}{earlier}{', 0 where missing' if given.missing == 'zero' else ''}"
