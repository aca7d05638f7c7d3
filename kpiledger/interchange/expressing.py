"""Expressions of ours as the SQL of a dbt measure, and of a metric over metrics."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from kpiledger.compiling.dialects import Dialect, type_name
from kpiledger.expressions import columns_in, render
from kpiledger.expressions.parsing import parse
from kpiledger.expressions.terms import Op, Term
from kpiledger.expressions.writing import written
from kpiledger.specs.formula import Derived
from kpiledger.vocabulary import Aggregation

_COUNTS_ROWS = "1"
_ZERO = Term(Op.NUMBER, text="0")


def measure_expression(agg: Aggregation, expr: str | None, where: Iterable[str], dialect: str) -> str:
    """What a measure aggregates; rows that a condition leaves out are null.

    dbt's filter would drop them, and with them the periods in which no row was chosen. A value between two decimals
    would be cut to their places.
    """
    chosen = render(expr, dialect) if expr else _COUNTS_ROWS
    if agg in (Aggregation.MEDIAN, Aggregation.PERCENTILE):
        chosen = f"cast({chosen} as {type_name('double', Dialect(dialect))})"
    conditions = [render(text, dialect) for text in where]
    if not conditions:
        return chosen
    both = " and ".join(f"({text})" for text in conditions) if len(conditions) > 1 else conditions[0]
    return f"case when {both} then {chosen} end"


def metric_expression(formula: Derived, dialect: str) -> str:
    """The expression of a derived KPI over its inputs' names: what is missing is null, or 0 where the input says so."""
    zeroed = {name for name, given in formula.inputs_by_name.items() if given.missing == "zero"}
    return render(written(_zeroed(parse(formula.expr), zeroed)), dialect)


def unused_inputs(formula: Derived) -> list[str]:
    """The inputs that the expression does not read: MetricFlow would still join their rows."""
    read = set(columns_in(formula.expr))
    return [name for name in formula.inputs_by_name if name not in read]


def _zeroed(term: Term, names: Collection[str]) -> Term:
    if term.op is Op.COLUMN and term.text in names:
        return Term(Op.COALESCE, (term, _ZERO))
    return replace(term, parts=tuple(_zeroed(part, names) for part in term.parts))
