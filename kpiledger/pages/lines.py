"""The lines of figures under a trend: year to date, last year, the mean, the score, and how far apart they lie."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kpiledger.pages.formatting import MISSING, Number, NumberStyle, difference, figure, share
from kpiledger.pages.queries import ScorecardRow
from kpiledger.pages.scores import SCORE
from kpiledger.pages.series import Series
from kpiledger.project import Project
from kpiledger.scales import is_ratio
from kpiledger.vocabulary import Grain, Unit

_MEANS = {Grain.MONTH: "Mean of 12 months", Grain.QUARTER: "Mean of 4 quarters"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of figures under a trend: a value, what it is held against, and how far apart they lie."""

    name: str
    key: str
    value: Number
    of: Number | None
    gap: Number | None


def tile_lines(project: Project, series: Series, row: ScorecardRow, style: NumberStyle) -> tuple[Line, ...]:
    """A line for each figure that some period has: a KPI without a year to date shows no empty one."""
    mean_places = 1 if style.unit is Unit.COUNT and style.decimals is None else 0
    lines = (
        Line(
            "Year to date",
            "year_to_date",
            figure(row.actual_year_to_date, style),
            None if row.target_year_to_date is None else figure(row.target_year_to_date, style),
            gap_of(row.actual_year_to_date, row.target_year_to_date, style),
        ),
        Line(
            f"Same {series.grain} last year",
            "same_period_last_year",
            figure(row.same_period_last_year, style),
            None,
            gap_of(row.actual, row.same_period_last_year, style),
        ),
        Line(
            _mean_name(project, series, row),
            "rolling_mean",
            figure(row.rolling_mean, style, mean_places),
            None,
            gap_of(row.actual, row.rolling_mean, style),
        ),
        Line("Score", "score", figure(row.score, SCORE), None, None),
    )
    return tuple(line for line in lines if line.key in _filled(series))


def _filled(series: Series) -> frozenset[str]:
    """The lines that some period has a figure for; those of a year would only repeat it."""
    years = [] if series.grain is Grain.YEAR else series.rows
    filled = {
        "year_to_date": any(row.actual_year_to_date is not None for row in years),
        "same_period_last_year": any(row.same_period_last_year is not None for row in series.rows),
        "rolling_mean": any(row.rolling_mean is not None for row in years),
        "score": any(row.score is not None for row in series.rows),
    }
    return frozenset(name for name, is_filled in filled.items() if is_filled)


def _mean_name(project: Project, series: Series, row: ScorecardRow) -> str:
    """The mean of a ratio is that of twelve months together, of others that of the single periods."""
    version = next((one for one in series.kpi.versions if one.version == row.kpi_version), series.kpi.versions[-1])
    return "Last 12 months" if is_ratio(project, version) else _MEANS.get(series.grain, "Mean")


def gap_of(value: Decimal | None, reference: Decimal | None, style: NumberStyle) -> Number:
    """How far a value lies from a reference: percentage points for ratios, a share for the others."""
    if value is None or reference is None:
        return Number("", MISSING, "%")
    apart = value - reference
    return difference(apart, style) if style.unit is Unit.RATIO else share(apart, reference)
