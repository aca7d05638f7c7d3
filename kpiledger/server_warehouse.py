"""A warehouse that is a database server: laying small tables into it over SQLAlchemy.

It is for what each run lays before dbt builds (`kpiledger.projection`); DuckDB's way is in `kpiledger.warehouse`.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, text

from kpiledger.warehouse import Table


def lay_tables_on(engine: Engine, schema: str, tables: Iterable[Table]) -> None:
    """Write tables into a schema of a server, replacing them, all in one transaction.

    Schema, table and column names come from our own code; values are bound, never pasted.
    """
    with engine.begin() as connection:
        connection.execute(text(f"create schema if not exists {schema}"))
        for table in tables:
            _lay(connection, f"{schema}.{table.name}", table)


def _lay(connection: Connection, address: str, table: Table) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
    connection.execute(text(f"drop table if exists {address}"))
    connection.execute(text(f"create table {address} ({columns})"))
    if table.description:
        said = table.description.replace("'", "''").replace(":", r"\:")
        connection.execute(text(f"comment on table {address} is '{said}'"))
    if table.rows:
        bound = ", ".join(f":{name}" for name in table.columns)
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        connection.execute(text(f"insert into {address} values ({bound})"), rows)
