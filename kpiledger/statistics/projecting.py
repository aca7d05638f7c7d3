"""What will a year or a quarter be: what it is to date, and what the rest of it will bring, with an interval?

The interval holds in 80 of 100 cases. It comes from what the same forecasts missed by in the past of the series:

    low, high = to date + rest * exp(-+ z s)       s^2 = mean of log(happened / told)^2
    low, high = to date + rest -+ z s * periods    where values may be zero or below; s as a share of their size

over all earlier forecasts, of as many periods as are left or as have happened since, three at least; z = 1.2816. A
ratio is projected as a ratio: what is left of the year weighs by the denominator that it will have. What is neither
stands in `levels`, `counts` and `middles`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpiledger.statistics.forecasting import Forecasts, forecasts
from kpiledger.statistics.spans import REACH, Projection, add_projections, looked_back, moments, size_of


def projected(
    series: Sequence[Sequence[float]], length: int, first: int = 0, span: int = 0
) -> list[list[Projection | None]]:
    """The year's sum of each series, as seen after each of its values; None with fewer than two years of them.

    Series are without gaps and equally long; `first` is the place of the first value in its year of `length` periods.
    After the last value of a year it is what happened. Where a series ends so, one more says what the year after will
    be. `span` is how many periods are looked at where it is not the year: 3 for the quarters of months.
    """
    import numpy as np

    span = span or length
    values, told = np.asarray(series, dtype=float), forecasts(series, length)
    found: list[list[Projection | None]] = [[] for _ in series]
    for known, elapsed in moments(found, values.shape[1], length, first, span):
        to_date = values[:, known - elapsed : known].sum(axis=1)
        left = span - elapsed
        rest = told.of[known][:, :left].sum(axis=1)
        low, high = _around(values, told, known, left, rest) if left else (rest, rest)
        # What was never below zero takes nothing back: its year ends no lower than it stands.
        least = np.where((values[:, :known] >= 0).all(axis=1), 0.0, -np.inf)
        add_projections(found, *(to_date + np.maximum(one, least) for one in (rest, low, high)))
    return found


def projected_ratios(
    numerators: Sequence[Sequence[float]],
    denominators: Sequence[Sequence[float]],
    length: int,
    first: int = 0,
    shares: Sequence[bool] = (),
    span: int = 0,
) -> list[list[Projection | None]]:
    """The year's ratio of sums, seen as `projected` sees sums; every denominator is above zero.

    `shares` says which series are shares of a whole: one that was never above 1 ends there.
    """
    import numpy as np

    span = span or length
    above, below = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    told = forecasts((above / below).tolist(), length, may_multiply=False)
    weights = forecasts(denominators, length)
    found: list[list[Projection | None]] = [[] for _ in numerators]
    are_shares = np.asarray(shares or [False] * len(found))
    for known, elapsed in moments(found, above.shape[1], length, first, span):
        left = span - elapsed
        weight = weights.of[known][:, :left]
        rest = (told.of[known][:, :left] * weight).sum(axis=1)
        passed = slice(known - elapsed, known)
        whole = below[:, passed].sum(axis=1) + weight.sum(axis=1)
        value = (above[:, passed].sum(axis=1) + rest) / whole
        missed = _missed_ratio(above, below, told, known, left) if left else value * 0
        reach = REACH * missed * weight.sum(axis=1) / whole
        least, most = _ends(above[:, :known] / below[:, :known], are_shares)
        value, low, high = (np.clip(one, least, most) for one in (value, value - reach, value + reach))
        add_projections(found, value, low, high, weight.sum(axis=1))
    return found


def _ends(ratios: Any, are_shares: Any) -> tuple[Any, Any]:
    """Between which two numbers each ratio stays: above zero, and a share within 1, as long as it never was beyond."""
    import numpy as np

    least = np.where((ratios >= 0).all(axis=1), 0.0, -np.inf)
    return least, np.where(are_shares & (ratios <= 1).all(axis=1), 1.0, np.inf)


def _around(values: Any, told: Forecasts, known: int, left: int, rest: Any) -> tuple[Any, Any]:
    """Between which two numbers the rest of the year will lie."""
    import numpy as np

    length = told.of[known].shape[1]
    is_multiplied = told.is_multiplied[known]
    logs, means = [], []
    for then, since in looked_back(known, left, length):
        happened = values[:, then : then + since].sum(axis=1)
        expected = told.of[then][:, :since].sum(axis=1)
        ratio = np.where(is_multiplied, happened, 1.0) / np.where(is_multiplied, expected, 1.0)
        logs.append(np.log(ratio))
        means.append((happened - expected) / since / size_of(values, then, length))
    times, plus = (REACH * np.sqrt((np.asarray(missed) ** 2).mean(axis=0)) for missed in (logs, means))
    plus = plus * size_of(values, known, length)
    low = np.where(is_multiplied, rest * np.exp(-times), rest - plus * left)
    high = np.where(is_multiplied, rest * np.exp(times), rest + plus * left)
    return low, high


def _missed_ratio(above: Any, below: Any, told: Forecasts, known: int, left: int) -> Any:
    """By how much the ratio of periods together was missed, as a root of mean squares."""
    import numpy as np

    missed = []
    for then, since in looked_back(known, left, told.of[known].shape[1]):
        weight = below[:, then : then + since]
        expected = (told.of[then][:, :since] * weight).sum(axis=1)
        missed.append((above[:, then : then + since].sum(axis=1) - expected) / weight.sum(axis=1))
    return np.sqrt((np.asarray(missed) ** 2).mean(axis=0))
