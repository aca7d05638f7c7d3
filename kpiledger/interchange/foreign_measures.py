"""A measure of dbt as one of ours, where both are the same number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpiledger.expressions import check_expression, columns_in
from kpiledger.interchange.layer import Unsaid

_SAME = {"sum", "count", "count_distinct", "average", "min", "max", "median", "percentile"}
_ROWS = {"1", "*"}


def foreign_measure(part: Mapping[str, Any], times: Mapping[str, str], known: Mapping[str, str]) -> dict[str, Any]:
    """The keys of the measure; `times` are date columns by dimension, `known` the columns of the model."""
    agg, expr = str(part.get("agg", "")).lower(), str(part.get("expr") or part["name"]).strip()
    if part.get("non_additive_dimension"):
        raise Unsaid("its non-additive dimension looks within a period; ours takes the last row known at its end")
    if agg not in _SAME and agg != "sum_boolean":
        raise Unsaid(f"`agg: {agg}` is none of ours")
    found: dict[str, Any] = {"agg": agg}
    if agg == "sum_boolean":
        found = {"agg": "count", "where": _accepted(expr, known)}
    elif expr in _ROWS and agg in ("count", "sum"):
        found = {"agg": "count"}
    else:
        found["expr"] = _accepted(expr, known)
    if agg == "percentile":
        found["percentile"] = _fraction(part.get("agg_params"))
    if part.get("agg_time_dimension"):
        found["time"] = _time(str(part["agg_time_dimension"]), times)
    return {**found, **({"description": part["description"]} if part.get("description") else {})}


def _accepted(expr: str, known: Mapping[str, str]) -> str:
    problems = check_expression(expr, known) if known else _without_columns(expr)
    if problems:
        raise Unsaid(f"{problems[0].message}; {problems[0].hint}")
    return expr


def _without_columns(expr: str) -> list[Any]:
    """The problems of an expression over a model whose columns nobody declared."""
    problems = check_expression(expr, ())
    if problems and problems[0].message.startswith("the model has no column"):
        return check_expression(expr, columns_in(expr))
    return problems


def _fraction(params: Any) -> Any:
    params = params if isinstance(params, dict) else {}
    if "true" in (params.get("use_discrete_percentile"), params.get("use_approximate_percentile")):
        raise Unsaid("ours is the exact continuous percentile, and this is a discrete or approximate one")
    if "percentile" not in params:
        raise Unsaid("it does not say which percentile")
    return params["percentile"]


def _time(name: str, times: Mapping[str, str]) -> str:
    if name not in times:
        raise Unsaid(f"its time dimension `{name}` is no date column of the grain day")
    return times[name]
