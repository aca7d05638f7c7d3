"""MetricFlow's answer to the same question: a KPI, a grain and a slice become its SQL, and that becomes rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from math import isfinite
from typing import Any

import duckdb
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from metricflow_semantic_interfaces.transformations.semantic_manifest_transformer import (
    PydanticSemanticManifestTransformer,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from kpiledger.specs.kpi import Kpi
from tests.oracle.company import Company
from tests.oracle.facts import FACTS
from tests.oracle.metricflow_manifest import clipped, group_by
from tests.oracle.metricflow_metrics import Spec

Cell = tuple[date, str]
Within = tuple[datetime, datetime] | None


class _Client:
    """What the engine asks of a database while it only explains: the dialect."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


class Oracle:
    """MetricFlow over the tables of a company, up to its as-of date."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, company: Company, spec: Spec) -> None:
        self._connection = connection
        self._engine = engine(spec)
        for fact in FACTS.values():
            connection.execute(clipped(fact, company.as_of))
        connection.execute(
            "create or replace table time_spine as select cast(range as timestamp) as ds "
            f"from range(date '{company.starts_on}', date '{company.as_of}' + 1, interval '1 day')"
        )

    def sql(self, metric: str, grain: str, slice_name: str, within: Within = None) -> str:
        """The SQL that MetricFlow makes for a metric by a grain and a slice, on request within a time constraint."""
        item = group_by(slice_name)
        first, last = within or (None, None)
        request = MetricFlowQueryRequest.create(
            metric_names=[metric],
            group_by_names=[f"metric_time__{grain}", *([item] if item else [])],
            time_constraint_start=first,
            time_constraint_end=last,
        )
        return str(self._engine.explain(request).sql_statement.sql)

    def rows(self, kpi: Kpi, grain: str, slice_name: str = "all", within: Within = None) -> dict[Cell, Any]:
        """First day of the period and member -> value; rows without a time are no row of a period."""
        found = self.found(kpi, grain, slice_name, within)
        cells = dict(_cells(found))
        assert len(cells) == len([row for row in found if row[0] is not None]), "MetricFlow has a key twice"
        return cells

    def found(self, kpi: Kpi, grain: str, slice_name: str, within: Within = None) -> list[tuple[Any, ...]]:
        """The rows as they come: moment, member where there is a slice, value."""
        found: list[tuple[Any, ...]] = self._connection.execute(self.sql(kpi.kpi, grain, slice_name, within)).fetchall()
        return found


def engine(spec: Spec) -> MetricFlowEngine:
    """MetricFlow's engine over a manifest given as a plain dictionary."""
    parsed = PydanticSemanticManifestTransformer.transform(PydanticSemanticManifest.parse_obj(spec))
    return MetricFlowEngine(semantic_manifest_lookup=SemanticManifestLookup(parsed), sql_client=_Client())  # type: ignore[arg-type]


def _cells(found: list[tuple[Any, ...]]) -> Iterator[tuple[Cell, Any]]:
    for start, *member, value in found:
        if start is not None:
            first = start.date() if hasattr(start, "date") else start
            yield (first, _text(member[0]) if member else "all"), _number(value)


def _number(value: Any) -> Any:
    """DuckDB divides by zero without a word: infinity, or no number at all."""
    return None if isinstance(value, float) and not isfinite(value) else value


def _text(member: object) -> str:
    return "(not set)" if member is None else str(member)
