"""What stands in a warehouse that its run did not make is named."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from kpiledger.catalogue import strangers


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    """A warehouse with a table, a view and a laid table, and dbt's manifest of the first two."""
    warehouse, manifest = tmp_path / "warehouse.duckdb", tmp_path / "manifest.json"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema kpi; create schema recorded; create schema staging")
        connection.execute("create table kpi.fct_kpi_value as select 1 as value")
        connection.execute("create table kpi.fct_check_result as select 1 as value")
        connection.execute("create table recorded.unit as select 1 as unit")
        connection.execute("create view staging.stg_erp__order as select * from kpi.fct_kpi_value")
    nodes = {
        "model.fct_kpi_value": _node("kpi", "fct_kpi_value", "table"),
        "model.stg_erp__order": _node("staging", "stg_erp__order", "view"),
        "model.inner": _node("kpi", "inner", "ephemeral"),
        "test.unique": {**_node("kpi", "unique", "test"), "resource_type": "test"},
    }
    manifest.write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    return warehouse, manifest


def _node(schema: str, alias: str, kind: str) -> dict[str, object]:
    return {"schema": schema, "alias": alias, "resource_type": "model", "config": {"materialized": kind}}


def test_a_warehouse_of_its_models_holds_no_stranger(made: tuple[Path, Path]) -> None:
    assert strangers(*made) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("create macro kpi.sum(x) as 42", "the function kpi.sum"),
        ("create macro now() as timestamp '2001-01-01'", "the function main.now"),
        ("create macro kpi.targets() as table select 1 as target", "the function kpi.targets"),
        ("create sequence kpi.counter", "the sequence kpi.counter"),
        ("create type kpi.mood as enum ('good', 'bad')", "the type kpi.mood"),
        ("create table kpi.fct_kpi_target as select 1 as target", "the table kpi.fct_kpi_target"),
        ("create table main.sum as select 1 as total", "the table main.sum"),
        ("create view recorded.target as select 1 as target", "the view recorded.target"),
        ("drop table kpi.fct_kpi_value cascade; create view kpi.fct_kpi_value as select 2 as value",
         "the view kpi.fct_kpi_value"),
        ("drop view staging.stg_erp__order", "no view staging.stg_erp__order"),
    ],
)  # fmt: skip
def test_what_nobody_made_is_named(made: tuple[Path, Path], statement: str, named: str) -> None:
    warehouse, manifest = made
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(statement)

    assert named in strangers(warehouse, manifest)


@pytest.mark.parametrize("reading", ["read_csv('{}')", "'{}'", "read_csv_auto(['{}'])"])
def test_a_view_that_reads_a_file_is_named(made: tuple[Path, Path], tmp_path: Path, reading: str) -> None:
    warehouse, manifest = made
    drop = tmp_path / "orders.csv"
    drop.write_text("order_id\nA1\n", encoding="utf-8")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"create or replace view staging.stg_erp__order as select * from {reading.format(drop)}")

    (found,) = strangers(warehouse, manifest)
    assert found.startswith("the view staging.stg_erp__order, which reads ")
    assert "orders.csv" in found
