"""Within which limits does a process vary by itself? The XmR chart of individual values and their moving ranges.

    centre = mean of the values, mR = mean of |x[i] - x[i-1]|, natural process limits = centre -+ 2.66 mR

2.66 is 3 / 1.128: three sigma, where sigma is the mean range of two values over d2. Source: W. A. Shewhart, "Economic
Control of Quality of Manufactured Product" (1931); D. J. Wheeler, "Understanding Variation" (1993). Ranges above their
own upper limit, 3.268 mR, are left out once: one jump must not widen what it is judged by (L. S. Nelson, "Control
charts for individual measurements", Journal of Quality Technology 14, 1982).

A measure so coarse that half of its ranges are zero, as a median of whole days, has no such limits: its centre is the
median, and its limits hold at least all that was seen (on chunky data: Wheeler, "Making Sense of Data", 2003).

Limits are set by the first values of a stretch and then stay: a new stretch begins only where a change was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import fsum
from statistics import median

from kpiledger.statistics.rounding import rounded

Value = float | Decimal | None

# 3 / d2 and D4 for ranges of two values.
_TO_LIMIT = 2.66
_RANGE_LIMIT = 3.268
# Fewer values say little about how much a process varies; from 24 on more of them hardly move its limits.
LEAST = 8
MOST = 24


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process does by itself: its centre, the natural process limits, and how many values they are set by."""

    centre: Decimal
    lower: Decimal
    upper: Decimal
    count: int


def process_limits(
    values: Sequence[Value], changes: Iterable[int] = (), widening: float = 1.0, most: float | None = None
) -> tuple[Limits | None, ...]:
    """The limits that each value is held against: those of its stretch, None where that has fewer than 8 values.

    `values` are in order of time, None where nothing was measured; a moving range reaches over such a gap. `changes`
    are the places where a new stretch begins. `widening` multiplies the ranges; `Seasons.widening` says why.
    Where no value is below zero, no limit is; where none is above `most`, neither: a share ends at 1.
    """
    starts = sorted({0, *(place for place in changes if 0 < place < len(values))})
    found: list[Limits | None] = []
    for first, after in zip(starts, [*starts[1:], len(values)], strict=True):
        found += [_of_stretch(values[first:after], widening, most)] * (after - first)
    return tuple(found)


def _of_stretch(values: Sequence[Value], widening: float, most: float | None) -> Limits | None:
    known = [float(value) for value in values if value is not None]
    base = known[:MOST]
    if len(base) < LEAST:
        return None
    ranges = [abs(after - before) for before, after in pairwise(base)]
    centre, reach = fsum(base) / len(base), _TO_LIMIT * _mean_range(ranges) * widening
    lower, upper = centre - reach, centre + reach
    if 2 * ranges.count(0.0) >= len(ranges):
        centre = median(base)
        lower, upper = min(lower, *base), max(upper, *base)
    if min(known) >= 0:
        lower = max(lower, 0.0)
    if most is not None and max(known) <= most:
        upper = min(upper, most)
    return Limits(rounded(centre), rounded(lower), rounded(upper), len(base))


def _mean_range(ranges: Sequence[float]) -> float:
    mean = fsum(ranges) / len(ranges)
    kept = [one for one in ranges if one <= _RANGE_LIMIT * mean]
    return fsum(kept) / len(kept)
