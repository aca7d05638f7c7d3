"""Reads one source system through its connection: tables, columns, rows, and lists taken from other sources.

Nothing is written to a source but temporary tables of the session, which nobody else sees.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from kpiledger.errors import BrokenWorld
from kpiledger.sources.drops import AS_WRITTEN, lay_drops
from kpiledger.specs.expectation import CheckedTable

DIALECTS = {"sqlite": "sqlite", "postgresql": "postgres", "duckdb": "duckdb", "mysql": "mysql", "mariadb": "mysql"}
_BATCH_OF_ROWS = 5000
# The drivers of a URL without one, as `postgresql://`, with the module that each of them is.
_DRIVERS = {
    "postgresql": {"psycopg2": "psycopg2", "psycopg": "psycopg"},
    "mysql": {"mysqldb": "MySQLdb", "pymysql": "pymysql"},
    "mariadb": {"mysqldb": "MySQLdb", "pymysql": "pymysql", "mariadbconnector": "mariadb"},
}


@dataclass(frozen=True, slots=True)
class SourceSession:
    """An open connection to a source; `dialect` is the name that sqlglot knows it by."""

    source: str
    url: str
    dialect: str
    connection: sa.Connection
    dropped: frozenset[str] = field(default=frozenset())

    def as_written(self, table: str) -> str:
        """The relation with a table's values as the source has them, before any is read as a type."""
        return f"{table}{AS_WRITTEN}" if table in self.dropped else table

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Every row that a query gives."""
        return [tuple(row) for row in self.connection.exec_driver_sql(query)]

    def columns(self, table: str) -> dict[str, bool]:
        """The columns of a table, each with whether it holds text."""
        found = sa.inspect(self.connection).get_columns(table)
        return {column["name"]: isinstance(column["type"], sa.String) for column in found}


@dataclass(frozen=True, slots=True)
class Reference:
    """Rows of another source that a session needs to look into, under the name of their model."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@contextmanager
def open_source(source: str, url: str, drops: Mapping[str, CheckedTable] | None = None) -> Iterator[SourceSession]:
    """A session with a source system; BrokenWorld when it cannot be reached.

    `drops` are the tables that are files in the folder which the URL then names, as `file:///srv/drops/wms`.
    """
    if not drops:
        with _session(source, url) as session:
            yield session
        return
    with tempfile.TemporaryDirectory(prefix="kpi_drop_") as folder:
        place = Path(folder) / f"{source}.duckdb"
        lay_drops(source, _folder(source, url), drops, place)
        with _session(source, f"duckdb:///{place}", frozenset(drops)) as session:
            yield session


@contextmanager
def _session(source: str, url: str, dropped: frozenset[str] = frozenset()) -> Iterator[SourceSession]:
    engine, connection = _connected(source, url)
    try:
        yield SourceSession(source, url, DIALECTS[engine.dialect.name], connection, dropped)
    finally:
        connection.close()
        engine.dispose()


def _folder(source: str, url: str) -> Path:
    """The folder that a `file:` URL names."""
    parts = urlsplit(url)
    folder = Path(unquote(parts.path))
    if parts.scheme != "file" or not folder.is_dir():
        raise _unreachable(source, "its connection names no folder, and its tables are dropped files")
    return folder


def load_reference(connection: sa.Connection, reference: Reference) -> None:
    """Make a reference readable in a connection, as a temporary table."""
    kinds = [
        sa.BigInteger if reference.rows and all(isinstance(row[place], int) for row in reference.rows) else sa.Text
        for place in range(len(reference.columns))
    ]
    named = zip(reference.columns, kinds, strict=True)
    table = sa.Table(
        reference.table,
        sa.MetaData(),
        *(sa.Column(name, kind) for name, kind in named),
        prefixes=["TEMPORARY"],
    )
    table.create(connection)
    for start in range(0, len(reference.rows), _BATCH_OF_ROWS):
        part = reference.rows[start : start + _BATCH_OF_ROWS]
        connection.execute(sa.insert(table), [_row(reference.columns, kinds, row) for row in part])
    connection.commit()


def _row(names: Sequence[str], kinds: Sequence[type], row: Sequence[Any]) -> Mapping[str, Any]:
    return {
        name: value if value is None or kind is sa.BigInteger else str(value)
        for name, kind, value in zip(names, kinds, row, strict=True)
    }


def _connected(source: str, url: str) -> tuple[sa.Engine, sa.Connection]:
    address = _address(source, url)
    try:
        engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
        if engine.dialect.name not in DIALECTS:
            raise BrokenWorld(f"{source} speaks {engine.dialect.name}", f"known are {', '.join(DIALECTS)}")
        return engine, engine.connect()
    except (SQLAlchemyError, ImportError) as problem:
        reason = str(getattr(problem, "orig", None) or problem).splitlines()[0]
        raise _unreachable(source, reason) from problem


def _address(source: str, url: str) -> sa.URL:
    try:
        address = sa.make_url(url)
    except (SQLAlchemyError, ValueError):
        # The error may quote the URL, and with it a password: it is neither shown nor chained.
        raise _unreachable(source, "its connection is no SQLAlchemy URL") from None
    address = with_driver(address)
    # SQLite makes an empty database where none is; an empty source is not what was meant.
    path = address.database or ""
    if path.startswith("file:"):
        path = unquote(path.removeprefix("file:"))
    if address.get_backend_name() == "sqlite" and path not in ("", ":memory:") and not Path(path).is_file():
        raise _unreachable(source, "its database file does not exist")
    return address


def with_driver(address: sa.URL) -> sa.URL:
    """A URL that names no driver, with the first one that is installed; SQLAlchemy's own choice changes with it."""
    drivers = _DRIVERS.get(address.drivername, {})
    driver = next((name for name, module in drivers.items() if find_spec(module)), None)
    return address.set(drivername=f"{address.drivername}+{driver}") if driver else address


def _unreachable(source: str, reason: str) -> BrokenWorld:
    return BrokenWorld(
        f"the source {source} cannot be reached: {reason}",
        "check that it runs and that its connection is right; the demo's own come from `kpi demo-sources`",
    )
