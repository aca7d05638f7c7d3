"""What will the year be: what it is to date, and what the rest of it will bring, with an interval?

The interval holds in 80 of 100 cases. It comes from what the same forecasts missed by in the past of the series:

    low, high = to date + rest * exp(-+ z s)       s^2 = mean of log(happened / told)^2
    low, high = to date + rest -+ z s * periods    where values may be zero or below; s as a share of their size

over all earlier forecasts, of as many periods as are left or as have happened since, three at least; z = 1.2816. A
ratio is projected as a ratio: what is left of the year weighs by the denominator that it will have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpiledger.statistics.forecasting import Forecasts, first_forecast, forecasts
from kpiledger.statistics.rounding import rounded
from kpiledger.statistics.seasons import LEAST_CYCLES

# Of a normal distribution, 80 % lie within so many standard deviations.
_Z = 1.2815515655446004
_LEAST_PERIODS = 3


@dataclass(frozen=True, slots=True)
class Projection:
    """What a year will be, and between which two numbers in 80 of 100 cases.

    `rest_weight` is the denominator that the rest of the year will have, None for a sum.
    """

    value: Decimal
    low: Decimal
    high: Decimal
    rest_weight: float | None = None


def projected(series: Sequence[Sequence[float]], length: int, first: int = 0) -> list[list[Projection | None]]:
    """The year's sum of each series, as seen after each of its values; None with fewer than two years of them.

    Series are without gaps and equally long; `first` is the place of the first value in its year of `length` periods.
    After the last value of a year it is what happened. Where a series ends so, one more says what the year after will
    be.
    """
    import numpy as np

    values, told = np.asarray(series, dtype=float), forecasts(series, length)
    found: list[list[Projection | None]] = [[] for _ in series]
    for known, elapsed in _years(values.shape[1], length, first):
        to_date = values[:, known - elapsed : known].sum(axis=1)
        if known < LEAST_CYCLES * length:
            _add(found, [None] * len(found))
            continue
        left = length - elapsed
        rest = told.of[known][:, :left].sum(axis=1)
        low, high = _around(values, told, known, left, rest) if left else (rest, rest)
        # What was never below zero takes nothing back: its year ends no lower than it stands.
        least = np.where((values[:, :known] >= 0).all(axis=1), 0.0, -np.inf)
        _add(found, _projections(*(to_date + np.maximum(one, least) for one in (rest, low, high))))
    return found


def projected_ratios(
    numerators: Sequence[Sequence[float]],
    denominators: Sequence[Sequence[float]],
    length: int,
    first: int = 0,
    shares: Sequence[bool] = (),
) -> list[list[Projection | None]]:
    """The year's ratio of sums, seen as `projected` sees sums; every denominator is above zero.

    `shares` says which series are shares of a whole: one that was never below 0 or above 1 ends there.
    """
    import numpy as np

    above, below = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    told = forecasts((above / below).tolist(), length, may_multiply=False)
    weights = forecasts(denominators, length)
    found: list[list[Projection | None]] = [[] for _ in numerators]
    are_shares = np.asarray(shares or [False] * len(found))
    for known, elapsed in _years(above.shape[1], length, first):
        if known < LEAST_CYCLES * length:
            _add(found, [None] * len(found))
            continue
        left = length - elapsed
        weight = weights.of[known][:, :left]
        rest = (told.of[known][:, :left] * weight).sum(axis=1)
        passed = slice(known - elapsed, known)
        whole = below[:, passed].sum(axis=1) + weight.sum(axis=1)
        value = (above[:, passed].sum(axis=1) + rest) / whole
        reach = _Z * _missed_ratio(above, below, told, known, left) * weight.sum(axis=1) / whole if left else value * 0
        least, most = _ends(above[:, :known] / below[:, :known], are_shares)
        value, low, high = (np.clip(one, least, most) for one in (value, value - reach, value + reach))
        _add(found, _projections(value, low, high, weight.sum(axis=1)))
    return found


def _ends(ratios: Any, are_shares: Any) -> tuple[Any, Any]:
    """Between which two numbers each ratio stays: those of a share, as long as it never left them."""
    import numpy as np

    least = np.where(are_shares & (ratios >= 0).all(axis=1), 0.0, -np.inf)
    return least, np.where(are_shares & (ratios <= 1).all(axis=1), 1.0, np.inf)


def _projections(values: Any, lows: Any, highs: Any, weights: Any = None) -> list[Projection | None]:
    numbers = zip(values, lows, highs, [None] * len(values) if weights is None else weights, strict=True)
    return [
        Projection(rounded(value), rounded(low), rounded(high), None if weight is None else float(weight))
        for value, low, high, weight in numbers
    ]


def _add(found: list[list[Projection | None]], now: Sequence[Projection | None]) -> None:
    for one, projection in zip(found, now, strict=True):
        one.append(projection)


def _years(periods: int, length: int, first: int) -> Iterator[tuple[int, int]]:
    """For each number of known values how many of them are of the year that is looked at."""
    for known in range(1, periods + 1):
        yield known, (first + known - 1) % length + 1
    if (first + periods) % length == 0:
        yield periods, 0


def _looked_back(known: int, left: int, length: int) -> Iterator[tuple[int, int]]:
    """Earlier forecasts, by how many values were known then, and how many periods of each have happened since."""
    for then in range(first_forecast(length), known):
        since = min(left, known - then)
        if since >= min(left, _LEAST_PERIODS):
            yield then, since


def _around(values: Any, told: Forecasts, known: int, left: int, rest: Any) -> tuple[Any, Any]:
    """Between which two numbers the rest of the year will lie."""
    import numpy as np

    length = told.of[known].shape[1]
    is_multiplied = told.is_multiplied[known]
    logs, means = [], []
    for then, since in _looked_back(known, left, length):
        happened = values[:, then : then + since].sum(axis=1)
        expected = told.of[then][:, :since].sum(axis=1)
        ratio = np.where(is_multiplied, happened, 1.0) / np.where(is_multiplied, expected, 1.0)
        logs.append(np.log(ratio))
        means.append((happened - expected) / since / _size(values, then, length))
    times, plus = (_Z * np.sqrt((np.asarray(missed) ** 2).mean(axis=0)) for missed in (logs, means))
    plus = plus * _size(values, known, length)
    low = np.where(is_multiplied, rest * np.exp(-times), rest - plus * left)
    high = np.where(is_multiplied, rest * np.exp(times), rest + plus * left)
    return low, high


def _size(values: Any, known: int, length: int) -> Any:
    """How large the values of the last cycle were: what misses by 10 of 100 misses by 20 of 200."""
    import numpy as np

    mean = np.abs(values[:, max(known - length, 0) : known]).mean(axis=1)
    return np.where(mean > 0, mean, 1.0)


def _missed_ratio(above: Any, below: Any, told: Forecasts, known: int, left: int) -> Any:
    """By how much the ratio of periods together was missed, as a root of mean squares."""
    import numpy as np

    missed = []
    for then, since in _looked_back(known, left, told.of[known].shape[1]):
        weight = below[:, then : then + since]
        expected = (told.of[then][:, :since] * weight).sum(axis=1)
        missed.append((above[:, then : then + since].sum(axis=1) - expected) / weight.sum(axis=1))
    return np.sqrt((np.asarray(missed) ** 2).mean(axis=0))
