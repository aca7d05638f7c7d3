"""The demo's dbt project on a real PostgreSQL server: the same KPIs and the same scorecard as on DuckDB."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import Engine, text

from kpiledger import compiled_files
from kpiledger.compiling import compile_project
from kpiledger.compiling.dialects import Dialect
from kpiledger.extracts.manifest import read_manifests
from kpiledger.gates import load_checked
from kpiledger.laid_statistics.columns import no_statistics
from kpiledger.ledger.store import Ledger
from kpiledger.projection import SCHEMA
from kpiledger.server_warehouse import lay_tables_on
from kpiledger.warehouse import Table
from tests.demo import copy_project
from tests.postgres import dbt_build, needs_postgres, postgres_server
from tests.recorded import tables_of

pytestmark = [pytest.mark.demo, needs_postgres]

Row = tuple[Any, ...]
KEYS = {
    "fct_kpi_value": ("kpi", "version", "grain", "span", "period_start", "slice", "member"),
    "fct_kpi_target": ("agreement", "agreement_version", "kpi", "slice", "member", "grain", "period_start"),
    "fct_scorecard": ("holder", "kpi", "slice", "member", "grain", "period_start"),
    "fct_agreement_score": ("agreement", "grain", "period_start"),
    "fct_objective": ("year", "key_result", "grain", "period_start"),
    "fct_roll_up": ("holder", "kpi", "slice", "member", "grain", "period_start"),
}
# DuckDB divides decimals as doubles, PostgreSQL as decimals.
CLOSE = Decimal("1e-11")


@pytest.fixture(scope="module")
def server(published_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The demo built on PostgreSQL, from the same ledger as the published one."""
    folder = copy_project(tmp_path_factory.mktemp("postgres") / "demo")
    project = load_checked(folder)
    compiled_files.write(folder, compile_project(project, Dialect.POSTGRES))
    shutil.copytree(published_demo / "build/ledger", folder / "build/ledger")
    with postgres_server() as server:
        lay_tables_on(server.engine, SCHEMA, tables_of(project, Ledger(folder / "build/ledger")))
        # Computed from values by the run; dbt on a server reads what was laid last.
        lay_tables_on(server.engine, SCHEMA, statistics_of(published_demo / "build/warehouse.duckdb"))
        load_sources(server.engine, published_demo / "build/current")
        dbt_build(folder, "postgres", server.variables)
        yield server.engine


def statistics_of(warehouse: Path) -> list[Table]:
    """Signals and projections as a run laid them."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return [
            Table(one.name, one.columns, connection.execute(f"select * from {SCHEMA}.{one.name}").fetchall())
            for one in no_statistics()
        ]


def load_sources(engine: Engine, publication: Path) -> None:
    """What a loading tool does: each table of each source into a schema named as the source."""
    for manifest in read_manifests(publication / "extracts.json"):
        path = publication / "extracts" / manifest.source / f"{manifest.table}.parquet"
        with duckdb.connect() as connection:
            result = connection.execute(f"select * from '{path}'")
            columns = {name: manifest.columns[name] for name, *_ in result.description or ()}
            lay_tables_on(engine, manifest.source, [Table(manifest.table, columns, result.fetchall())])


@pytest.mark.parametrize("table", KEYS)
def test_both_warehouses_hold_the_same_rows(published_demo: Path, server: Engine, table: str) -> None:
    on_duckdb = _in_duckdb(published_demo / "build/warehouse.duckdb", table)
    on_postgres = _in_postgres(server, table)
    assert on_duckdb
    assert on_duckdb.keys() == on_postgres.keys()
    apart = [
        (key, name, value, on_postgres[key][name])
        for key, row in on_duckdb.items()
        for name, value in row.items()
        if not _is_same(value, on_postgres[key][name])
    ]
    assert apart[:5] == []


def test_the_run_of_the_server_is_as_of_the_same_day(server: Engine) -> None:
    with server.connect() as connection:
        assert connection.execute(text("select as_of_on from kpi.as_of")).scalar_one() == date(2017, 12, 31)


def test_tables_laid_again_are_replaced(server: Engine) -> None:
    columns = {"name": "varchar", "share": "decimal(9,6)", "on_day": "date", "is_new": "boolean"}
    first = [("it's :so", Decimal("0.25"), date(2017, 1, 1), True), (None, None, None, None)]
    for rows in (first, first[:1], []):
        lay_tables_on(server, "laid", [Table("small", columns, rows, "A table: it's small.")])
        with server.connect() as connection:
            assert [tuple(row) for row in connection.execute(text("select * from laid.small"))] == rows
            said = connection.execute(text("select obj_description('laid.small'::regclass)"))
            assert said.scalar_one() == "A table: it's small."


def _in_duckdb(path: Path, table: str) -> dict[Row, Mapping[str, Any]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        result = connection.execute(f"select * from kpi.{table}")
        names = [column[0] for column in result.description or ()]
        return _by_key(table, [dict(zip(names, row, strict=True)) for row in result.fetchall()])


def _in_postgres(engine: Engine, table: str) -> dict[Row, Mapping[str, Any]]:
    with engine.connect() as connection:
        return _by_key(table, [dict(row) for row in connection.execute(text(f"select * from kpi.{table}")).mappings()])


def _by_key(table: str, rows: list[dict[str, Any]]) -> dict[Row, Mapping[str, Any]]:
    found = {tuple(row[name] for name in KEYS[table]): row for row in rows}
    assert len(found) == len(rows)
    return found


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) <= CLOSE * max(abs(one), abs(other), Decimal("0.1"))
    return bool(one == other)
