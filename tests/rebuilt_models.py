"""Run compiled models in DuckDB again and again, as dbt does: each may read its own table, then replaces it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import duckdb
from jinja2 import Environment, StrictUndefined

from tests.compiled_models import in_order

_ENVIRONMENT = Environment(undefined=StrictUndefined)


def rebuild(
    connection: duckdb.DuckDBPyConnection, files: Mapping[str, str], started_at: datetime, only: str | None = None
) -> None:
    """One run; `only` stops it after the model of that name, as a run that dies there does."""
    for name, sql in in_order(files):
        text = rendered(connection, name, sql, started_at)
        connection.execute(f"create table fresh as {text}")
        connection.execute(f"drop table if exists {name}")
        connection.execute(f"alter table fresh rename to {name}")
        if name == only:
            return


def rendered(connection: duckdb.DuckDBPyConnection, name: str, sql: str, started_at: datetime) -> str:
    """The SQL of a model as `macros/kept_from_last_run.sql` makes dbt run it."""

    def is_kept(built: str) -> bool:
        query = """select count(*) from information_schema.columns
            where table_catalog = current_catalog() and table_name = ? and column_name = ?"""
        return connection.execute(query, [name, built]).fetchall() == [(1,)]

    return _ENVIRONMENT.from_string(sql).render(
        this=name,
        run_started_at=started_at,
        built_by=lambda digest, models: f"built__{digest}",
        kept_from_last_run=is_kept,
    )
