"""The large drawing of a history: actual and stepped target with an axis, labelled flags, gaps to target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpiledger.pages.changes import TargetChange
from kpiledger.pages.dates import short_period_text
from kpiledger.pages.formatting import NumberStyle, axis_style, figure, rounded
from kpiledger.pages.geometry import Scale, band_path, domain, line_path, short, step_path, ticks
from kpiledger.pages.promise import inner_bounds, is_met, promised_number, shown_bounds
from kpiledger.pages.queries import ScorecardRow
from kpiledger.pages.series import Series
from kpiledger.pages.trend import usual_range

WIDTH, LEFT, RIGHT = 1100, 74.0, 16.0
_PLOT, _BARS, _ROW = 250.0, 34.0, 22.0
_LETTER = 6.6  # the width of a letter of a flag's label, measured at 12 px
_ROWS_OF_FLAGS = 4


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class LabelledFlag:
    """A numbered flag with its words on one side; no words where there is no room for them."""

    x: str
    y: str
    number: int
    text: str
    text_x: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Bar:
    """The gap between actual and target of one period: above the line or below, met or missed."""

    x: str
    y: str
    width: str
    height: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class HistoryChart:
    """Everything a template needs to draw the history."""

    height: int
    top: str
    floor: str
    zero: str
    actual: str
    target: str
    inside: str
    limits: str
    last_year: str
    dots: tuple[tuple[str, str], ...]
    flags: tuple[LabelledFlag, ...]
    values: tuple[Tick, ...]
    periods: tuple[Tick, ...]
    bars: tuple[Bar, ...]


def history_chart(
    rows: Sequence[ScorecardRow], changes: Sequence[TargetChange], series: Series, style: NumberStyle
) -> HistoryChart:
    """The drawing over rows of a series, oldest first; every version of the target is flagged where it begins."""
    step = (WIDTH - LEFT - RIGHT) / max(len(rows), 1)
    edges = [LEFT + index * step for index in range(len(rows) + 1)]
    middles = [edge + step / 2 for edge in edges[:-1]]
    flags = _flags(rows, changes, edges, style)
    top = 14.0 + _ROW * len({flag.y for flag in flags})
    floor = top + _PLOT
    names = ("actual", "target_value", "upper_value", "same_period_last_year")
    curves = {name: [getattr(row, name) for row in rows] for name in names}
    limits = usual_range(rows)
    low, high = domain([*shown_bounds(rows), *(value for values in [*curves.values(), *limits] for value in values)])
    y = Scale(low, high, floor, top + 6)
    marks = ticks(low, high)
    axis = axis_style(style, marks)
    zero = floor + 34 + _BARS
    has_bars = any(row.variance is not None for row in rows)
    return HistoryChart(
        height=round(zero + _BARS + 4 if has_bars else floor + 26),
        top=short(top),
        floor=short(floor),
        zero=short(zero),
        actual=line_path(middles, curves["actual"], y),
        target="".join(step_path(edges, curves[name], y) for name in ("target_value", "upper_value")),
        inside=band_path(edges, [inner_bounds(row) for row in rows], y),
        limits="".join(step_path(edges, side, y) for side in limits),
        last_year=line_path(middles, curves["same_period_last_year"], y),
        dots=tuple((short(x), short(y(v))) for x, v in zip(middles, curves["actual"], strict=True) if v is not None),
        flags=flags,
        values=tuple(Tick(short(y(mark)), figure(mark, axis).text) for mark in marks),
        periods=_period_ticks(rows, middles, series),
        bars=_bars(rows, edges, step, zero) if has_bars else (),
    )


def _period_ticks(rows: Sequence[ScorecardRow], middles: Sequence[float], series: Series) -> tuple[Tick, ...]:
    every = max(1, -(-len(rows) // 12))
    return tuple(
        Tick(short(middles[index]), short_period_text(rows[index].period_start, series.grain, series.reckoning))
        for index in range(0, len(rows), every)
    )


def _bars(rows: Sequence[ScorecardRow], edges: Sequence[float], step: float, zero: float) -> tuple[Bar, ...]:
    largest = max(abs(row.variance) for row in rows if row.variance is not None) or Decimal(1)
    found = []
    for row, edge in zip(rows, edges, strict=False):
        if row.variance is None:
            continue
        height = max(float(abs(row.variance) / largest) * _BARS, 0.5)
        up = row.variance >= 0
        place = zero - height if up else zero
        met = row.actual is not None and is_met(row, row.actual)
        found.append(Bar(short(edge + step * 0.25), short(place), short(step * 0.5), short(height), met))
    return tuple(found)


def _flags(
    rows: Sequence[ScorecardRow],
    changes: Sequence[TargetChange],
    edges: Sequence[float],
    style: NumberStyle,
) -> tuple[LabelledFlag, ...]:
    placed: list[tuple[int, float, float, float]] = []  # row, flag, from, to
    flags = []
    in_force = (change for change in changes if not change.version.is_pending)
    for change in sorted(in_force, key=lambda one: one.starts_on):
        index = next((i for i, row in enumerate(rows) if row.period_end >= change.starts_on), None)
        if index is None:
            continue
        x, text = edges[index], _flag_text(change, style)
        row, start, end = _room(x, len(text) * _LETTER, placed)
        placed.append((row, x, start, end))
        is_right = end > x + 11
        flags.append(
            LabelledFlag(
                x=short(x),
                y=short(12 + row * _ROW),
                number=change.number,
                text=text if end - start > 22 else "",
                text_x=short(x + 14 if is_right else x - 14),
                anchor="start" if is_right else "end",
            )
        )
    return tuple(flags)


def _flag_text(change: TargetChange, style: NumberStyle) -> str:
    style = rounded(style, change.after)
    after = promised_number(change.new, style).text if change.new else "ended"
    return f"{promised_number(change.old, style).text} → {after}" if change.is_change else after


def _room(x: float, length: float, placed: Sequence[tuple[int, float, float, float]]) -> tuple[int, float, float]:
    """A row and a side for a flag's words, so that they meet neither other words nor another flag's pole."""
    for row in range(_ROWS_OF_FLAGS):
        for start, end in ((x - 10, x + 18 + length), (x - 18 - length, x + 10)):
            inside = start >= 0 and end <= WIDTH
            if inside and not any(_meets(row, x, start, end, other) for other in placed):
                return row, start, end
    return _ROWS_OF_FLAGS, x - 10, x + 10


def _meets(row: int, x: float, start: float, end: float, other: tuple[int, float, float, float]) -> bool:
    other_row, other_x, other_start, other_end = other
    if row == other_row:
        return start < other_end and other_start < end
    if row > other_row:  # below: the other's pole runs down through this row
        return start < other_x < end
    return other_start < x < other_end  # above: our pole runs down through the other's words
