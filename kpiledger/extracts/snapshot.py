"""Reading the rows of a source as text, all tables as of one moment, in batches.

Every value crosses as the source's own exact text: no figure of money passes through a binary fraction on its way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kpiledger.quality.session import SourceSession

BATCH_OF_ROWS = 20_000

# SQLite gives its values as they are stored; its cast to text would round figures to 15 digits.
_AS_TEXT = {
    "postgres": "cast({column} as text) as {column}",
    "mysql": "cast({column} as char) as {column}",
    "duckdb": "cast({column} as varchar) as {column}",
    "sqlite": "{column}",
}
# In a session of UTC and ISO dates, so that the text does not depend on how the server is set.
_SETTINGS = {
    "postgres": ("set local time zone 'UTC'", "set local datestyle to 'ISO, YMD'"),
    "mysql": ("set time_zone = '+00:00'",),
}
# Servers that others write to meanwhile. A file is read inside one transaction of its own.
_ISOLATED = frozenset({"postgres", "mysql"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source gives of one table: its query, how many rows it says it has, and the columns it declares."""

    query: str
    row_count: int
    source_columns: dict[str, str]


@contextmanager
def as_of_one_moment(session: SourceSession) -> Iterator[sa.Connection]:
    """A connection that sees the source as it is now, until the context ends, and cannot write."""
    connection = session.connection
    if session.dialect in _ISOLATED:
        with connection.engine.connect() as own:
            own = own.execution_options(isolation_level="REPEATABLE READ")
            if session.dialect == "postgres":
                own.exec_driver_sql("set transaction read only")
            for setting in _SETTINGS[session.dialect]:
                own.exec_driver_sql(setting)
            yield own
            own.rollback()
        return
    connection.exec_driver_sql("begin")
    try:
        yield connection
    finally:
        connection.exec_driver_sql("rollback")


def ask(connection: sa.Connection, dialect: str, table: str, wanted: Sequence[str]) -> Answer:
    """How the source will be asked for a table. Columns that it does not have are left out of the query."""
    found = sa.inspect(connection).get_columns(table)
    source_columns = {column["name"]: _type_text(column["type"]) for column in found}
    quote = connection.dialect.identifier_preparer.quote_identifier
    there = [name for name in wanted if name in source_columns]
    columns = ", ".join(_AS_TEXT[dialect].format(column=quote(name)) for name in there) or "1"
    counted: int = connection.exec_driver_sql(f"select count(*) from {quote(table)}").scalar_one()
    return Answer(f"select {columns} from {quote(table)}", counted, source_columns)


def batches(connection: sa.Connection, query: str) -> Iterator[list[tuple[str | None, ...]]]:
    """The rows of a query, so many at a time, each value as text."""
    options = {"stream_results": True, "max_row_buffer": BATCH_OF_ROWS}
    with connection.execution_options(**options).exec_driver_sql(query) as result:
        for part in result.partitions(BATCH_OF_ROWS):
            yield [tuple(_text(value) for value in row) for row in part]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)


def _type_text(kind: Any) -> str:
    try:
        return str(kind).lower()
    except NotImplementedError:  # a type of the source that SQLAlchemy has no word for
        return type(kind).__name__.lower()
