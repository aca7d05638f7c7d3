"""What is told of a span that is not over, and which earlier forecasts say how far it may be off?

A span is a year or a quarter: so many periods of the series, one after the other. An interval holds in 80 of 100 cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpiledger.statistics.forecasting import first_forecast
from kpiledger.statistics.rounding import rounded
from kpiledger.statistics.seasons import LEAST_CYCLES

# Of a normal distribution, 80 % lie within so many standard deviations.
REACH = 1.2815515655446004
_LEAST_PERIODS = 3


@dataclass(frozen=True, slots=True)
class Projection:
    """What a year or quarter will be, and between which two numbers in 80 of 100 cases.

    `rest_weight` is the denominator that the rest of it will have, None for what has none.
    """

    value: Decimal
    low: Decimal
    high: Decimal
    rest_weight: float | None = None


def moments(
    found: Sequence[list[Projection | None]], periods: int, length: int, first: int, span: int
) -> Iterator[tuple[int, int]]:
    """For each number of known values that tells something, how many of them are of the span that is looked at.

    `first` is the place of the first value in its year of `length` periods. Where values end with a span, one more
    looks at the next. Of too few values nothing is told: None is appended to what is found of each series.
    """
    looked_at = [(known, (first + known - 1) % span + 1) for known in range(1, periods + 1)]
    if (first + periods) % span == 0:
        looked_at.append((periods, 0))
    for known, elapsed in looked_at:
        if known >= LEAST_CYCLES * length:
            yield known, elapsed
            continue
        for one in found:
            one.append(None)


def looked_back(known: int, left: int, length: int) -> Iterator[tuple[int, int]]:
    """Earlier forecasts, by how many values were known then, and how many periods of each have happened since."""
    for then in range(first_forecast(length), known):
        since = min(left, known - then)
        if since >= min(left, _LEAST_PERIODS):
            yield then, since


def add_projections(
    found: Sequence[list[Projection | None]], values: Any, lows: Any, highs: Any, weights: Any = None
) -> None:
    """Append what is told of each series at one moment."""
    numbers = zip(found, values, lows, highs, [None] * len(values) if weights is None else weights, strict=True)
    for one, value, low, high, weight in numbers:
        weighed = None if weight is None else float(weight)
        one.append(Projection(rounded(value), rounded(low), rounded(high), weighed))


def size_of(values: Any, known: int, length: int) -> Any:
    """How large the values of the last cycle were: what misses by 10 of 100 misses by 20 of 200."""
    import numpy as np

    mean = np.abs(values[:, max(known - length, 0) : known]).mean(axis=1)
    return np.where(mean > 0, mean, 1.0)
