"""Which tables of schema `recorded` hold signals and projections?"""

from __future__ import annotations

from enum import StrEnum

from kpiledger.warehouse import Table

_VALUE = "decimal(38,12)"

KPI_SIGNAL = {
    "holder": "varchar", "kpi": "varchar", "slice": "varchar", "member": "varchar", "grain": "varchar",
    "period_start": "date", "signal": "varchar", "centre_value": _VALUE, "lower_limit": _VALUE,
    "upper_limit": _VALUE, "stretch_start": "date",
}  # fmt: skip
KPI_PROJECTION = {
    "kpi": "varchar", "slice": "varchar", "member": "varchar", "grain": "varchar", "period_start": "date",
    "projection": _VALUE, "projection_low": _VALUE, "projection_high": _VALUE, "projection_state": "varchar",
    "remaining_count": "integer", "to_date_value": _VALUE, "weight_passed": _VALUE,
    "quarter_projection": _VALUE, "quarter_projection_low": _VALUE, "quarter_projection_high": _VALUE,
}  # fmt: skip


class ProjectionState(StrEnum):
    """Whether a year can be projected; its quarters are where it is."""

    PROJECTED = "projected"
    """It is. In the last period of the year it is what happened."""
    TOO_SHORT = "too_short"
    """Fewer than two years of values are known."""
    HAS_GAPS = "has_gaps"
    """A period before has no value, so that nobody knows what the year is to date."""
    NO_YEAR_TO_DATE = "no_year_to_date"
    """A distinct count or a median whose KPI has no span `year_to_date`: its months do not say what the year is yet."""
    NOT_SUMMABLE = "not_summable"
    """Nothing says how the year comes of its periods: the largest, the smallest, formulas that add up to nothing."""


def no_statistics() -> list[Table]:
    """The tables of a warehouse whose values are not computed yet."""
    return [Table("kpi_signal", KPI_SIGNAL, []), Table("kpi_projection", KPI_PROJECTION, [])]
