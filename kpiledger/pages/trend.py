"""The drawing of a tile: actual, stepped target, last year, a numbered flag where the target changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from kpiledger.pages.changes import TargetChange
from kpiledger.pages.dates import short_period_text
from kpiledger.pages.geometry import Scale, band_path, domain, flag_levels, line_path, short, step_path
from kpiledger.pages.promise import inner_bounds, shown_bounds
from kpiledger.pages.queries import ScorecardRow
from kpiledger.pages.series import Series
from kpiledger.vocabulary import Grain

# About two years; days and weeks less, or the line becomes a band and the page too large.
WINDOW = {Grain.DAY: 92, Grain.WEEK: 104, Grain.MONTH: 24, Grain.QUARTER: 8, Grain.YEAR: 5}
_RADIUS = 7.0
_ROOM = 16.0
_SIDE = 8.0


@dataclass(frozen=True, slots=True)
class Size:
    """The drawing's own width and height, and whether its ends are dated."""

    width: int
    height: int
    is_dated: bool
    is_flagged: bool = True


# A drawing is stretched to its card; near its real width its letters keep their size, on a phone too.
TILE_OF_COLUMNS = {1: Size(400, 96, True), 2: Size(400, 96, True), 3: Size(360, 90, True)}
TILE = Size(300, 84, True)
COMPACT = Size(210, 62, True, is_flagged=False)  # no room to explain a flag
SPARK = Size(96, 26, False)


@dataclass(frozen=True, slots=True)
class Flag:
    """Where the target changed: the edge between two periods, the row it stands in, its number."""

    x: str
    y: str
    number: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Everything a template needs to draw; paths are empty where there is nothing to draw."""

    width: int
    height: int
    floor: str
    actual: str
    target: str
    inside: str
    limits: str
    last_year: str
    flags: tuple[Flag, ...]
    end: tuple[str, str] | None
    ends: tuple[str, str] | None


def window(rows: Sequence[ScorecardRow], grain: Grain) -> tuple[ScorecardRow, ...]:
    """The newest rows that a trend shows."""
    return tuple(rows[-WINDOW[grain] :])


def trend(rows: Sequence[ScorecardRow], changes: Sequence[TargetChange], series: Series, size: Size) -> Trend:
    """The trend over rows of a series, oldest first; `changes` are those to flag."""
    edges = _edges(len(rows), size)
    middles = [(left + right) / 2 for left, right in pairwise(edges)]
    placed = [(edges[_index(rows, change)], change.number) for change in sorted(changes, key=_start)]
    levels = flag_levels([x for x, _ in placed], _ROOM)
    top = (max(levels) + 1) * _ROOM + 3 if levels else 5.0
    floor = size.height - (14.0 if size.is_dated else 4.0)
    actual = [row.actual for row in rows]
    targets = [[row.target_value for row in rows], [row.upper_value for row in rows]]
    last_year = [row.same_period_last_year for row in rows]
    limits = usual_range(rows) if size.is_flagged else []
    # A target far away shall still be seen: the scale holds all lines.
    shown = [*actual, *shown_bounds(rows), *last_year, *(bound for side in limits for bound in side)]
    y = Scale(*domain(shown), start=floor, end=top)
    newest = actual[-1] if actual else None
    return Trend(
        width=size.width,
        height=size.height,
        floor=short(floor),
        actual=line_path(middles, actual, y),
        target="".join(step_path(edges, bounds, y) for bounds in targets),
        inside=band_path(edges, [inner_bounds(row) for row in rows], y),
        limits="".join(step_path(edges, side, y) for side in limits),
        last_year=line_path(middles, last_year, y),
        flags=tuple(
            Flag(short(x), short(_RADIUS + 1 + level * _ROOM), number)
            for (x, number), level in zip(placed, levels, strict=True)
        ),
        end=None if newest is None else (short(middles[-1]), short(y(newest))),
        ends=_dates(rows, series) if size.is_dated else None,
    )


def usual_range(rows: Sequence[ScorecardRow]) -> list[list[Decimal | None]]:
    """The natural process limits of rows, lower and upper."""
    return [[row.lower_limit for row in rows], [row.upper_limit for row in rows]]


def changes_within(rows: Sequence[ScorecardRow], changes: Sequence[TargetChange]) -> tuple[TargetChange, ...]:
    """The changes that show as a step between two of the periods, oldest first."""
    if not rows:
        return ()
    first, last = rows[0].period_start, rows[-1].period_end
    return tuple(change for change in changes if change.is_change and first < change.starts_on <= last)


def _edges(count: int, size: Size) -> list[float]:
    step = (size.width - 2 * _SIDE) / max(count, 1)
    return [_SIDE + index * step for index in range(count + 1)]


def _index(rows: Sequence[ScorecardRow], change: TargetChange) -> int:
    """The first of the rows that the change concerns."""
    return next(index for index, row in enumerate(rows) if row.period_end >= change.starts_on)


def _start(change: TargetChange) -> date:
    return change.starts_on


def _dates(rows: Sequence[ScorecardRow], series: Series) -> tuple[str, str] | None:
    if not rows:
        return None
    first = short_period_text(rows[0].period_start, series.grain, series.reckoning) if len(rows) > 1 else ""
    return first, short_period_text(rows[-1].period_start, series.grain, series.reckoning)
