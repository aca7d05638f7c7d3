"""What we export, MetricFlow answers as we do: random companies and KPIs, asked through the exported YAML.

Where MetricFlow has a row without a value and we have none, or the other way round, nobody says a number.
"""

from __future__ import annotations

from datetime import date
from random import Random
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
from tests.oracle.company import FACTS, Company, answers, kpi, project, tables
from tests.oracle.comparing import cells, is_same
from tests.oracle.metricflow_oracle import engine

Cell = tuple[date, str]


@settings(
    max_examples=12, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
@given(company=generate.companies(), kpis=generate_projects.kpis_of_all_kinds(6))
def test_what_is_exported_has_the_same_numbers_there(company: Company, kpis: list[Kpi]) -> None:
    kpis = [_in_one_version(one) for one in kpis]
    exported = export_layer(project(kpis, company.calendar))
    said = {one.name for one in exported.layer.metrics} - {one.name for one in exported.remarks}
    connection = tables(company)
    _forget_what_comes_later(connection, company)  # before ours too: a condition may ask for the date itself
    ours = answers(connection, company, kpis)
    asked = engine(manifest_of(exported.layer))
    for one in kpis:
        for grain in one.grains if one.kpi in said and "period" in one.spans else ():
            finished = _finished(connection, grain)
            for slice_name, item in _slices(exported.layer, one):
                theirs = _answers(connection, asked, one.kpi, grain, item)
                mine = cells(ours, one, grain, slice_name, complete=True)
                for cell in {*mine, *(cell for cell in theirs if cell[0] in finished)}:
                    told = f"{one.kpi} by {grain} and {slice_name} in {cell}: {one.versions[0].formula}"
                    assert is_same(mine.get(cell), theirs.get(cell)), told


def _in_one_version(held: Kpi) -> Kpi:
    """The KPI with its last formula for all time, as a metric has one."""
    last = held.versions[-1].model_copy(update={"version": 1, "valid_from": date(2000, 1, 1), "computed_from": None})
    return held.model_copy(update={"versions": (last,)})


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


@pytest.mark.parametrize("seed", range(4))
def test_a_conversion_is_the_same_where_an_entity_converts_once(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FACTS, "sale", FACTS["sale"].model_copy(update={"key": ("customer",)}))
    drawn = Random(seed)
    days = [date(2024, drawn.randint(1, 3), drawn.randint(1, 28)) for _ in range(40)]
    visits = [
        {"visit_id": number, "customer": f"c{drawn.randint(1, 9)}", "seen_on": day, "region": "N", "minutes": 5}
        for number, day in enumerate(days[:30])
    ]
    sales = [
        {"sale_id": number, "customer": f"c{number}", "sold_on": day, "paid_on": None, "region": "N", "amount": 10}
        for number, day in enumerate(days[30:])
    ]
    company = Company(tuple(sales), tuple(visits), {}, date(2024, 3, 31), date(2024, 1, 1))
    events = {"base": "visits", "converted": "sales", "entity": "customer", "window": "14 days"}
    made = kpi("converted", {"type": "conversion", **events})
    exported = export_layer(project([made], company.calendar))
    assert exported.left_out == ()
    connection = tables(company)
    mine = cells(answers(connection, company, [made]), made, "month", "all")
    theirs = _answers(connection, engine(manifest_of(exported.layer)), "converted", Grain.MONTH, None)
    assert mine.keys() == theirs.keys()
    assert all(is_same(mine[cell], theirs[cell]) for cell in mine), (mine, theirs)
