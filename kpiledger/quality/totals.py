"""Compares the totals of the two sides, bucket by bucket: the count and each sum."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import duckdb

from kpiledger.quality.sides import SOURCE_SIDE, WAREHOUSE_SIDE, Compared
from kpiledger.specs.reconciling import Within


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


def totals(link: duckdb.DuckDBPyConnection, compared: Compared) -> list[Total]:
    """The count and each sum of every bucket of either side, in order of bucket."""
    asked = compared.table.reconcile
    assert asked is not None
    measures: list[tuple[str, str, Decimal]] = [("count", "count(*)", Decimal(0))]
    measures += [
        (f"sum of {name}", f'sum("{name}")', tolerance_of(tolerance)) for name, tolerance in asked.totals.sum.items()
    ]
    found = []
    for measure, figure, tolerance in measures:
        query = f"""
            with source_total as (
                select bucket, {figure} as figure from {SOURCE_SIDE} group by bucket
            ),
            warehouse_total as (
                select bucket, {figure} as figure from {WAREHOUSE_SIDE} group by bucket
            )
            select
                coalesce(source_total.bucket, warehouse_total.bucket) as bucket,
                source_total.figure as source_figure,
                warehouse_total.figure as warehouse_figure,
            from source_total
            full outer join warehouse_total on source_total.bucket = warehouse_total.bucket
            order by bucket
        """
        rows = link.execute(query).fetchall()
        found += [Total(bucket, measure, _figure(ours), _figure(theirs), tolerance) for bucket, ours, theirs in rows]
    return found


def tolerance_of(tolerance: Literal["exact"] | Within) -> Decimal:
    """The distance allowed; exact is none."""
    return tolerance.within if isinstance(tolerance, Within) else Decimal(0)


def _figure(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
