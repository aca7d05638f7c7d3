"""The DuckDB warehouse file: opening it to read, and laying small tables into it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import duckdb

from kpiledger.errors import BrokenWorld, DamagedFile

# No text has it: what is recorded or read from specs has no such character.
_NULL = "\x01"
_AS_WRITTEN = (
    f"header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '{_NULL}', "
    "new_line = '\\n', parallel = false, max_line_size = 100000000, strict_mode = true"
)
# How DuckDB says that a block is not as it wrote it, or is not there; a full disk, say, is something else.
_DAMAGED = re.compile("Corrupt database file|Could not read|Serialization Error|not a valid DuckDB database file")


@dataclass(frozen=True, slots=True)
class Table:
    """A table to lay down: its columns with their SQL types, its rows in the same order."""

    name: str
    columns: Mapping[str, str]
    rows: Sequence[Sequence[object]]
    description: str = ""


@contextmanager
def open_reader(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to a published warehouse; DamagedFile where its bytes are not those that were written."""
    if not path.exists():
        raise BrokenWorld(f"there is no warehouse at {path}", "run `kpi run` first")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as problem:
        _require_sound(path, problem)
        raise BrokenWorld(
            f"the warehouse {path} cannot be opened: {problem}",
            "end what holds it open, or run `kpi run` to make it anew",
        ) from problem
    with connection:
        try:
            yield connection
        except (duckdb.IOException, duckdb.SerializationException) as problem:
            _require_sound(path, problem)
            raise


def _require_sound(path: Path, problem: duckdb.Error) -> None:
    """DamagedFile where DuckDB says that the file is not as it wrote it."""
    found = str(problem).splitlines()[0]
    if _DAMAGED.search(found):
        raise DamagedFile(f"the warehouse {path} is damaged: {found}", "run `kpi run` to make it anew") from problem


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
            lay_table(connection, f"{schema}.{table.name}", table)
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


def lay_table(connection: duckdb.DuckDBPyConnection, address: str, table: Table, *, is_passing: bool = False) -> None:
    """Lay one table, in the place of another of that name; one that `is_passing` goes with the connection."""
    columns = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
    connection.execute(f"create or replace {'temp ' if is_passing else ''}table {address} ({columns})")
    if table.description and not is_passing:
        text = table.description.replace("'", "''")
        connection.execute(f"comment on table {address} is '{text}'")
    if table.rows:
        _fill(connection, address, table)


def _fill(connection: duckdb.DuckDBPyConnection, address: str, table: Table) -> None:
    """By a file that DuckDB reads: a bound value takes it several times as long, and there may be millions."""
    casts = ", ".join(f"cast({name} as {kind})" for name, kind in table.columns.items())
    named = ", ".join(f"{literal(name)}: 'varchar'" for name in table.columns)
    with NamedTemporaryFile("w", prefix="kpi-lay-", suffix=".csv", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([_NULL if value is None else str(value) for value in row] for row in table.rows)
        file.flush()
        read = f"read_csv({literal(file.name)}, columns = {{{named}}}, {_AS_WRITTEN})"
        connection.execute(f"insert into {address} select {casts} from {read}")
