"""What is told of the years and quarters of many series, alike ones together?

Series that are of one kind, equally long and begin at the same place of a year are computed at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from kpiledger.laid_statistics.bases import MONTHS, Base, Numbers, runs
from kpiledger.laid_statistics.reading import Cut
from kpiledger.periods import Reckoning
from kpiledger.scales import YearIs
from kpiledger.statistics import (
    Projection,
    projected,
    projected_counts,
    projected_levels,
    projected_middles,
    projected_ratios,
)
from kpiledger.vocabulary import Grain

Key = tuple[Cut, int, Grain]
Told = Mapping[int, Sequence[Projection | None]]


class _Run(NamedTuple):
    """A stretch of the periods of a cut under a version, without a gap."""

    key: Key
    start: int
    end: int


def told_of(bases: Mapping[Key, Base], reckoning: Reckoning) -> dict[Key, Told]:
    """What is told after each period, by base, then by the first place of a stretch without a gap."""
    shapes: dict[tuple[YearIs, int, int, int, int], list[_Run]] = defaultdict(list)
    for key, base in bases.items():
        if base.year_is is None:
            continue
        for start, end in runs(base):
            at = place_of(base, start, reckoning)
            shapes[base.year_is, end - start, at, base.cycle, base.span_length].append(_Run(key, start, end))
    found: dict[Key, dict[int, Sequence[Projection | None]]] = {key: {} for key in bases}
    for (year_is, _, at, cycle, span), alike in sorted(shapes.items()):
        for run, told in zip(alike, _told(year_is, alike, bases, (cycle, at, span)), strict=True):
            found[run.key][run.start] = told
    return dict(found)


def place_of(base: Base, place: int, reckoning: Reckoning) -> int:
    """Which period of its year a period of a base is, from 0."""
    return (base.periods[place].start.month - reckoning.first_month) % 12 // MONTHS[base.grain]


def _told(
    year_is: YearIs, alike: Sequence[_Run], bases: Mapping[Key, Base], shape: tuple[int, int, int]
) -> list[list[Projection | None]]:
    cycle, at, span = shape
    held = [bases[run.key] for run in alike]
    numbers = [_floats(base.numbers, run) for base, run in zip(held, alike, strict=True)]
    below = [_floats(base.below, run) for base, run in zip(held, alike, strict=True)]
    match year_is:
        case YearIs.SUM:
            return projected(numbers, cycle, at, span)
        case YearIs.RATIO:
            return projected_ratios(numbers, below, cycle, at, [base.is_share for base in held], span)
        case YearIs.LEVEL:
            return projected_levels(numbers, cycle, at, span)
        case YearIs.COUNT:
            return projected_counts(numbers, cycle, at, span)
        case YearIs.MIDDLE:
            to_date = [_floats(base.to_date, run) for base, run in zip(held, alike, strict=True)]
            return projected_middles(numbers, below, to_date, cycle, at, span)


def _floats(numbers: Numbers, run: _Run) -> list[float]:
    """The numbers of a run, which has no gap."""
    return [float(number) for number in _known(numbers[run.start : run.end])]


def _known(numbers: Iterable[Decimal | None]) -> Iterable[Decimal]:
    return (number for number in numbers if number is not None)
