"""Expressions give the same answers in every warehouse: each is read in its dialect and run where one is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import sqlglot

from kpiledger.expressions import render
from tests.postgres import needs_postgres, postgres_server
from tests.unit.expression_examples import ACCEPTED, COLUMNS, answers, comparable, lay_rows

# Lower and upper of letters beyond a to z depend on the locale of a PostgreSQL database; the rows keep to a to z
# where these are asked.


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        lay_rows(connection.execute)
        yield connection


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    with postgres_server() as server:
        connection = server.engine.raw_connection()
        cursor = connection.cursor()
        lay_rows(cursor.execute)
        yield cursor
        connection.close()


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
@pytest.mark.parametrize("text", ACCEPTED)
def test_each_rendering_is_read_in_its_dialect_as_it_was_meant(
    text: str, dialect: str, duck: duckdb.DuckDBPyConnection
) -> None:
    """What sqlglot reads in the dialect gives, written for DuckDB, what DuckDB was asked for."""
    tree = sqlglot.parse_one(render(text, dialect), read=dialect)
    assert {column.name for column in tree.find_all(sqlglot.exp.Column)} <= set(COLUMNS)
    found = duck.execute(answers(tree.sql(dialect="duckdb"))).fetchall()
    asked = duck.execute(answers(render(text))).fetchall()
    assert [comparable(value) for (value,) in found] == [comparable(value) for (value,) in asked]


@needs_postgres
@pytest.mark.parametrize("text", ACCEPTED)
def test_duckdb_and_postgresql_give_the_same_answers(text: str, duck: duckdb.DuckDBPyConnection, postgres: Any) -> None:
    found = duck.execute(answers(render(text))).fetchall()
    postgres.execute(answers(render(text, "postgres")))
    assert [comparable(value) for (value,) in found] == [comparable(value) for (value,) in postgres.fetchall()]
