"""The KPIs as metrics of MetricFlow: simple, ratio, derived, cumulative and conversion ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kpiledger.specs.formula import Conversion, Cumulative, Derived, Place, Ratio
from kpiledger.specs.kpi import Kpi
from kpiledger.stretches import Length
from tests.oracle.facts import COLUMNS, FACTS

Spec = dict[str, Any]


def metrics(kpi: Kpi, filters: bool) -> Iterator[Spec]:
    """The metrics of a KPI: one under its own name, and one for each input that has to be a metric."""
    return (_filtered(metric, kpi, filters) for metric in _metrics(kpi))


def input_name(kpi: Kpi, place: Place) -> str:
    """The name of the measure, and of the metric, that stands at a place of the formula."""
    return "_".join([kpi.kpi, "input", *(str(part) for part in place)])


def _metrics(kpi: Kpi) -> Iterator[Spec]:
    formula = kpi.versions[0].formula
    names = {place: input_name(kpi, place) for place in formula.inputs}
    if isinstance(formula, Ratio):
        yield from (_simple(name, name) for name in names.values())
        parts = {part: {"name": names[part,]} for part in ("numerator", "denominator")}
        yield _metric(kpi.kpi, "ratio", **parts)
    elif isinstance(formula, Derived):
        yield from (_simple(name, name) for name in names.values())
        yield _metric(kpi.kpi, "derived", expr=_expression(formula), metrics=list(_inputs(kpi, formula)))
    elif isinstance(formula, Cumulative):
        params = {"period_agg": "last", **_reach(formula)}
        yield _metric(kpi.kpi, "cumulative", measure={"name": names[()]}, cumulative_type_params=params)
    elif isinstance(formula, Conversion):
        params = {
            "base_measure": {"name": names["base",]}, "conversion_measure": {"name": names["converted",]},
            "entity": formula.entity, "window": _window(formula.window), "calculation": "conversion_rate",
        }  # fmt: skip
        yield _metric(kpi.kpi, "conversion", conversion_type_params=params)
    else:
        yield _simple(kpi.kpi, names[()])


def _filtered(metric: Spec, kpi: Kpi, filters: bool) -> Spec:
    where = kpi.versions[0].formula.inputs[()].where if filters else None
    if where is None:
        return metric
    fact = next(fact for fact in FACTS.values() if kpi.versions[0].formula.inputs[()].measure in fact.measures)
    template = re.sub(
        rf"\b({'|'.join(COLUMNS[fact.fact])})\b", rf"{{{{ Dimension('{fact.fact}_key__\1_read') }}}}", where
    )
    return {**metric, "filter": {"where_filters": [{"where_sql_template": template}]}}


def _inputs(kpi: Kpi, formula: Derived) -> Iterator[Spec]:
    for name, given in formula.inputs_by_name.items():
        offset = {"offset_window": _window(given.offset)} if given.offset else {}
        yield {"name": given.kpi or input_name(kpi, ("inputs", name)), "alias": name, **offset}


def _expression(formula: Derived) -> str:
    """MetricFlow has no word for `missing: zero` of any input: the expression says it."""
    zero = {name for name, given in formula.inputs_by_name.items() if given.missing == "zero"}
    return re.sub(r"[a-z]\w*", lambda found: f"coalesce({found[0]}, 0)" if found[0] in zero else found[0], formula.expr)


def _reach(formula: Cumulative) -> Spec:
    return {"grain_to_date": formula.to_date.value} if formula.to_date else {"window": _window(formula.window)}


def _window(length: Length | None) -> Spec:
    assert length is not None
    return {"count": length.months, "granularity": "month"} if length.months else {
        "count": length.days, "granularity": "day",
    }  # fmt: skip


def _simple(name: str, measure: str) -> Spec:
    return _metric(name, "simple", measure={"name": measure})


def _metric(name: str, kind: str, **params: Any) -> Spec:
    return {"name": name, "description": name, "type": kind, "type_params": params}
