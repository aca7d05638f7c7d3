"""How does DuckDB connect to a source by its own scanners, without a password in any text?

A password goes into a secret of DuckDB and never into a connection string, which DuckDB's errors quote.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote

import duckdb
import sqlalchemy as sa

from kpiledger.quality.reconciling.names import literal, named
from kpiledger.quality.session import SourceSession

# Times and figures must be written one way, whatever the server or the account has as its habit.
_HABITS = "-c datestyle=ISO -c timezone=UTC -c extra_float_digits=1"
# What a URL may say besides, that DuckDB can be told too; with anything else SQLAlchemy reads the source.
_POSTGRES_MORE = ("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "application_name")
_MYSQL_MORE = ("charset", "unix_socket")


def attached(session: SourceSession, link: duckdb.DuckDBPyConnection) -> Callable[[str], str] | None:
    """The SQL that gives a query's rows, by its text; None where DuckDB cannot read the source itself."""
    scanner, alias = session.dialect, f"source_{session.source}"
    if scanner not in _TOLD or not _loaded(scanner, link):
        return None
    known = link.execute("select count(*) from duckdb_databases() where database_name = ?", [alias]).fetchone()
    if not (known and known[0]) and not _attached_now(session, alias, link):
        return None
    return lambda query: f"{scanner}_query({literal(alias)}, {literal(query)})"


def _loaded(scanner: str, link: duckdb.DuckDBPyConnection) -> bool:
    """Whether the scanner's extension is there, as an installed package for this very version of DuckDB."""
    extension = f"{scanner}_scanner"
    found = importlib.util.find_spec(f"duckdb_extension_{extension}")
    if found is None or found.origin is None:
        return False
    place = Path(found.origin).parent / "extensions" / f"v{duckdb.__version__}" / f"{extension}.duckdb_extension"
    if not place.is_file():
        return False
    link.execute(f"load {literal(str(place))}")
    return True


def _attached_now(session: SourceSession, alias: str, link: duckdb.DuckDBPyConnection) -> bool:
    told = _TOLD[session.dialect](sa.make_url(session.url))
    if told is None:
        return False
    place, secret = told
    kind = f"type {session.dialect}, read_only"
    try:
        if secret:
            given = ", ".join(f"{key} {literal(value)}" for key, value in secret.items())
            link.execute(f"create or replace temporary secret {named(alias)} (type {session.dialect}, {given})")
            kind += f", secret {named(alias)}"
        link.execute(f"attach {literal(place)} as {named(alias)} ({kind})")
    except duckdb.Error:
        return False  # SQLAlchemy did connect: whatever DuckDB lacks, the source can still be read
    return True


def _to_sqlite(url: sa.URL) -> tuple[str, Mapping[str, str]] | None:
    path = url.database or ""
    path = unquote(path.removeprefix("file:")) if path.startswith("file:") else path
    return (path, {}) if path not in ("", ":memory:") else None


def _to_postgres(url: sa.URL) -> tuple[str, Mapping[str, str]] | None:
    more = {key: str(value) for key, value in url.query.items()}
    host, port = more.pop("host", url.host), more.pop("port", url.port)
    if not set(more) <= set(_POSTGRES_MORE):
        return None
    words = {"options": _HABITS, **more}
    place = " ".join(f"{key}='{_escaped(value)}'" for key, value in words.items())
    return place, _filled(host=host, port=port, user=url.username, password=url.password, database=url.database)


def _to_mysql(url: sa.URL) -> tuple[str, Mapping[str, str]] | None:
    if not set(url.query) <= set(_MYSQL_MORE):
        return None
    socket = url.query.get("unix_socket")
    return "", _filled(
        host=url.host, port=url.port, socket=socket, user=url.username, password=url.password, database=url.database
    )


_TOLD: Mapping[str, Callable[[sa.URL], tuple[str, Mapping[str, str]] | None]] = {
    "sqlite": _to_sqlite,
    "postgres": _to_postgres,
    "mysql": _to_mysql,
}


def _filled(**words: object) -> dict[str, str]:
    return {key: str(value) for key, value in words.items() if value is not None}


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
