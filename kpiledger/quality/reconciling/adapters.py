"""How do the rows of a source's query come into DuckDB? One small way for each kind of source.

A way takes a query in the source's own SQL and gives the one that reads its rows in DuckDB: as text, or as a type of
DuckDB that loses nothing. DuckDB's scanners are the quick way; SQLAlchemy reads whatever they cannot.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.quality.reconciling.names import literal, named
from kpiledger.quality.reconciling.scanners import attached
from kpiledger.quality.session import SourceSession

_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Landing:
    """A way to read a source: its `rows` of a query, the names of its columns, and a table's name if one is needed.

    `keeps_times` tells that dates and times come as they are, infinite ones too, and need not be written as text.
    """

    rows: Callable[[str, Sequence[str], str], str]
    keeps_times: bool = False


def landing(session: SourceSession, link: duckdb.DuckDBPyConnection) -> Landing:
    """The quickest way to read a source that works here."""
    return scanned(session, link) or inside(session, link) or fetched(session, link)


def scanned(session: SourceSession, link: duckdb.DuckDBPyConnection) -> Landing | None:
    """DuckDB reads the source itself; None where its scanner is not installed or cannot connect as we did."""
    query_of = attached(session, link)
    if query_of is None:
        return None

    def land(query: str, names: Sequence[str], into: str) -> str:
        return _rows(query_of(query), names)

    return Landing(land, keeps_times=session.dialect == "postgres")


def inside(session: SourceSession, link: duckdb.DuckDBPyConnection) -> Landing | None:
    """What DuckDB holds already, as files that a source drops, changes hands as a Parquet file; else None."""
    if session.dialect != "duckdb":
        return None

    def land(query: str, names: Sequence[str], into: str) -> str:
        with tempfile.TemporaryDirectory(prefix="kpi_read_") as folder:
            path = literal(str(Path(folder) / "rows.parquet"))
            session.connection.exec_driver_sql(f"copy ({query}) to {path} (format parquet)")
            link.execute(f"create or replace temp table {named(into)} as select * from read_parquet({path})")
        return _rows(named(into), names)

    return Landing(land)


def fetched(session: SourceSession, link: duckdb.DuckDBPyConnection) -> Landing:
    """Rows go through SQLAlchemy: slower, for every source, and the only way to a session's temporary tables."""

    def land(query: str, names: Sequence[str], into: str) -> str:
        declared = ", ".join(f"{named(name)} varchar" for name in names)
        link.execute(f"create or replace temp table {named(into)} ({declared})")
        places, unnested = range(len(names)), ", ".join("unnest(?::varchar[])" for _ in names)
        for part in session.connection.exec_driver_sql(query).partitions(_CHUNK):
            columns = [[_text(row[place]) for row in part] for place in places]
            link.execute(f"insert into {named(into)} select {unnested}", columns)
        return _rows(named(into), names)

    return Landing(land)


def _rows(relation: str, names: Sequence[str]) -> str:
    return f"select {', '.join(map(named, names))} from {relation}"


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
