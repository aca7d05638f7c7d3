"""One line of a brief for each target: how the period went, whether it is signal or noise, where the year will end."""

from __future__ import annotations

from dataclasses import dataclass

from kpiledger.pages.addresses import history_address
from kpiledger.pages.approval import standing_of
from kpiledger.pages.dates import short_period_text
from kpiledger.pages.formatting import Number, NumberStyle, figure, percentage, rounded, share, style_of
from kpiledger.pages.lines import gap_of
from kpiledger.pages.promise import Promise, has_two_sides, promise, variance_of
from kpiledger.pages.queries import ScorecardRow
from kpiledger.pages.series import Series
from kpiledger.pages.tiles import label_of
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.statistics import Signal
from kpiledger.vocabulary import Status

_SIGNALS = {
    Signal.ABOVE: "Signal: above its limits",
    Signal.BELOW: "Signal: below its limits",
    Signal.SHIFT_UP: "Signal: shifted up",
    Signal.SHIFT_DOWN: "Signal: shifted down",
    Signal.NOISE: "Noise: its usual variation",
}
_FAVOURABLE = {"improvement": True, "worsening": False}


@dataclass(frozen=True, slots=True)
class Mark:
    """How one period within the brief's stood."""

    shape: str
    said: str


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target over the period of a brief; figures are of its last period within, every one already written.

    `is_favourable` is what the signal means for the KPI; None for noise, and where nobody can tell.
    """

    label: str
    part: str
    address: str
    kpi: str
    status: Status
    shape: str
    word: str
    period: str
    actual: Number
    promise: Promise | None
    variance: Number
    variance_share: Number
    year: Number
    last_year: Number
    weight: Number
    marks: tuple[Mark, ...]
    on_target_count: int
    signal: str
    is_signal: bool
    is_favourable: bool | None
    projection: str
    pace: str


def target_line(project: Project, series: Series, period: Period) -> TargetLine | None:
    """The line of a series; None where it had no target in the period."""
    rows = [row for row in series.rows if period.start <= row.period_start and row.period_end <= period.end]
    held = [row for row in rows if row.target_value is not None]
    if not held:
        return None
    row = next((one for one in reversed(held) if one.is_complete), held[-1])
    style = rounded(style_of(series.kpi), row.target_value)
    return TargetLine(
        label=label_of(project, series),
        part=series.part,
        address=history_address(series.holder, series.kpi.kpi, series.slice, series.member),
        kpi=series.kpi.kpi,
        status=Status(row.status),
        shape=standing_of(row).shape,
        word=standing_of(row).word,
        period=_short(row, series),
        actual=figure(row.actual, style),
        promise=promise(row, style),
        variance=variance_of(row, style),
        variance_share=share(None if has_two_sides(row) else row.variance, row.target_value),
        year=gap_of(row.actual_year_to_date, row.target_year_to_date, style),
        last_year=gap_of(row.actual, row.same_period_last_year, style),
        weight=percentage(row.weight),
        marks=tuple(Mark(standing_of(one).shape, f"{_short(one, series)}: {standing_of(one).word}") for one in held),
        on_target_count=sum(1 for one in held if one.status == Status.GREEN),
        signal=_SIGNALS[Signal(row.signal)] if row.signal else "",
        is_signal=row.signal not in (None, Signal.NOISE),
        is_favourable=_FAVOURABLE.get(row.signal_effect or ""),
        projection=_projection(row, style),
        pace=figure(row.pace_needed, style).full if row.pace_needed is not None else "",
    )


def _short(row: ScorecardRow, series: Series) -> str:
    return short_period_text(row.period_start, series.grain, series.reckoning)


def _projection(row: ScorecardRow, style: NumberStyle) -> str:
    if row.projection is None:
        return ""
    middle = figure(row.projection, style).full
    low, high = figure(row.projection_low, style).text, figure(row.projection_high, style).text
    return middle if low == high else f"{middle} ({low} to {high})"
