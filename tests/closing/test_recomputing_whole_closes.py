"""Every closed row comes out again from the extracts that its close kept: all members and spans of every formula."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from kpiledger.checking import check_folder
from kpiledger.closing.close import Wish, close_period
from kpiledger.closing.doing import Place
from kpiledger.ledger.store import Ledger
from kpiledger.periods import Period
from kpiledger.recipe import Recipe, read_recipe
from kpiledger.settings import load_settings

pytestmark = pytest.mark.demo

AS_OF = "2017-12-31"
ROW = "kpi, version, grain, span, period_start, period_end, slice, member, numerator, denominator, value, row_count"
FORMULAS = {
    "revenue": "a sum", "gross_margin": "a ratio", "hours_to_solve": "a median", "open_orders": "a standing at the end",
    "mean_days_to_ship": "a mean", "orders_shipped": "a count", "active_customers": "a distinct count",
}  # fmt: skip


@pytest.fixture(scope="module")
def kept(published_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a close of March 2017, in a copy of the demo."""
    folder = shutil.copytree(published_demo, tmp_path_factory.mktemp("kept") / "demo", symlinks=True)
    settings, (specs, _) = load_settings(folder, {}), check_folder(folder)
    assert specs is not None
    place = Place(settings, specs, Ledger(settings.ledger, anchors=settings.anchors), lambda: datetime.now(UTC))
    close_period(place, Period.parse("2017-03"), Wish("p_1003", "p_1001"))
    return settings.closes / "2017-03/1"


def computed_again(kept: Path, recipe: Recipe, as_of_on: str) -> duckdb.DuckDBPyConnection:
    """A database that holds what the kept statements make of the kept extracts, and nothing else."""
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as warehouse")
    connection.execute("use warehouse")
    for schema in {
        "extracts",
        "recorded",
        *(one.schema for one in recipe.statements),
        *(one.schema for one in recipe.seeds),
    }:
        connection.execute(f"create schema {schema}")
    connection.execute(f"create table recorded.run_context as select date '{as_of_on}' as as_of_on")
    for path in (kept / "extracts").glob("*/*.parquet"):
        name = f"{path.parent.name}.{path.stem}"
        connection.execute(f"create table extracts.\"{name}\" as from read_parquet('{path}')")
    for seed in recipe.seeds:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in seed.columns.items())
        connection.execute(f"create table {seed.schema}.{seed.name} ({columns})")
        marks = ", ".join("?" for _ in seed.columns)
        connection.executemany(f"insert into {seed.schema}.{seed.name} values ({marks})", list(seed.rows))
    for one in recipe.statements:
        connection.execute(f"create table {one.schema}.{one.name} as {one.query}")
    return connection


@pytest.fixture(scope="module")
def again(kept: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What came out, beside the rows that were frozen."""
    with computed_again(kept, read_recipe(kept), AS_OF) as connection:
        connection.execute(f"create table frozen as from read_parquet('{kept / 'values.parquet'}')")
        connection.execute("""
            create table came_out as select value.* from kpi.fct_kpi_value as value
            semi join frozen using (kpi, version, grain, period_start)
        """)
        yield connection


@pytest.mark.parametrize("kpi", FORMULAS, ids=FORMULAS.values())
def test_every_closed_row_of_a_kpi_comes_out_again_from_what_its_close_kept(
    again: duckdb.DuckDBPyConnection, kpi: str
) -> None:
    frozen = again.execute(f"select {ROW} from frozen where kpi = ? order by all", [kpi]).fetchall()
    assert len(frozen) >= 40
    assert again.execute(f"select {ROW} from came_out where kpi = ? order by all", [kpi]).fetchall() == frozen


def test_all_other_closed_rows_of_the_demo_come_out_again_too(again: duckdb.DuckDBPyConnection) -> None:
    for these, those in (("frozen", "came_out"), ("came_out", "frozen")):
        assert again.execute(f"select {ROW} from {these} except select {ROW} from {those}").fetchall() == []


def test_another_extract_makes_other_rows(kept: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(kept, tmp_path / "other")
    path = folder / "extracts/erp/order_line.parquet"
    path.unlink()
    source = kept / "extracts/erp/order_line.parquet"
    duckdb.sql(f"copy (select * replace (sales + 1 as sales) from '{source}') to '{path}' (format parquet)")
    frozen = f"select {ROW} from read_parquet('{kept / 'values.parquet'}') where kpi = 'revenue'"
    with computed_again(folder, read_recipe(kept).for_model("kpi_order_line"), AS_OF) as connection:
        came_out = f"select {ROW} from kpi.kpi_order_line where kpi = 'revenue'"
        assert connection.execute(f"{frozen} except {came_out}").fetchall()
