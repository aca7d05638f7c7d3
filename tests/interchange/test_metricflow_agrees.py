"""What we export, MetricFlow answers as we do: random companies and KPIs, asked through the exported YAML.

Where MetricFlow has a row without a value and we have none, or the other way round, nobody says a number.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings

pytest.importorskip("metricflow")

from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

from kpiledger.interchange.exporting import export_layer
from kpiledger.interchange.layer import Layer
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Grain
from tests.interchange.manifest_of_export import manifest_of
from tests.oracle import generate, generate_projects
from tests.oracle.company import FACTS, Company, answers, project, tables
from tests.oracle.comparing import cells, is_same
from tests.oracle.metricflow_oracle import engine

Cell = tuple[date, str]


@settings(
    max_examples=12, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
@given(company=generate.companies(), kpis=generate_projects.kpis_of_all_kinds(6))
def test_what_is_exported_has_the_same_numbers_there(company: Company, kpis: list[Kpi]) -> None:
    exported = export_layer(project(kpis, company.calendar))
    said = {one.name for one in exported.layer.metrics} - {one.name for one in exported.remarks}
    connection = tables(company)
    ours = answers(connection, company, kpis)
    _forget_what_comes_later(connection, company)
    asked = engine(manifest_of(exported.layer))
    for kpi in kpis:
        for grain in kpi.grains if kpi.kpi in said and "period" in kpi.spans else ():
            finished = _finished(connection, grain)
            for slice_name, item in _slices(exported.layer, kpi):
                theirs = _answers(connection, asked, kpi.kpi, grain, item)
                mine = cells(ours, kpi, grain, slice_name, complete=True)
                for cell in {*mine, *(cell for cell in theirs if cell[0] in finished)}:
                    told = f"{kpi.kpi} by {grain} and {slice_name} in {cell}: {kpi.versions[0].formula}"
                    assert is_same(mine.get(cell), theirs.get(cell)), told


def _finished(connection: duckdb.DuckDBPyConnection, grain: Grain) -> set[date]:
    """The first days of the periods that have ended."""
    rows = connection.execute("select period_start from dim_period where is_complete and grain = ?", [grain])
    return {start for (start,) in rows.fetchall()}


def _forget_what_comes_later(connection: duckdb.DuckDBPyConnection, company: Company) -> None:
    """dbt knows no as-of date: what happens later gets no date."""
    for fact in FACTS.values():
        times = (fact.time, *fact.times)
        known = ", ".join(f"case when {time} <= date '{company.as_of}' then {time} end as {time}" for time in times)
        connection.execute(f"create or replace table {fact.model} as select * replace ({known}) from {fact.model}")


def _slices(layer: Layer, kpi: Kpi) -> list[tuple[str, str | None]]:
    """The slices that dbt knows too: those of the fact, and those of the dimension model."""
    homes = {metric.name: metric.home for metric in layer.metrics}
    by_name = {metric.name: metric for metric in layer.metrics}
    facts, waiting = set(), [kpi.kpi]
    while waiting:
        name = waiting.pop()
        facts.add(homes[name])
        waiting += by_name[name].inputs
    found: list[tuple[str, str | None]] = [("all", None)]
    for name in kpi.slices:
        if name == "segment":
            found.append((name, "dim_customer__segment"))
        elif len(facts) == 1:
            found.append((name, f"{FACTS[facts.pop()].model}__{name}"))
            facts = {homes[kpi.kpi]}
    return found


def _answers(
    connection: duckdb.DuckDBPyConnection, asked: Any, name: str, grain: Grain, item: str | None
) -> dict[Cell, Any]:
    names = [f"metric_time__{grain}", *([item] if item else [])]
    request = MetricFlowQueryRequest.create(metric_names=[name], group_by_names=names)
    rows = connection.execute(str(asked.explain(request).sql_statement.sql)).fetchall()
    found = {}
    for start, *member, value in rows:
        if start is not None:
            first = start.date() if hasattr(start, "date") else start
            found[first, "all" if not member else "(not set)" if member[0] is None else str(member[0])] = value
    return found
