"""Compares the totals of the two sides, bucket by bucket: the count, each sum, and the checksum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from kpiledger.quality.reconciling.comparing import Comparable, Kind, allowed
from kpiledger.quality.reconciling.names import named
from kpiledger.quality.sides import MONTH, SOURCE_SIDE, WAREHOUSE_SIDE, Compared
from kpiledger.specs.reconciling import Tolerance

SOURCE_TOTAL, WAREHOUSE_TOTAL, _SETTLED_TOTAL = "source_total", "warehouse_total", "settled_total"
# A sum of hashes and not their exclusive or: a row that stands twice must not vanish.
_HASH = "cast('0x' || substr(md5({line}), 1, 15) as ubigint)"


@dataclass(frozen=True, slots=True)
class Total:
    """One measure of one bucket on both sides; the difference is the warehouse minus the source."""

    bucket: str
    measure: str
    source: Decimal | None
    warehouse: Decimal | None
    tolerance: Decimal

    @property
    def difference(self) -> Decimal:
        """How far the warehouse lies above the source; a side without rows counts as 0."""
        return (self.warehouse or Decimal(0)) - (self.source or Decimal(0))

    @property
    def agrees(self) -> bool:
        """Whether the two lie within the tolerance."""
        return abs(self.difference) <= self.tolerance


def totals(link: duckdb.DuckDBPyConnection, compared: Compared, settled: str) -> list[Total]:
    """Every measure of every bucket of either side, by measure and bucket; `settled` are rows that both sides have."""
    put_totals(link, compared, settled, _SETTLED_TOTAL)
    put_totals(link, compared, SOURCE_SIDE, SOURCE_TOTAL, _SETTLED_TOTAL)
    put_totals(link, compared, WAREHOUSE_SIDE, WAREHOUSE_TOTAL, _SETTLED_TOTAL)
    return totals_side_by_side(link, compared)


def put_totals(
    link: duckdb.DuckDBPyConnection, compared: Compared, side: str, into: str, beside: str | None = None
) -> None:
    """Make the figures of every bucket of a side readable: one row a bucket, one column a measure.

    `beside` are figures of such a form that are added.
    """
    asked = compared.asked.totals
    figures = ["count(*) as figure_0"]
    figures += [f"sum({named(name)}) as figure_{place}" for place, name in enumerate(asked.sum, start=1)]
    if asked.checksum:
        figures.append(f"sum({_HASH.format(line=_line(compared))}) as figure_{len(asked.sum) + 1}")
    # Buckets are counted by their own values first and given their text after, which is quicker.
    parts = [f"by_{place}" for place in range(len(asked.by))]
    raw = [
        f"date_trunc('month', {part}) as {name}" if cut == MONTH else f"{part} as {name}"
        for cut, part, name in zip(asked.by, compared.bucket_parts(side), parts, strict=True)
    ]
    summed = ", ".join(f"sum(figure_{place}) as figure_{place}" for place in range(len(figures)))
    link.execute(f"""
        create or replace temp table {into} as
        with counted as (select {", ".join([*raw, *figures])} from {side} group by {", ".join(parts)})
        select {compared.bucket(parts)} as bucket, {summed} from counted group by bucket
    """)
    if beside is None:
        return
    link.execute(f"""
        create or replace temp table {into} as
        with figures as (from {into} union all from {beside})
        select bucket, {summed} from figures group by bucket
    """)


def totals_side_by_side(link: duckdb.DuckDBPyConnection, compared: Compared) -> list[Total]:
    """The totals of the tables `source_total` and `warehouse_total`."""
    measures = measures_of(compared)
    places = range(len(measures))
    columns = [f"{side}.figure_{place}" for place in places for side in (SOURCE_TOTAL, WAREHOUSE_TOTAL)]
    rows = link.execute(
        f"select coalesce({SOURCE_TOTAL}.bucket, {WAREHOUSE_TOTAL}.bucket) as bucket, {', '.join(columns)} "
        f"from {SOURCE_TOTAL} full outer join {WAREHOUSE_TOTAL} on {SOURCE_TOTAL}.bucket = {WAREHOUSE_TOTAL}.bucket "
        "order by bucket"
    ).fetchall()
    return [
        _total(row[0], measure, tolerance, row[1 + 2 * place], row[2 + 2 * place])
        for place, (measure, tolerance) in enumerate(measures.items())
        for row in rows
    ]


def measures_of(compared: Compared) -> Mapping[str, Tolerance]:
    """What is compared of a bucket, as it is named, and how far it may lie apart."""
    asked = compared.asked.totals
    sums = {f"sum of {name}": tolerance for name, tolerance in asked.sum.items()}
    checksum = {f"checksum of {', '.join(asked.checksum)}": "exact"} if asked.checksum else {}
    return {"count": "exact", **sums, **checksum}  # type: ignore[dict-item]


def has_unsummed(link: duckdb.DuckDBPyConnection, compared: Compared, *sides: str) -> bool:
    """Whether a sum of a side leaves out a value that is there and could not be read: then only rows can tell."""
    for name in compared.asked.totals.sum:
        for side in sides:
            unread = f"{named(name)} is null and {compared.columns[name].text_name} is not null"
            if link.execute(f"select 1 from {side} where {unread} limit 1").fetchone():
                return True
    return False


def canonical(column: Comparable, value: str, text: str) -> str:
    """A value as one text, whatever system wrote it: what checksums are made of."""
    if column.kind is Kind.TIME:
        return f"coalesce(strftime({value}, '%Y-%m-%d %H:%M:%S.%f'), {text})"
    return text if column.kind is Kind.TEXT else f"coalesce(cast({value} as varchar), {text})"


def _line(compared: Compared) -> str:
    names = dict.fromkeys([*compared.table.key, *compared.asked.totals.checksum])
    parts = [
        canonical(compared.columns[name], named(name), f"cast({compared.columns[name].text_name} as varchar)")
        for name in names
    ]
    return " || ".join(f"coalesce(length({part}) || ':' || {part}, '-')" for part in parts)


def _total(bucket: str, measure: str, tolerance: Tolerance, source: Any, warehouse: Any) -> Total:
    ours, theirs = _figure(source), _figure(warehouse)
    return Total(bucket, measure, ours, theirs, allowed(tolerance, ours))


def _figure(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
