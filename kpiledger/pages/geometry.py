"""From figures to places on a drawing: scales, ticks, lines with gaps, steps, and room for flags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10

Value = Decimal | None


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from figures [low, high] to places [start, end]; one single figure lies in the middle."""

    low: Decimal
    high: Decimal
    start: float
    end: float

    def __call__(self, value: Decimal) -> float:
        """The place of a figure."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        share = float((value - self.low) / (self.high - self.low))
        return self.start + share * (self.end - self.start)


def domain(values: Iterable[Value], margin: Decimal = Decimal("0.08")) -> tuple[Decimal, Decimal]:
    """The lowest and highest figure with a margin on both sides; 0 and 1 where there is none."""
    present = [value for value in values if value is not None]
    if not present:
        return Decimal(0), Decimal(1)
    low, high = min(present), max(present)
    room = (high - low) * margin
    return low - room, high + room


def ticks(low: Decimal, high: Decimal, wanted: int = 5) -> tuple[Decimal, ...]:
    """Round figures in [low, high], roughly as many as wanted: steps of 1, 2 or 5 times a power of ten."""
    if high <= low:
        return (low,)
    rough = float(high - low) / wanted
    power = Decimal(10) ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if float(power * factor) >= rough * 0.7)
    first, last = ceil(low / step), floor(high / step)
    return tuple(step * number for number in range(first, last + 1))


def short(place: float) -> str:
    """A place on a drawing, to a tenth; pages stay small."""
    text = f"{place:.1f}"
    return text[:-2] if text.endswith(".0") else text


def line_path(xs: Sequence[float], values: Sequence[Value], y: Scale) -> str:
    """The path of a line; a missing value interrupts it, a lone one becomes a dash that can be seen."""
    parts = []
    for run in _runs(values):
        points = [f"{short(xs[index])} {short(y(value))}" for index, value in run]
        parts.append("M" + "L".join(points) if len(points) > 1 else f"M{points[0]}h.1")
    return "".join(parts)


def step_path(edges: Sequence[float], values: Sequence[Value], y: Scale) -> str:
    """The path of a stepped line: value i holds from edge i to edge i + 1."""
    parts: list[str] = []
    for run in _runs(values):
        height: str | None = None
        for index, value in run:
            here = short(y(value))
            if height is None:
                parts.append(f"M{short(edges[index])} {here}")
            elif here != height:
                parts.append(f"H{short(edges[index])}V{here}")
            height = here
        parts.append(f"H{short(edges[run[-1][0] + 1])}")
    return "".join(parts)


def band_path(edges: Sequence[float], bounds: Sequence[tuple[Decimal, Decimal] | None], y: Scale) -> str:
    """The path around what lies between two stepped lines, a box for each edge to the next."""
    parts: list[str] = []
    for (left, right), pair in zip(pairwise(edges), bounds, strict=True):
        if pair is not None:
            parts.append(f"M{short(left)} {short(y(pair[1]))}H{short(right)}V{short(y(pair[0]))}H{short(left)}z")
    return "".join(parts)


def flag_levels(places: Sequence[float], room: float) -> tuple[int, ...]:
    """For flags from left to right, the row (0 first) in which each keeps `room` from its neighbours."""
    last_in_row: list[float] = []
    levels = []
    for place in places:
        free = (row for row, last in enumerate(last_in_row) if place - last >= room)
        row = next(free, len(last_in_row))
        last_in_row[row : row + 1] = [place]
        levels.append(row)
    return tuple(levels)


def _runs(values: Sequence[Value]) -> list[list[tuple[int, Decimal]]]:
    runs: list[list[tuple[int, Decimal]]] = [[]]
    for index, value in enumerate(values):
        if value is not None:
            runs[-1].append((index, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
