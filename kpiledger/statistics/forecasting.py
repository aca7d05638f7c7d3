"""What will the next periods of a series bring, judged at each period of its past as well?

    forecast[t + h] = level[t] * season[t + h]        (+ where seasons are added)
    level[i] = level[i - 1] + a (x[i] / season[i] - level[i - 1])

Simple exponential smoothing of the series without its seasons (R. G. Brown, 1956; C. C. Holt, 1957). The weight `a` is
the one of six that would have told the mean of the next six periods best so far: a series that jumps is followed, one
that only varies is not. Nothing known later enters a forecast: what was told in March is the same in December.

`benchmarks/projection_backtest.py` holds it against naive forecasts; the table stands in
docs/guide/signals-and-projections.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kpiledger.statistics.seasons import LEAST_CYCLES, fitted

_WEIGHTS = (0.1, 0.2, 0.3, 0.45, 0.6, 0.8)
# The level begins as the mean of so many values, and is judged by the mean of so many that follow.
_BEGINNING, _AHEAD, _AHEAD_LEAST = 6, 6, 3


@dataclass(frozen=True, slots=True)
class Forecasts:
    """Forecasts of several series of equal length: `of[known]` is series x horizon, from that many known values on.

    `is_multiplied[known]` says of each series whether its seasons multiply then.
    """

    of: dict[int, Any]
    is_multiplied: dict[int, Any]


def first_forecast(length: int) -> int:
    """From how many known values on there are forecasts: one cycle and a half."""
    return max(length + length // 2, _BEGINNING)


def forecasts(series: Sequence[Sequence[float]], length: int, may_multiply: bool = True) -> Forecasts:
    """The forecasts of the next `length` periods, from each number of known values on.

    Series are without gaps and equally long; the first value of each is at place 0 of a cycle of `length` periods.
    Seasons are learned from two whole cycles on; before, there are none.
    """
    import numpy as np

    values = np.asarray(series, dtype=float)
    count, periods = values.shape
    of: dict[int, Any] = {}
    multiplied: dict[int, Any] = {}
    for known in range(first_forecast(length), periods + 1):
        past = values[:, :known]
        is_multiplied: Any = np.all(past > 0, axis=1) & may_multiply
        factors = np.zeros((length, count))
        if known >= LEAST_CYCLES * length and length > 1:
            measured = np.where(is_multiplied[:, None], np.log(np.where(past > 0, past, 1.0)), past)
            factors, _ = fitted(range(known), measured.T, length)
        times, plus = np.exp(np.where(is_multiplied, factors, 0.0)).T, np.where(is_multiplied, 0.0, factors).T
        at, after = np.arange(known) % length, np.arange(known, known + length) % length
        level = _level((past - plus[:, at]) / times[:, at])[:, None]
        of[known] = level * times[:, after] + plus[:, after]
        multiplied[known] = is_multiplied
    return Forecasts(of, multiplied)


def _level(plain: Any) -> Any:
    """The smoothed level of each series after its last value, by the weight that told the most so far."""
    import numpy as np

    count, known = plain.shape
    weights = np.asarray(_WEIGHTS)[None, :]
    added = np.concatenate([np.zeros((count, 1)), np.cumsum(plain, axis=1)], axis=1)
    level = np.repeat(plain[:, :_BEGINNING].mean(axis=1)[:, None], len(_WEIGHTS), axis=1)
    missed = np.zeros_like(level)
    for place in range(_BEGINNING, known):
        ahead = min(_AHEAD, known - place)
        if ahead >= _AHEAD_LEAST:
            told = (added[:, place + ahead] - added[:, place]) / ahead
            missed += np.abs(told[:, None] - level)
        level = level + weights * (plain[:, place][:, None] - level)
    # Rounded, so that the last digit of a float does not choose a weight.
    scale = np.maximum(np.abs(plain).mean(axis=1), 1e-300)[:, None]
    best = np.argmin(np.round(missed / scale, 9), axis=1)
    return level[np.arange(count), best]
