"""Which figures do triggers watch: those of a warehouse that was just built, and those of the world outside?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from kpiledger.project import Project
from kpiledger.specs.trigger import Condition
from kpiledger.triggers.firing import Series

# Whole periods under the version that holds on their first day; a period that goes on is no figure yet.
_VALUES = """
    select made.period_start, made.value
    from kpi.fct_kpi_value as made
    join kpi.dim_kpi_version as version using (kpi, version)
    where made.kpi = ? and made.grain = ? and made.span = ? and made.slice = ? and made.member = ?
        and made.is_complete and made.value is not null and made.period_end <= ?
        and version.valid_from <= made.period_start
        and (version.valid_to is null or made.period_start <= version.valid_to)
"""
# Of a KPI in which nothing is zero, as its file says, a period without rows has a figure as well.
_ENDED = """
    select period.period_start
    from kpi.dim_period as period
    join kpi.dim_kpi_version as version on version.kpi = ? and period.period_start >= version.valid_from
    where period.grain = ? and period.is_complete and period.period_end <= ?
        and (version.valid_to is null or period.period_start <= version.valid_to)
"""


def watched(connection: DuckDBPyConnection, project: Project, as_of: date) -> Callable[[Condition], Series]:
    """How to get the figures of a condition as of a day."""

    def series_of(when: Condition) -> Series:
        if when.outside is not None:
            return outside_series(project, when.outside, as_of)
        asked = [when.kpi, when.grain.value, when.span, when.slice_name, when.member, as_of]
        found = dict(connection.execute(_VALUES, asked).fetchall())
        kpi = project.kpis.get(when.kpi or "")
        if kpi is None or kpi.missing != "zero" or when.span != "period":
            return found
        ended = connection.execute(_ENDED, [when.kpi, when.grain.value, as_of]).fetchall()
        return {start: Decimal(0) for (start,) in ended} | found

    return series_of


def outside_series(project: Project, figure: str, as_of: date) -> Series:
    """What had been noted of an outside figure by a day; of a period noted twice, what was noted on the later day."""
    found = project.outside.get(figure)
    reckoning = project.calendar.reckoning
    # Of one day, the lower one in the file: sorting keeps their order.
    values = sorted(found.values if found else (), key=lambda one: one.noted_on)
    return {one.period.in_days(reckoning).start: one.value for one in values if one.noted_on <= as_of}
