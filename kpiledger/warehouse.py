"""The DuckDB warehouse file: opening it to read, and laying small tables into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.errors import BrokenWorld


@dataclass(frozen=True, slots=True)
class Table:
    """A table to lay down: its columns with their SQL types, its rows in the same order."""

    name: str
    columns: Mapping[str, str]
    rows: Sequence[Sequence[object]]
    description: str = ""


def open_reader(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a published warehouse."""
    if not path.exists():
        raise BrokenWorld(f"there is no warehouse at {path}", "run `kpi run` first")
    try:
        return duckdb.connect(str(path), read_only=True)
    except duckdb.Error as problem:
        raise BrokenWorld(
            f"the warehouse {path} cannot be opened: {problem}",
            "end what holds it open, or run `kpi run` to make it anew",
        ) from problem


@contextmanager
def open_current(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same, where a publication of before a table or column existed is said to be one."""
    with open_reader(path) as connection, of_this_version(f"the warehouse {path}", "run `kpi run` to make it anew"):
        yield connection


@contextmanager
def of_this_version(what: str, hint: str) -> Iterator[None]:
    """BrokenWorld where a table or column that a query of ours names is not in what another version made."""
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as problem:
        found = str(problem).splitlines()[0]
        raise BrokenWorld(f"{what} was made by another version: {found}", hint) from problem


def lay_tables(path: Path, schema: str, tables: Iterable[Table]) -> None:
    """Write tables into a schema of a warehouse file, replacing them, all in one transaction.

    Schema, table and column names come from our own code; values are bound, never pasted.
    """
    with duckdb.connect(str(path)) as connection:
        connection.begin()
        connection.execute(f"create schema if not exists {schema}")
        for table in tables:
            _lay(connection, f"{schema}.{table.name}", table)
        connection.commit()


def rows_of(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()
) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries by column."""
    result = connection.execute(query, list(parameters))
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def literal(text: object) -> str:
    """A text or a path as SQL has it; for words of our own only, values of others are bound."""
    return "'" + str(text).replace("'", "''") + "'"


def _lay(connection: duckdb.DuckDBPyConnection, address: str, table: Table) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
    connection.execute(f"create or replace table {address} ({columns})")
    if table.description:
        text = table.description.replace("'", "''")
        connection.execute(f"comment on table {address} is '{text}'")
    if not table.rows:
        return
    # One bound list a column: a statement per row would take a hundred times as long.
    lists = [[None if value is None else str(value) for value in column] for column in zip(*table.rows, strict=True)]
    casts = ", ".join(f"cast(unnest(?::varchar[]) as {kind})" for kind in table.columns.values())
    connection.execute(f"insert into {address} select {casts}", lists)
