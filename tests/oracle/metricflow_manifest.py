"""Our facts and KPIs as a semantic manifest of MetricFlow: semantic models, measures, metrics, a time spine.

A `where` stands within the measure as a case, so that rows it does not choose still make a row of the answer, as
they do with us; with `filters` it is a filter of the metric, as a user of MetricFlow writes it. Own dimensions are
entities without a model: MetricFlow then knows that two facts share them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.formula import Conversion, Cumulative, Derived, Ratio
from kpiledger.specs.kpi import Kpi
from kpiledger.stretches import Length
from kpiledger.vocabulary import Aggregation
from tests.oracle.company import COLUMNS, FACTS

Spec = dict[str, Any]


def manifest(kpis: Sequence[Kpi], filters: bool = False) -> Spec:
    """The manifest of the two facts with the KPIs as metrics, each under its own name; first versions only."""
    return {
        "semantic_models": [*(_semantic_model(fact, kpis, filters) for fact in FACTS.values()), _customers()],
        "metrics": [_filtered(metric, kpi, filters) for kpi in kpis for metric in _metrics(kpi)],
        "project_configuration": {"time_spine_table_configurations": [], "time_spines": [_time_spine()]},
        "saved_queries": [],
    }


def clipped(fact: Fact, as_of: date) -> str:
    """A view of a fact in which what happens after the as-of date has no date: MetricFlow knows no as-of date."""
    times = (fact.time, *fact.times)
    known = [f"case when {time} <= date '{as_of}' then {time} end as {time}_known" for time in times]
    return f"create or replace view {fact.model}_known as select *, {', '.join(known)} from {fact.model}"


def group_by(slice_name: str) -> str | None:
    """What MetricFlow calls a slice."""
    if slice_name == "all":
        return None
    dimension = FACTS["sale"].dimensions[slice_name]
    return f"{dimension.on}__{dimension.column}" if dimension.through else f"{slice_name}_of"


def _semantic_model(fact: Fact, kpis: Sequence[Kpi], filters: bool) -> Spec:
    keys = {dimension.on for dimension in fact.dimensions.values() if dimension.on}
    own = [name for name, dimension in fact.dimensions.items() if not dimension.through]
    times = [
        {"name": f"{time}_known", "type": "time", "type_params": {"time_granularity": "day"}}
        for time in (fact.time, *fact.times)
    ]
    columns = [{"name": f"{name}_read", "type": "categorical", "expr": name} for name in COLUMNS[fact.fact]]
    return {
        "name": fact.fact,
        "node_relation": _relation(f"{fact.model}_known"),
        "defaults": {"agg_time_dimension": f"{fact.time}_known"},
        "entities": [
            {"name": f"{fact.fact}_key", "type": "primary", "expr": fact.key[0]},
            *({"name": key, "type": "foreign", "expr": key} for key in sorted(keys)),
            *({"name": f"{name}_of", "type": "foreign", "expr": fact.dimensions[name].column} for name in own),
        ],
        "dimensions": [*times, *columns],
        "measures": [measure for kpi in kpis for measure in _measures(fact, kpi, filters)],
    }


def _customers() -> Spec:
    return {
        "name": "customers", "node_relation": _relation("dim_customer"),
        "entities": [{"name": "customer", "type": "primary", "expr": "customer"}],
        "dimensions": [{"name": "segment", "type": "categorical"}], "measures": [],
    }  # fmt: skip


def _time_spine() -> Spec:
    return {"node_relation": _relation("time_spine"), "primary_column": {"name": "ds", "time_granularity": "day"}}


def _relation(name: str) -> Spec:
    return {"alias": name, "schema_name": "main", "relation_name": f"main.{name}"}


def _measures(fact: Fact, kpi: Kpi, filters: bool) -> Iterator[Spec]:
    """The measures of one fact that a KPI needs, one for each place in its formula."""
    for place, given in kpi.versions[0].formula.inputs.items():
        if given.measure in fact.measures:
            where = None if filters else given.where
            yield _measure(fact, fact.measures[given.measure], where, _name(kpi, place))


def _measure(fact: Fact, measure: Measure, where: str | None, name: str) -> Spec:
    chosen = " and ".join(f"({text})" for text in (measure.where, where) if text)
    expr = measure.expr or "1"
    spec: Spec = {
        "name": name,
        "agg": "sum" if measure.agg is Aggregation.LAST else measure.agg.value,
        "expr": f"case when {chosen} then {expr} end" if chosen else expr,
        "agg_time_dimension": f"{measure.time or fact.time}_known",
    }
    if measure.percentile:
        spec["agg_params"] = {"percentile": measure.percentile}
    if measure.agg is Aggregation.LAST:
        spec["non_additive_dimension"] = {
            "name": spec["agg_time_dimension"], "window_choice": "max", "window_groupings": list(measure.over),
        }  # fmt: skip
    return spec


def _metrics(kpi: Kpi) -> Iterator[Spec]:
    formula = kpi.versions[0].formula
    names = {place: _name(kpi, place) for place in formula.inputs}
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
        yield {"name": given.kpi or _name(kpi, ("inputs", name)), "alias": name, **offset}


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


def _name(kpi: Kpi, place: tuple[str | int, ...]) -> str:
    return "_".join([kpi.kpi, "input", *(str(part) for part in place)])
