"""The KPIs by month, as published: what `movements` compares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from kpiledger.conflicts.surprises import Series
from kpiledger.warehouse import rows_of

_WAYS = {"increase": 1, "decrease": -1}

# Whole months of each KPI in use, as the definition in force in the month computes it.
MONTHS = """
select
    value.kpi,
    kpi.direction,
    kpi.is_missing_zero,
    value.version,
    value.period_start,
    (year(value.period_start) * 12 + month(value.period_start)) as month,
    cast(value.value as double) as value
from kpi.fct_kpi_value as value
inner join kpi.dim_kpi as kpi on value.kpi = kpi.kpi
inner join kpi.dim_kpi_version as version
    on value.kpi = version.kpi
    and value.version = version.version
    and value.period_start >= version.valid_from
    and (version.valid_to is null or value.period_start <= version.valid_to)
where value.grain = 'month'
    and value.span = 'period'
    and value.slice = 'all'
    and value.is_complete
    and kpi.direction in ('increase', 'decrease')
    and kpi.deprecated_on is null
order by value.kpi, value.period_start
"""


def monthly_series(connection: duckdb.DuckDBPyConnection) -> tuple[Series, ...]:
    """Every KPI that should rise or fall and is computed by month, over the months that any of them has."""
    return series_of_months(rows_of(connection, MONTHS))


def series_of_months(rows: Sequence[Mapping[str, Any]]) -> tuple[Series, ...]:
    """The series of the rows of that query."""
    if not rows:
        return ()
    first, last = min(row["month"] for row in rows), max(row["month"] for row in rows)
    kpis: defaultdict[str, dict[int, tuple[float | None, int]]] = defaultdict(dict)
    ways, empty = {}, {}
    for row in rows:
        kpis[row["kpi"]][row["month"]] = row["value"], row["version"]
        ways[row["kpi"]] = _WAYS[row["direction"]]
        empty[row["kpi"]] = 0.0 if row["is_missing_zero"] else None
    found = []
    for kpi, known in kpis.items():
        values, stretches = zip(*_filled(known, range(first, last + 1), empty[kpi]), strict=True)
        found.append(Series(kpi=kpi, way=ways[kpi], values=values, stretches=stretches))
    return tuple(found)


def _filled(
    known: Mapping[int, tuple[float | None, int]], months: Sequence[int], empty: float | None
) -> Iterator[tuple[float | None, int]]:
    """The value and version of each month; one without rows, after the first, is `empty` by the version before."""
    before: tuple[float | None, int] = (None, 0)
    for month in months:
        value, version = known.get(month, before)
        yield value, version
        before = (empty if version else None), version
