"""How do signals and projections get into a warehouse that is built aside, between its values and its scorecards?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from kpiledger.laid_statistics.columns import KPI_PROJECTION, KPI_SIGNAL
from kpiledger.laid_statistics.projection_rows import projection_rows
from kpiledger.laid_statistics.reading import read_warehouse
from kpiledger.laid_statistics.signal_rows import signal_rows
from kpiledger.periods import Reckoning
from kpiledger.scales import YearIs
from kpiledger.warehouse import Table, lay_tables

_RECORDED = "recorded"


def lay_statistics(warehouse: Path, reckoning: Reckoning, years: Mapping[tuple[str, int], YearIs | None]) -> None:
    """Compute signals and projections from the values in a warehouse, and lay them into its schema `recorded`.

    `years` says what a year is of its months, by KPI and version (`kpiledger.scales.years_of`).
    """
    with duckdb.connect(str(warehouse)) as connection:
        found = read_warehouse(connection, years)
    tables = [
        Table("kpi_signal", KPI_SIGNAL, list(signal_rows(found))),
        Table("kpi_projection", KPI_PROJECTION, list(projection_rows(found, reckoning))),
    ]
    lay_tables(warehouse, _RECORDED, tables)
