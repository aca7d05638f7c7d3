"""Compares the records of the two sides by key, and says how each of them differs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import duckdb

from kpiledger.quality.report import DifferenceKind
from kpiledger.quality.sides import SOURCE_SIDE, WAREHOUSE_SIDE, Compared
from kpiledger.quality.totals import tolerance_of
from kpiledger.specs.reconciling import Within


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that is not the same on both sides; `measure` is the column, or `rows`."""

    kind: DifferenceKind
    record_key: str
    bucket: str | None
    measure: str
    source: str | None
    warehouse: str | None
    difference: Decimal | None = None
    tolerance: Decimal | None = None


def differences(link: duckdb.DuckDBPyConnection, compared: Compared) -> list[Difference]:
    """Every record that differs, by kind and key; a repeated key is compared with nothing."""
    _put_keys(link)
    asked = compared.table.reconcile
    assert asked is not None
    columns = asked.rows or asked.totals.sum
    found = _repeated(link) + _alone(link)
    for name, tolerance in columns.items():
        found += _changed(link, compared, name, tolerance)
    return found


def compared_keys(link: duckdb.DuckDBPyConnection) -> int:
    """How many different keys the two sides have together."""
    return _one(link, "select count(*) from key_count")


def _put_keys(link: duckdb.DuckDBPyConnection) -> None:
    link.execute(f"""
        create or replace temp table key_count as
        with source_key as (
            select record_key, min(bucket) as bucket, count(*) as row_count from {SOURCE_SIDE} group by record_key
        ),
        warehouse_key as (
            select record_key, min(bucket) as bucket, count(*) as row_count from {WAREHOUSE_SIDE} group by record_key
        )
        select
            coalesce(source_key.record_key, warehouse_key.record_key) as record_key,
            coalesce(source_key.bucket, warehouse_key.bucket) as bucket,
            coalesce(source_key.row_count, 0) as source_count,
            coalesce(warehouse_key.row_count, 0) as warehouse_count,
        from source_key
        full outer join warehouse_key on source_key.record_key = warehouse_key.record_key
    """)


def _repeated(link: duckdb.DuckDBPyConnection) -> list[Difference]:
    rows = link.execute(
        "select record_key, bucket, source_count, warehouse_count from key_count "
        "where source_count > 1 or warehouse_count > 1 order by record_key"
    ).fetchall()
    return [_counted(DifferenceKind.DUPLICATE_KEY, row) for row in rows]


def _alone(link: duckdb.DuckDBPyConnection) -> list[Difference]:
    rows = link.execute(
        "select record_key, bucket, source_count, warehouse_count from key_count "
        "where source_count + warehouse_count = 1 order by record_key"
    ).fetchall()
    return [_counted(DifferenceKind.MISSING if row[2] else DifferenceKind.EXTRA, row) for row in rows]


def _counted(kind: DifferenceKind, row: tuple[Any, ...]) -> Difference:
    key, bucket, ours, theirs = row
    return Difference(kind, key, bucket, "rows", str(ours), str(theirs), Decimal(theirs - ours), Decimal(0))


def _changed(
    link: duckdb.DuckDBPyConnection, compared: Compared, name: str, tolerance: Literal["exact"] | Within
) -> list[Difference]:
    allowed, kind = tolerance_of(tolerance), compared.comparable(name)
    ours, theirs = f'{SOURCE_SIDE}."{name}"', f'{WAREHOUSE_SIDE}."{name}"'
    apart = {
        "decimal(38, 10)": f"{theirs} - {ours}",
        "timestamp": f"cast(epoch({theirs}) - epoch({ours}) as decimal(38, 10))",
        "varchar": "cast(null as decimal(38, 10))",
    }[kind]
    query = f"""
        with pair as (
            select
                key_count.record_key,
                key_count.bucket,
                {SOURCE_SIDE}."{name}_text" as source_text,
                {WAREHOUSE_SIDE}."{name}_text" as warehouse_text,
                {apart} as apart,
                {ours} is not distinct from {theirs} as is_same,
                {ours} is null and {SOURCE_SIDE}."{name}_text" is not null as is_unreadable,
            from key_count
            inner join {SOURCE_SIDE} on key_count.record_key = {SOURCE_SIDE}.record_key
            inner join {WAREHOUSE_SIDE} on key_count.record_key = {WAREHOUSE_SIDE}.record_key
            where key_count.source_count = 1 and key_count.warehouse_count = 1
        )
        select record_key, bucket, source_text, warehouse_text, apart, is_unreadable
        from pair
        where is_unreadable or not (is_same or coalesce(abs(apart) <= cast(? as decimal(38, 10)), false))
        order by record_key
    """
    rows = link.execute(query, [str(allowed)]).fetchall()
    return [
        Difference(
            DifferenceKind.UNREADABLE if unreadable else DifferenceKind.CHANGED,
            key, bucket, name, ours_text, theirs_text, difference, allowed,
        )
        for key, bucket, ours_text, theirs_text, difference, unreadable in rows
    ]  # fmt: skip


def _one(link: duckdb.DuckDBPyConnection, query: str) -> int:
    row = link.execute(query).fetchone()
    return int(row[0]) if row else 0
