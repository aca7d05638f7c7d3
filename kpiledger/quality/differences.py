"""Compares the records of the two sides by key, and says how each of them differs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from kpiledger.quality.reconciling.comparing import Comparable, Kind, allowed
from kpiledger.quality.reconciling.names import named
from kpiledger.quality.report import DifferenceKind
from kpiledger.quality.sides import SOURCE_SIDE, WAREHOUSE_SIDE, Compared

_ROWS = "rows"


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
    asked = compared.asked
    names = asked.rows or dict.fromkeys([*asked.totals.sum, *asked.totals.checksum])
    columns = [compared.columns[name] for name in names]
    _put_repeated(link, compared)
    _put_suspects(link, compared, columns)
    return [
        *_repeated(link),
        *_alone(link, DifferenceKind.MISSING, "is_theirs"),
        *_alone(link, DifferenceKind.EXTRA, "is_ours"),
        *(one for column in columns for one in _changed(link, column)),
    ]


def compared_keys(link: duckdb.DuckDBPyConnection) -> int:
    """How many different keys the two sides have together, after `differences` has looked; settled ones not counted."""
    row = link.execute(f"""
        select
            (select count(*) from {SOURCE_SIDE})
            - (select coalesce(sum(greatest(source_count - 1, 0)), 0) from repeated)
            + (select count(*) from suspect where not is_ours)
            + (select count(*) from repeated where source_count = 0)
    """).fetchone()
    return int(row[0]) if row else 0


def _put_repeated(link: duckdb.DuckDBPyConnection, compared: Compared) -> None:
    """The keys that stand more than once on a side, and how often on each."""
    more = " union ".join(
        f"select match_key from {side} group by match_key having count(*) > 1" for side in (SOURCE_SIDE, WAREHOUSE_SIDE)
    )
    counted = " union all ".join(
        f"select {side}.match_key, {compared.key_of(side)} as record_key, {compared.bucket_of(side)} as bucket, "
        f"{ours} as ours, {1 - ours} as theirs "
        f"from {side} inner join more on more.match_key = {side}.match_key"
        for side, ours in ((SOURCE_SIDE, 1), (WAREHOUSE_SIDE, 0))
    )
    link.execute(f"""
        create or replace temp table repeated as
        with more as ({more}), counted as ({counted})
        select
            match_key,
            min(record_key) as record_key,
            coalesce(min(bucket) filter (ours = 1), min(bucket)) as bucket,
            sum(ours) as source_count,
            sum(theirs) as warehouse_count,
        from counted
        group by match_key
    """)


def _put_suspects(link: duckdb.DuckDBPyConnection, compared: Compared, columns: list[Comparable]) -> None:
    """The records that stand on one side alone or may differ: one pass over both sides, and few rows after it."""
    ours, theirs = SOURCE_SIDE, WAREHOUSE_SIDE
    may_differ = [f"({column.may_differ(ours, theirs)})" for column in columns]
    packed = ", ".join(f"{_packed(side, columns)} as {side}" for side in (ours, theirs))
    link.execute(f"""
        create or replace temp table suspect as
        with apart as (
            select
                coalesce({ours}.match_key, {theirs}.match_key) as match_key,
                {ours}.match_key is not null as is_ours,
                {theirs}.match_key is not null as is_theirs,
                case when is_ours then {compared.key_of(ours)} else {compared.key_of(theirs)} end as record_key,
                case when is_ours then {compared.bucket_of(ours)} else {compared.bucket_of(theirs)} end as bucket,
                {packed}
            from {ours}
            full outer join {theirs} on {ours}.match_key = {theirs}.match_key
            where {" or ".join([f"{ours}.match_key is null", f"{theirs}.match_key is null", *may_differ])}
        )
        select * from apart where match_key not in (select match_key from repeated)
    """)


def _packed(side: str, columns: list[Comparable]) -> str:
    """The compared columns of a side as one value, so that they go by the same names as in the side."""
    names = ["match_key", *(name for column in columns for name in column.names)]
    return f"struct_pack({', '.join(f'{name} := {side}.{name}' for name in names)})"


def _repeated(link: duckdb.DuckDBPyConnection) -> list[Difference]:
    rows = link.execute(
        "select record_key, bucket, source_count, warehouse_count from repeated order by record_key"
    ).fetchall()
    return [_counted(DifferenceKind.DUPLICATE_KEY, *row) for row in rows]


def _alone(link: duckdb.DuckDBPyConnection, kind: DifferenceKind, lacking: str) -> list[Difference]:
    rows = link.execute(f"select record_key, bucket from suspect where not {lacking} order by record_key").fetchall()
    counts = (1, 0) if kind is DifferenceKind.MISSING else (0, 1)
    return [_counted(kind, key, bucket, *counts) for key, bucket in rows]


def _counted(kind: DifferenceKind, key: str, bucket: str | None, ours: int, theirs: int) -> Difference:
    return Difference(kind, key, bucket, _ROWS, str(ours), str(theirs), Decimal(theirs - ours), Decimal(0))


def _changed(link: duckdb.DuckDBPyConnection, column: Comparable) -> list[Difference]:
    ours, theirs = SOURCE_SIDE, WAREHOUSE_SIDE
    text = column.text_name
    rows = link.execute(f"""
        with judged as (
            select
                record_key,
                bucket,
                {ours}.{named(column.name)} as source_value,
                cast({ours}.{text} as varchar) as source_text,
                cast({theirs}.{text} as varchar) as warehouse_text,
                {column.apart(ours, theirs)} as apart,
                {column.is_same(ours, theirs)} as is_same,
                {column.is_unreadable(ours, theirs)} as is_unreadable,
                {ours},
            from suspect
            where is_ours and is_theirs
        )
        select record_key, bucket, source_value, source_text, warehouse_text, apart, is_unreadable
        from judged
        where not is_same and (is_unreadable or not {column.is_near(ours, "apart")})
        order by record_key
    """).fetchall()
    found = []
    for key, bucket, value, ours_text, theirs_text, apart, is_unreadable in rows:
        kind = DifferenceKind.UNREADABLE if is_unreadable else DifferenceKind.CHANGED
        near = allowed(column.tolerance, value if column.kind is Kind.FIGURE else None)
        found.append(Difference(kind, key, bucket, column.name, ours_text, theirs_text, apart, near))
    return found
