"""One tile: a KPI's newest finished period against its target, its trend, and why the target changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpiledger.pages.addresses import history_address
from kpiledger.pages.bullet import Bullet, bullet
from kpiledger.pages.changes import TargetChange
from kpiledger.pages.dates import cadence_text, day_text, period_text, short_period_text
from kpiledger.pages.formatting import (
    MISSING,
    Number,
    NumberStyle,
    difference,
    figure,
    percentage,
    rounded,
    share,
    style_of,
)
from kpiledger.pages.notes import DataNote
from kpiledger.pages.queries import ScorecardRow
from kpiledger.pages.series import Series
from kpiledger.pages.statuses import WORDS
from kpiledger.pages.trend import TILE, Size, Trend, changes_within, trend, window
from kpiledger.project import Project
from kpiledger.scales import is_ratio
from kpiledger.vocabulary import Comparison, Grain, Status, Unit

_MEANS = {Grain.MONTH: "Mean of 12 months", Grain.QUARTER: "Mean of 4 quarters"}
_SIGNS = {Comparison.AT_LEAST: "≥", Comparison.AT_MOST: "≤"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of figures under a trend: a value, what it is held against, and how far apart they lie."""

    name: str
    key: str
    value: Number
    of: Number | None
    gap: Number


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """A flag in words: when the target changed, from what to what, and why."""

    number: int
    when: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tile:
    """What a tile shows, every figure already written."""

    anchor: str
    kpi: str
    member: str
    label: str
    address: str
    status: Status
    word: str
    said: str
    outlook: str
    about: str
    period: str
    period_start: str
    actual: Number
    sign: str
    target: Number | None
    variance: Number
    variance_share: Number
    trend: Trend
    trend_title: str
    bullet: Bullet | None
    lines: tuple[Line, ...]
    changes: tuple[ChangeNote, ...]
    note: DataNote | None


def tile(project: Project, series: Series, note: DataNote | None, size: Size = TILE) -> Tile | None:
    """The tile of a series; None where it has no period at all."""
    row = series.newest
    if row is None:
        return None
    style = rounded(style_of(series.kpi), row.actual if row.target_value is None else row.target_value)
    shown = window(series.until_newest, series.grain)
    flagged = changes_within(shown, series.changes) if size.is_flagged else ()
    return Tile(
        anchor="-".join((series.kpi.kpi, series.member)) if series.slice != "all" else series.kpi.kpi,
        kpi=series.kpi.kpi,
        member=series.member,
        label=label_of(project, series),
        address=history_address(series.holder, series.kpi.kpi, series.slice, series.member),
        status=series.status,
        word=WORDS[series.status],
        said=_said(series),
        outlook=_outlook(row, style),
        about=_about(project, series, row),
        period=period_text(row.period_start, series.grain, series.reckoning),
        period_start=row.period_start.isoformat(),
        actual=figure(row.actual, style),
        sign=_SIGNS[Comparison(row.comparison)] if row.comparison else "",
        target=None if row.target_value is None else figure(row.target_value, style),
        variance=difference(row.variance, style),
        variance_share=share(row.variance, row.target_value),
        trend=trend(shown, flagged, series, size),
        trend_title=_trend_title(project, series, shown),
        bullet=bullet(row, size.width),
        lines=_lines(project, series, row, style),
        changes=tuple(change_note(change, series, style) for change in reversed(flagged)),
        note=note,
    )


def label_of(project: Project, series: Series) -> str:
    """The KPI's label in the project's language."""
    return series.kpi.label_in(project.calendar.language)


def change_note(change: TargetChange, series: Series, style: NumberStyle) -> ChangeNote:
    """A target change in words; the earlier figure names its period where it is not the same or the last."""
    before = figure(change.before, style).text
    starts, compared = change.starts_on, change.compared_on
    if compared and (compared.month, compared.day) == (starts.month, starts.day) and compared < starts:
        before = f"{before} ({short_period_text(compared, series.grain, series.reckoning)})"
    return ChangeNote(
        number=change.number,
        when=short_period_text(starts, series.grain, series.reckoning),
        before=before,
        after=figure(change.after, style).text,
        reason=change.version.reason_text,
    )


def _about(project: Project, series: Series, row: ScorecardRow) -> str:
    parts = [series.part] if series.part else []
    parts += [series.kpi.timing, cadence_text(series.grain)]
    if series.kpi.deprecated:
        parts.append(f"deprecated from {day_text(series.kpi.deprecated.on)}")
    if row.weight is not None:
        parts.append(f"weight {percentage(row.weight).full}")
    counters = [
        project.kpis[name].label_in(project.calendar.language)
        for name in series.kpi.counter_kpis
        if name in project.kpis
    ]
    if counters:
        parts.append(f"counter-KPI: {', '.join(counters)}")
    return " · ".join(parts)


def _lines(project: Project, series: Series, row: ScorecardRow, style: NumberStyle) -> tuple[Line, ...]:
    """A line for each figure that some period has: a KPI without a year to date shows no empty one."""
    mean_places = 1 if style.unit is Unit.COUNT and style.decimals is None else 0
    lines = (
        Line(
            "Year to date",
            "year_to_date",
            figure(row.actual_year_to_date, style),
            None if row.target_year_to_date is None else figure(row.target_year_to_date, style),
            _gap(row.actual_year_to_date, row.target_year_to_date, style),
        ),
        Line(
            f"Same {series.grain} last year",
            "same_period_last_year",
            figure(row.same_period_last_year, style),
            None,
            _gap(row.actual, row.same_period_last_year, style),
        ),
        Line(
            _mean_name(project, series, row),
            "rolling_mean",
            figure(row.rolling_mean, style, mean_places),
            None,
            _gap(row.actual, row.rolling_mean, style),
        ),
    )
    return tuple(line for line in lines if line.key in _filled(series))


def _filled(series: Series) -> frozenset[str]:
    """The lines that some period has a figure for; those of a year would only repeat it."""
    years = [] if series.grain is Grain.YEAR else series.rows
    filled = {
        "year_to_date": any(row.actual_year_to_date is not None for row in years),
        "same_period_last_year": any(row.same_period_last_year is not None for row in series.rows),
        "rolling_mean": any(row.rolling_mean is not None for row in years),
    }
    return frozenset(name for name, is_filled in filled.items() if is_filled)


def _mean_name(project: Project, series: Series, row: ScorecardRow) -> str:
    """The mean of a ratio is that of twelve months together, of others that of the single periods."""
    version = next((one for one in series.kpi.versions if one.version == row.kpi_version), series.kpi.versions[-1])
    return "Last 12 months" if is_ratio(project, version) else _MEANS.get(series.grain, "Mean")


def _outlook(row: ScorecardRow, style: NumberStyle) -> str:
    """The gaps of the period and of the year in one phrase: a bad month may belong to a good year."""
    gap, year = difference(row.variance, style), _gap(row.actual_year_to_date, row.target_year_to_date, style)
    parts = [f"{gap.full} to target"] if gap.machine else []
    return " · ".join([*parts, f"year to date {year.full}"] if year.machine else parts)


def _gap(value: Decimal | None, reference: Decimal | None, style: NumberStyle) -> Number:
    """How far a value lies from a reference: percentage points for ratios, a share for the others."""
    if value is None or reference is None:
        return Number("", MISSING, "%")
    apart = value - reference
    return difference(apart, style) if style.unit is Unit.RATIO else share(apart, reference)


def _trend_title(project: Project, series: Series, shown: Sequence[ScorecardRow]) -> str:
    first = period_text(shown[0].period_start, series.grain, series.reckoning)
    last = period_text(shown[-1].period_start, series.grain, series.reckoning)
    return f"{label_of(project, series)} from {first} to {last}: actual, target and last year"


def _said(series: Series) -> str:
    """How long the status has held, as the conversation begins: 3 months in a row."""
    rows = series.until_newest
    length = 0
    while length < len(rows) and rows[-1 - length].status == series.status:
        length += 1
    if length > 1:
        return f"{length} {series.grain}s in a row"
    if length == len(rows):
        return f"the first {series.grain} with a target"
    earlier = WORDS[Status(rows[-2].status)].lower()
    return f"{earlier} the {series.grain} before"
