"""How is each column of a source asked for, so that no value is lost or changed on its way?

A driver's own types would lose some: NUMERIC without precision becomes a double, TINYINT(1) a truth value, a date
far away an error, and a SQLite column holds what it likes. So the source writes its values as text itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError

from kpiledger.errors import BrokenWorld
from kpiledger.quality.conditions import quoted
from kpiledger.quality.session import SourceSession

Types = Mapping[str, Any]


def column_types(session: SourceSession, table: str) -> Types:
    """The type of each column of a source's table, as SQLAlchemy knows it."""
    try:
        found = sa.inspect(session.connection).get_columns(table)
    except NoSuchTableError:
        found = []
    if not found:
        raise BrokenWorld(f"no such table: {table}", "see whether the source was changed, or mend the file")
    return {column["name"]: column["type"] for column in found}


def texts_query(
    session: SourceSession, table: str, wanted: Sequence[str], types: Types, keeps_times: bool = False
) -> str:
    """The query that gives the wanted columns of a source's table as text, dates and times as they are if so said."""
    dialect = session.dialect
    missing = [name for name in wanted if name not in types]
    if missing:
        raise BrokenWorld(
            f"the table {table} has no column {', '.join(missing)}",
            "see whether the source was changed, or mend the file",
        )
    kept = {name: _kept_time(quoted(name, dialect), types[name]) if keeps_times else "" for name in wanted}
    shown = ", ".join(
        f"{kept[name] or as_text(name, types[name], dialect)} as {quoted(name, dialect)}" for name in wanted
    )
    return f"select {shown} from {quoted(table, dialect)}"


def as_text(name: str, kind: Any, dialect: str) -> str:
    """A column as text, in the SQL of a source; times that know their zone are written in UTC."""
    return _WRITTEN[dialect](quoted(name, dialect), kind)


def _kept_time(column: str, kind: Any) -> str:
    """A date or time of PostgreSQL as it is, in UTC; empty for anything else.

    A time beyond the years that DuckDB has would arrive as another one without a word: so it is an error.
    """
    if isinstance(kind, sa.Date):
        return column
    if not isinstance(kind, sa.DateTime):
        return ""
    time = f"({column} at time zone 'UTC')" if kind.timezone else column
    beyond = f"cast(cast({time} as text) || ' is too far away' as timestamp)"
    return f"case when {time} < '294247-01-01' or {time} = 'infinity' then {time} else {beyond} end"


def _of_postgres(column: str, kind: Any) -> str:
    if isinstance(kind, sa.Integer) or type(kind) in (sa.Text, sa.TEXT, sa.VARCHAR):
        return column  # these travel as they are, which is quicker
    if isinstance(kind, sa.LargeBinary):
        return f"upper(encode({column}, 'hex'))"
    if isinstance(kind, sa.DateTime) and kind.timezone:
        return f"cast({column} at time zone 'UTC' as text)"
    return f"cast({column} as text)"


def _of_mysql(column: str, kind: Any) -> str:
    if isinstance(kind, sa.TIMESTAMP):  # kept in UTC, and shown in the session's zone, which nobody here has set
        since = f"round(unix_timestamp({column}) * 1000000)"
        return f"cast(timestampadd(microsecond, {since}, '1970-01-01 00:00:00') as char)"
    if isinstance(kind, (sa.LargeBinary, sa.BINARY, sa.VARBINARY)):
        return f"hex({column})"
    if type(kind).__name__ == "BIT":
        return f"cast({column} + 0 as char)"
    return f"cast({column} as char)"


def _of_sqlite(column: str, kind: Any) -> str:
    # A cast writes 15 figures of a number, where some need 17 to be known again.
    figure = (
        f"case when cast(cast({column} as text) as real) = {column} then cast({column} as text) "
        f"else printf('%!.17g', {column}) end"
    )
    return (
        f"case typeof({column}) when 'real' then {figure} "
        f"when 'blob' then hex({column}) else cast({column} as text) end"
    )


def _of_duckdb(column: str, kind: Any) -> str:
    if isinstance(kind, sa.LargeBinary):
        return f"hex({column})"
    if isinstance(kind, sa.DateTime) and kind.timezone:
        return f"cast({column} at time zone 'UTC' as varchar)"
    return f"cast({column} as varchar)"


_WRITTEN = {"postgres": _of_postgres, "mysql": _of_mysql, "sqlite": _of_sqlite, "duckdb": _of_duckdb}
