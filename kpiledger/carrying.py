"""Carrying tables of the published warehouse into the one that a run builds aside, which keeps what did not change.

Only the tables asked for are copied: nothing else of an earlier run can reach a reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.warehouse import rows_of

_TABLES = """select table_name
from information_schema.tables
where table_catalog = 'published' and table_schema = ? and table_type = 'BASE TABLE'"""


def carry_tables(published: Path, fresh: Path, schema: str, names: Iterable[str]) -> tuple[str, ...]:
    """Copy those of some tables that a published warehouse has into a new file; their names.

    Schema and table names come from our own code. The published file is opened to read only.
    """
    address = str(published).replace("'", "''")
    try:
        with duckdb.connect(str(fresh)) as connection:
            connection.execute(f"attach '{address}' as published (read_only)")
            there = {row["table_name"] for row in rows_of(connection, _TABLES, [schema])}
            carried = tuple(name for name in names if name in there)
            connection.execute(f"create schema if not exists {schema}")
            for name in carried:
                connection.execute(f"create table {schema}.{name} as select * from published.{schema}.{name}")
    except duckdb.Error as problem:
        raise BrokenWorld(
            f"the tables of the last run cannot be read from {published}: {problem}",
            "`kpi run --full-refresh` computes everything anew",
        ) from problem
    return carried
