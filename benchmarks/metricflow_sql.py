"""MetricFlow's single query for all KPIs at once, by month and both slices.

That is less than is asked of the others: the slices would still have to be rolled up from it, which no ratio allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpiledger.specs.fact import Fact
from kpiledger.specs.formula import Ratio
from kpiledger.specs.kpi import Kpi

Spec = dict[str, Any]
SPINE = (
    "create table time_spine as select range as ds "
    "from range(timestamp '2023-01-01', timestamp '2025-01-01', interval '1 day')"
)


def metricflow_query(kpis: Sequence[Kpi], fact: Fact) -> str:
    """The SQL that MetricFlow makes for all KPIs as metrics in one request."""
    from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
    from metricflow_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
    from metricflow_semantic_interfaces.transformations.semantic_manifest_transformer import (
        PydanticSemanticManifestTransformer,
    )
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    class Client:
        sql_engine_type = SqlEngine.DUCKDB
        sql_plan_renderer = DuckDbSqlPlanRenderer()

    parsed = PydanticSemanticManifestTransformer.transform(PydanticSemanticManifest.parse_obj(_manifest(kpis, fact)))
    client: Any = Client()
    engine = MetricFlowEngine(semantic_manifest_lookup=SemanticManifestLookup(parsed), sql_client=client)
    items = ["metric_time__month", *(f"sale_key__{name}" for name in kpis[0].slices)]
    request = MetricFlowQueryRequest.create(metric_names=[kpi.kpi for kpi in kpis], group_by_names=items)
    return str(engine.explain(request).sql_statement.sql)


def _manifest(kpis: Sequence[Kpi], fact: Fact) -> Spec:
    return {
        "semantic_models": [_model(fact)],
        "metrics": [metric for kpi in kpis for metric in _metrics(kpi)],
        "project_configuration": {"time_spine_table_configurations": [], "time_spines": [
            {"node_relation": _relation("time_spine"), "primary_column": {"name": "ds", "time_granularity": "day"}}
        ]},
        "saved_queries": [],
    }  # fmt: skip


def _model(fact: Fact) -> Spec:
    columns = [*fact.dimensions, "amount"]
    time = {"name": fact.time, "type": "time", "type_params": {"time_granularity": "day"}}
    sums = [
        {"name": name, "agg": measure.agg.value, "expr": measure.expr or "1"}
        for name, measure in fact.measures.items()
        if measure.agg.value in ("sum", "count")
    ]
    return {
        "name": fact.fact, "node_relation": _relation(fact.model), "defaults": {"agg_time_dimension": fact.time},
        "entities": [{"name": "sale_key", "type": "primary", "expr": fact.key[0]}],
        "dimensions": [time, *({"name": one, "type": "categorical"} for one in columns)],
        "measures": sums,
    }  # fmt: skip


def _relation(name: str) -> Spec:
    return {"alias": name, "schema_name": "main", "relation_name": f"main.{name}"}


def _metrics(kpi: Kpi) -> list[Spec]:
    formula = kpi.versions[0].formula
    if isinstance(formula, Ratio):
        parts = {"numerator": formula.numerator, "denominator": formula.denominator}
        simple = [_simple(f"{kpi.kpi}_{part}", given.measure, given.where) for part, given in parts.items()]
        both = {part: {"name": f"{kpi.kpi}_{part}"} for part in parts}
        return [*simple, {"name": kpi.kpi, "description": "", "type": "ratio", "type_params": both}]
    given = formula.inputs[()]
    return [_simple(kpi.kpi, given.measure, given.where)]


def _simple(name: str, measure: str, where: str | None) -> Spec:
    spec: Spec = {"name": name, "description": "", "type": "simple", "type_params": {"measure": {"name": measure}}}
    if where:
        spec["filter"] = {"where_filters": [{"where_sql_template": _templated(where)}]}
    return spec


def _templated(where: str) -> str:
    """A condition with its columns as MetricFlow wants them named."""
    words = where.split(" ")
    named = {"category", "channel", "segment", "store", "product", "discount", "quantity", "amount"}
    return " ".join(f"{{{{ Dimension('sale_key__{word}') }}}}" if word in named else word for word in words)
