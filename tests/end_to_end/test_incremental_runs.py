"""Incremental facts with dbt itself, on DuckDB and PostgreSQL: what is kept, and what has it computed anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Engine, create_engine, text

from kpiledger.compiling import compile_project
from kpiledger.compiling.dialects import Dialect
from kpiledger.dbt_build import build
from kpiledger.specs.fact import Fact
from tests.demo import ROOT, kpi
from tests.postgres import dbt_build, needs_postgres, postgres_server
from tests.soundness.small_company import COLUMNS, FACT, KPIS, project

_PROJECT = """
name: small
version: "1.0.0"
config-version: 2
profile: small
model-paths: [models]
macro-paths: [macros]
flags: {send_anonymous_usage_stats: false}
models: {+materialized: table}
"""
_PROFILES = """
small:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "{{ env_var('KPI_WAREHOUSE', 'x') }}", threads: 1}
    postgres:
      type: postgres
      host: "{{ env_var('PGHOST', '') }}"
      port: 5432
      user: "{{ env_var('PGUSER', '') }}"
      password: ""
      dbname: "{{ env_var('PGDATABASE', '') }}"
      schema: public
      threads: 1
"""
_SOURCES = """
version: 2
sources:
  - {name: recorded, schema: recorded, tables: [{name: run_context}, {name: sale}, {name: customer}]}
"""
_TABLES = (
    "create schema recorded",
    f"create table recorded.sale ({COLUMNS}, loaded_at timestamp)",
    "create table recorded.customer (customer varchar, segment varchar)",
    "create table recorded.run_context (as_of_on date)",
    "insert into recorded.run_context values (date '2015-12-31')",
    "insert into recorded.customer values ('ann', 'home')",
    "insert into recorded.sale values (1, 'ann', date '2014-03-05', 'N', 100, 1, null, timestamp '2016-01-01'),"
    " (2, 'ann', date '2015-03-05', 'N', 200, 1, null, timestamp '2016-01-01')",
)
_LATE = "insert into recorded.sale values (3, 'ann', date '2014-06-05', 'N', 30, 1, null, timestamp '2016-01-02')"
_FORGED = ("update agg_sale set amount_sold = 7777", "update measured_sale set amount_sold = 7777")
_MONTHS = """select period_start, amount_sold from measured_sale
    where grain = 'month' and span = 'period' and slice = 'all' and amount_sold is not null order by period_start"""


MARCH, JUNE, LATER = date(2014, 3, 1), date(2014, 6, 1), date(2015, 3, 1)


@dataclass(frozen=True)
class Place:
    """A warehouse with the small project: how to build it, ask it and change it."""

    folder: Path
    run: Callable[[], None]
    engine: Callable[[], Engine]

    def change(self, *statements: str) -> None:
        engine = self.engine()
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def amounts(self) -> dict[date, int]:
        engine = self.engine()
        with engine.connect() as connection:
            found = {start: int(amount) for start, amount in connection.execute(text(_MONTHS))}
        engine.dispose()
        return found


def _write(folder: Path, dialect: Dialect) -> None:
    fact = Fact.model_validate({**FACT, "incremental": {"changed_at": "loaded_at"}})
    kpis = [one for one in KPIS if one.kpi in ("turnover", "buyers", "typical_amount", "turnover_per_buyer")]
    made = replace(project(kpis), facts={"sale": fact}, columns={"fct_sale": {"loaded_at": "timestamp"}})
    files = {"dbt_project.yml": _PROJECT, "profiles.yml": _PROFILES, "models/sources.yml": _SOURCES}
    files["models/fct_sale.sql"] = "select * from {{ source('recorded', 'sale') }}"
    files["models/dim_customer.sql"] = "select * from {{ source('recorded', 'customer') }}"
    files |= {f"models/kpis/{name}": content for name, content in compile_project(made, dialect).items()}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    shutil.copytree(ROOT / "macros", folder / "macros")


def _keeps_what_did_not_change(place: Place) -> None:
    place.change(*_TABLES)
    place.run()
    assert place.amounts() == {MARCH: 100, LATER: 200}
    place.change(_LATE, *_FORGED)
    place.run()
    assert place.amounts() == {MARCH: 7777, JUNE: 30, LATER: 7777}


def _computes_anew(place: Place) -> None:
    place.change("update recorded.customer set segment = 'work'")
    place.run()
    assert place.amounts() == {MARCH: 100, JUNE: 30, LATER: 200}, "a dimension model changed"
    place.change(*_FORGED)
    (place.folder / "models/fct_sale.sql").write_text("select * from {{ source('recorded', 'sale') }} where true")
    place.run()
    assert place.amounts() == {MARCH: 100, JUNE: 30, LATER: 200}, "the text of the fact changed"


def test_dbt_on_duckdb_keeps_what_did_not_change_unless_a_text_or_a_dimension_did(tmp_path: Path) -> None:
    _write(tmp_path, Dialect.DUCKDB)
    warehouse = tmp_path / "warehouse.duckdb"

    def run() -> None:
        assert build(tmp_path, warehouse).failures == ()

    place = Place(tmp_path, run, lambda: create_engine(f"duckdb:///{warehouse}"))
    _keeps_what_did_not_change(place)
    _computes_anew(place)


@pytest.fixture
def server() -> Iterator[tuple[Engine, Mapping[str, str]]]:
    with postgres_server() as running:
        yield running.engine, running.variables


@needs_postgres
def test_dbt_on_postgres_keeps_what_did_not_change(tmp_path: Path, server: tuple[Engine, Mapping[str, str]]) -> None:
    _write(tmp_path, Dialect.POSTGRES)
    engine, variables = server

    def run() -> None:
        dbt_build(tmp_path, "postgres", {**variables, "KPI_WAREHOUSE": os.devnull})

    _keeps_what_did_not_change(Place(tmp_path, run, lambda: engine))


@pytest.mark.demo
def test_a_run_keeps_of_the_published_warehouse_what_incremental_facts_need_and_nothing_else(
    published_demo: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(published_demo, tmp_path / "demo", symlinks=True))
    _let_order_lines_be_incremental(folder)
    assert kpi(folder, "compile").returncode == 0
    _run(folder)
    forged = _forge(folder / "build/warehouse.duckdb")
    _run(folder)
    kept, left_over = _kept(folder / "build/warehouse.duckdb")
    assert kept == forged
    assert not left_over
    _run(folder, "--full-refresh")
    assert _kept(folder / "build/warehouse.duckdb")[0] == 0


def _let_order_lines_be_incremental(folder: Path) -> None:
    fact, mart = folder / "metrics/facts/order_line.yml", folder / "models/marts/fct_order_line.sql"
    fact.write_text(fact.read_text() + "incremental: {changed_at: loaded_at}\n")
    sql = mart.read_text().rstrip()
    last = sql.rpartition("\n")[2]
    marked = f"select *, cast(ordered_on as timestamp) as loaded_at {last.removeprefix('select *')}"
    mart.write_text(f"{sql.removesuffix(last)}{marked}\n")
    path = folder / "models/marts/_marts.yml"
    contracts = path.read_text()
    name = "  - name: fct_order_line\n"
    before, after = contracts.split(name)
    columns = after.replace("    columns:\n", "    columns:\n      - {name: loaded_at, data_type: timestamp}\n", 1)
    path.write_text(before + name + columns)


def _run(folder: Path, *words: str) -> None:
    done = kpi(folder, "run", *words)
    assert done.returncode == 0, done.stderr


def _forge(published: Path) -> int:
    """Put a figure into a published table that nobody would compute, and a table that no model makes."""
    published.resolve().chmod(0o644)
    with duckdb.connect(str(published.resolve())) as connection:
        connection.execute("create table kpi.left_over as select 1 as one")
        connection.execute("update kpi.agg_order_line set row_count = 7777 where tile < date '2015-01-01'")
        (found,) = connection.execute("select count(*) from kpi.agg_order_line where row_count = 7777").fetchall()
    return int(found[0])


def _kept(published: Path) -> tuple[int, bool]:
    with duckdb.connect(str(published), read_only=True) as connection:
        (kept,) = connection.execute("select count(*) from kpi.agg_order_line where row_count = 7777").fetchall()
        tables = connection.execute("select table_name from information_schema.tables").fetchall()
    return int(kept[0]), ("left_over",) in tables
