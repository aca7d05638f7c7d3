"""One tile: a KPI's newest finished period against its target, its trend, and why the target changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpiledger.pages.addresses import history_address
from kpiledger.pages.approval import Agreed, agreed, standing
from kpiledger.pages.bullet import Bullet, bullet
from kpiledger.pages.changes import TargetChange
from kpiledger.pages.closing import closed_text
from kpiledger.pages.dates import cadence_text, day_text, period_text, short_period_text
from kpiledger.pages.formatting import (
    Number,
    NumberStyle,
    figure,
    machine,
    percentage,
    rounded,
    share,
    style_of,
)
from kpiledger.pages.lines import Line, gap_of, tile_lines
from kpiledger.pages.notes import DataNote
from kpiledger.pages.noticed import Ahead, Noticed, ahead, noticed
from kpiledger.pages.promise import INSIDE, Promise, has_two_sides, promise, promised_number, variance_of
from kpiledger.pages.queries import ScorecardRow, TargetRow
from kpiledger.pages.series import Series
from kpiledger.pages.statuses import WORDS
from kpiledger.pages.trend import TILE, Size, Trend, changes_within, trend, window
from kpiledger.project import Project
from kpiledger.vocabulary import Reference, Status


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
    shape: str
    word: str
    said: str
    outlook: str
    about: str
    period: str
    period_start: str
    actual: Number
    promise: Promise | None
    relative: str
    agreed: Agreed | None
    variance: Number
    variance_share: Number
    trend: Trend
    trend_title: str
    bullet: Bullet | None
    lines: tuple[Line, ...]
    changes: tuple[ChangeNote, ...]
    note: DataNote | None
    noticed: Noticed | None
    ahead: Ahead | None


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
        shape=standing(series).shape,
        word=standing(series).word,
        said=_said(series),
        outlook=_outlook(row, style),
        about=_about(project, series, row),
        period=period_text(row.period_start, series.grain, series.reckoning),
        period_start=row.period_start.isoformat(),
        actual=figure(row.actual, style),
        promise=promise(row, style),
        relative=relative_text(series.promised, series),
        agreed=agreed(project, series.version) if series.version and series.shows_target else None,
        variance=variance_of(row, style),
        variance_share=share(None if has_two_sides(row) else row.variance, row.target_value),
        trend=trend(shown, flagged, series, size),
        trend_title=_trend_title(project, series, shown),
        bullet=bullet(row, size.width),
        lines=tile_lines(project, series, row, style),
        changes=tuple(change_note(change, series, style) for change in reversed(flagged)),
        note=note,
        noticed=noticed(series.until_newest, style),
        ahead=ahead(row, series.grain, style),
    )


def label_of(project: Project, series: Series) -> str:
    """The KPI's label in the project's language."""
    return series.kpi.label_in(project.calendar.language)


def relative_text(promised: TargetRow | None, series: Series) -> str:
    """What a target is a multiple of, as `1.06 × same month last year`; empty where it is a figure."""
    if promised is None or promised.reference is None or promised.reference_times is None:
        return ""
    is_baseline = promised.reference == Reference.BASELINE
    return f"{machine(promised.reference_times)} × {'baseline' if is_baseline else f'same {series.grain} last year'}"


def change_note(change: TargetChange, series: Series, style: NumberStyle) -> ChangeNote:
    """A target change in words; the earlier figure names its period where it is not the same or the last."""
    before = promised_number(change.old, style).text
    starts, compared = change.starts_on, change.compared_on
    if compared and (compared.month, compared.day) == (starts.month, starts.day) and compared < starts:
        before = f"{before} ({short_period_text(compared, series.grain, series.reckoning)})"
    return ChangeNote(
        number=change.number,
        when=short_period_text(starts, series.grain, series.reckoning),
        before=before,
        after=promised_number(change.new, style).text,
        reason=change.version.reason_text,
    )


def _about(project: Project, series: Series, row: ScorecardRow) -> str:
    parts = [series.part] if series.part else []
    parts += [series.kpi.timing, cadence_text(series.grain)]
    if series.kpi.deprecated:
        parts.append(f"deprecated from {day_text(series.kpi.deprecated.on)}")
    if closed_text(row):
        parts.append(closed_text(row))
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


def _outlook(row: ScorecardRow, style: NumberStyle) -> str:
    """The gaps of the period and of the year in one phrase: a bad month may belong to a good year."""
    gap, year = variance_of(row, style), gap_of(row.actual_year_to_date, row.target_year_to_date, style)
    joint = "the " if gap.text == INSIDE else "to "
    parts = [f"{gap.full} {joint}target"] if gap.machine else []
    return " · ".join([*parts, f"year to date {year.full}"] if year.machine else parts)


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
