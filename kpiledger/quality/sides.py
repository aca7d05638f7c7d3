"""Puts the rows of a source and of the warehouse side by side in DuckDB, in values that can be compared.

Every value of the source arrives as text and is read as the warehouse's type: figures as DECIMAL, times as
TIMESTAMP, the rest as text. What cannot be read stays visible as text beside an empty value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.quality.seen import Relation, seen_query
from kpiledger.specs.expectation import CheckedTable

MONTH = "month"
SOURCE_SIDE, WAREHOUSE_SIDE = "source_side", "warehouse_side"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "U")
_TIMES = ("DATE", "TIMESTAMP")
_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared of a table: each wanted column with the warehouse's type."""

    table: CheckedTable
    types: Mapping[str, str]

    def comparable(self, name: str) -> str:
        """The type that a column is compared as."""
        kind = self.types[name]
        if kind.startswith(_NUMBERS):
            return "decimal(38, 10)"
        return "timestamp" if kind.startswith(_TIMES) else "varchar"


def wanted_columns(table: CheckedTable) -> list[str]:
    """The columns that the reconciliation of a table reads, each once."""
    asked = table.reconcile
    if asked is None:
        return []
    by = [table.period if name == MONTH else name for name in asked.totals.by]
    named = [*table.key, *by, *asked.totals.sum, *asked.rows, asked.cut_off]
    return list(dict.fromkeys(name for name in named if name is not None))


def put_source(link: duckdb.DuckDBPyConnection, compared: Compared, rows: Sequence[tuple[Any, ...]]) -> None:
    """Make the source's rows readable as `source_side`."""
    names = list(compared.types)
    link.execute(f"create or replace temp table arrived ({', '.join(f'{_q(name)} varchar' for name in names)})")
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        columns = [[None if row[place] is None else str(row[place]) for row in part] for place in range(len(names))]
        link.execute(f"insert into arrived select {', '.join('unnest(?)' for _ in names)}", columns)
    _put_side(link, compared, SOURCE_SIDE, "arrived")


def put_warehouse(link: duckdb.DuckDBPyConnection, compared: Compared, relations: Mapping[str, Relation]) -> None:
    """Make the staging model's rows readable as `warehouse_side`."""
    query = _staging_query(compared.table, relations, list(compared.types))
    link.execute(f"create or replace temp table arrived as {query}")
    _put_side(link, compared, WAREHOUSE_SIDE, "arrived")


def set_late_aside(link: duckdb.DuckDBPyConnection, cut_off: str | None) -> int:
    """Take records that the source made or changed after the extract off both sides; returns how many.

    The extract is as new as the warehouse's newest row. What came later is late, not wrong.
    """
    if cut_off is None:
        return 0
    link.execute(f"""
        create or replace temp table late_key as
        with extract as (
            select max({_q(cut_off)}) as newest from {WAREHOUSE_SIDE}
        )
        select distinct {SOURCE_SIDE}.record_key
        from {SOURCE_SIDE}
        inner join extract on {SOURCE_SIDE}.{_q(cut_off)} > extract.newest
    """)
    for side in (SOURCE_SIDE, WAREHOUSE_SIDE):
        link.execute(f"delete from {side} where record_key in (select record_key from late_key)")
    counted = link.execute("select count(*) from late_key").fetchone()
    return int(counted[0]) if counted else 0


def described(link: duckdb.DuckDBPyConnection, table: CheckedTable, relations: Mapping[str, Relation]) -> Compared:
    """The warehouse's types of what a table's reconciliation reads; BrokenWorld when the model lacks it."""
    query = _staging_query(table, relations, wanted_columns(table))
    try:
        found = link.execute(f"describe {query}").fetchall()
    except duckdb.Error as problem:
        reason = str(problem).splitlines()[0]
        message = f"the warehouse cannot give {table.model}: {reason}"
        raise BrokenWorld(message, "build the staging models first") from problem
    return Compared(table, {name: kind for name, kind, *_ in found})


def _staging_query(table: CheckedTable, relations: Mapping[str, Relation], wanted: Sequence[str]) -> str:
    """The staging model seen with its parent's staging model, which goes by the model's own name."""
    parents = {model: Relation(model, relation.key) for model, relation in relations.items()}
    return seen_query(table, table.model, parents, wanted, "duckdb")


def _put_side(link: duckdb.DuckDBPyConnection, compared: Compared, side: str, arrived: str) -> None:
    """Columns: record_key, bucket, and for each column its comparable value and its text."""
    asked = compared.table.reconcile
    assert asked is not None
    key = " || ' / ' || ".join(_key_part(name, compared.types[name]) for name in compared.table.key)
    bucket = " || ', ' || ".join(_bucket_part(compared, name) for name in asked.totals.by)
    values = [f"try_cast({_q(name)} as {compared.comparable(name)}) as {_q(name)}" for name in compared.types]
    texts = [f"cast({_q(name)} as varchar) as {_q(name + '_text')}" for name in compared.types]
    columns = ", ".join([f"{key} as record_key", f"{bucket} as bucket", *values, *texts])
    link.execute(f"create or replace temp table {side} as select {columns} from {arrived}")


def _key_part(name: str, kind: str) -> str:
    """A key part as the warehouse writes it, so that 7 and '7' are one key."""
    return f"coalesce(cast(try_cast({_q(name)} as {kind}) as varchar), cast({_q(name)} as varchar), '(empty)')"


def _bucket_part(compared: Compared, name: str) -> str:
    if name == MONTH:
        period = _q(compared.table.period or "")
        return f"'month=' || coalesce(strftime(try_cast({period} as timestamp), '%Y-%m'), 'none')"
    return f"'{name}=' || coalesce(cast({_q(name)} as varchar), 'none')"


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
