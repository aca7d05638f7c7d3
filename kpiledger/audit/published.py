"""What does the published warehouse say: values of a KPI as the version in force computed them, or as each did?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from kpiledger.periods import Period
from kpiledger.settings import Settings
from kpiledger.warehouse import open_current

# The version that holds on a period's first day made the number that readers see.
_IN_FORCE = """
    select fct_kpi_value.slice, fct_kpi_value.member, fct_kpi_value.period_start, fct_kpi_value.value
    from kpi.fct_kpi_value
    join kpi.dim_kpi_version
        on dim_kpi_version.kpi = fct_kpi_value.kpi
        and dim_kpi_version.version = fct_kpi_value.version
        and dim_kpi_version.valid_from <= fct_kpi_value.period_start
        and coalesce(dim_kpi_version.valid_to, date '9999-12-31') >= fct_kpi_value.period_start
    where fct_kpi_value.kpi = ?
        and fct_kpi_value.grain = 'month'
        and fct_kpi_value.span = 'period'
        and fct_kpi_value.value is not null
"""

_NUMBER = """
    select value
    from kpi.fct_kpi_value
    where kpi = ? and version = ? and grain = ? and period_start = ? and slice = ? and member = ? and span = 'period'
"""


@dataclass(frozen=True, slots=True)
class Cut:
    """A KPI and the slice and member it is cut by; `all` is the whole."""

    kpi: str
    slice: str
    member: str


@contextmanager
def published(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """The published warehouse, to read only; BrokenWorld where there is none."""
    with open_current(settings.warehouse) as connection:
        yield connection


def monthly_values(connection: DuckDBPyConnection, kpi: str) -> Mapping[Cut, Mapping[date, Decimal]]:
    """The value of each month that has one, by slice and member of a KPI."""
    found: dict[Cut, dict[date, Decimal]] = {}
    for name, member, month, value in connection.execute(_IN_FORCE, [kpi]).fetchall():
        found.setdefault(Cut(kpi, name, member), {})[month] = value
    return found


def number_of_period(connection: DuckDBPyConnection, cut: Cut, period: Period, version: int) -> Decimal | None:
    """The published value of a period itself, as one version computed it."""
    words = [cut.kpi, version, period.grain.value, period.start, cut.slice, cut.member]
    found = connection.execute(_NUMBER, words).fetchone()
    return found[0] if found else None
