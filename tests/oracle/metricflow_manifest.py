"""Our facts and KPIs as a semantic manifest of MetricFlow: semantic models, measures, metrics, a time spine.

A `where` stands within the measure as a case, so that rows it does not choose still make a row of the answer, as
they do with us; with `filters` it is a filter of the metric, as a user of MetricFlow writes it. Own dimensions are
entities without a model: MetricFlow then knows that two facts share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Aggregation
from tests.oracle.facts import COLUMNS, FACTS
from tests.oracle.metricflow_metrics import Spec, input_name, metrics


def manifest(kpis: Sequence[Kpi], filters: bool = False) -> Spec:
    """The manifest of the two facts with the KPIs as metrics, each under its own name; first versions only."""
    return {
        "semantic_models": [*(_semantic_model(fact, kpis, filters) for fact in FACTS.values()), _customers()],
        "metrics": [metric for kpi in kpis for metric in metrics(kpi, filters)],
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
            yield _measure(fact, fact.measures[given.measure], where, input_name(kpi, place))


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
