"""What of a series is the time of year? Its seasons, estimated, damped by how sure they are, and taken out.

    y[t] = a + b t + s[season of t] + e,  y = log x where all values are above zero and a season multiplies

by least squares. F is the share of variance per season over that of the rest (the F statistic of the seasons); the
factors are damped by max(0, 1 - 1/F), the estimator of W. James and C. Stein (1961): pure noise has F about 1 and no
seasons. D. M. Miller and D. Williams, "Shrinkage estimators of time series seasonal factors and their effect on
forecasting accuracy" (International Journal of Forecasting 19, 2003) show that damped seasons forecast better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

from kpiledger.statistics.limits import Value

# A season is learned from no fewer than two of each.
LEAST_CYCLES = 2


@dataclass(frozen=True, slots=True)
class Seasons:
    """By what each season of a cycle lies above or below the rest; `factors` are logarithms where it multiplies.

    `widening` is what limits must be widened by: seasons learned from the same values took part of their noise.
    """

    factors: tuple[float, ...]
    is_multiplied: bool = False
    widening: float = 1.0

    def removed(self, value: float, place: int) -> float:
        """A value without its season; `place` counts periods from the first of a cycle."""
        factor = self.factors[place % len(self.factors)]
        return value * exp(-factor) if self.is_multiplied else value - factor

    def added(self, value: float, place: int) -> float:
        """What a value without season is in one."""
        factor = self.factors[place % len(self.factors)]
        return value * exp(factor) if self.is_multiplied else value + factor


def seasons_of(values: Sequence[Value], length: int, is_multiplied: bool = True) -> Seasons:
    """The seasons of a series with `length` periods in a cycle, the first value at place 0.

    Where a value is not above zero, seasons are added, whatever was asked. No seasons where fewer than two cycles, or
    not every season twice, are known.
    """
    known = [(place, float(value)) for place, value in enumerate(values) if value is not None]
    is_multiplied = is_multiplied and all(value > 0 for _, value in known)
    seen = [0] * length
    for place, _ in known:
        seen[place % length] += 1
    if length < 2 or min(seen) < LEAST_CYCLES:
        return Seasons((0.0,) * max(length, 1), is_multiplied)
    measured = [[log(value) if is_multiplied else value] for _, value in known]
    factors, sure = fitted([place for place, _ in known], measured, length)
    learned = float(sure[0]) * (length - 1)
    return Seasons(tuple(float(one) for one in factors[:, 0]), is_multiplied, sqrt(len(known) / (len(known) - learned)))


def deseasonalised(values: Sequence[Value], length: int, is_multiplied: bool = True) -> list[float | None]:
    """The series without its seasons, None where nothing was measured."""
    seasons = seasons_of(values, length, is_multiplied)
    return [None if value is None else seasons.removed(float(value), place) for place, value in enumerate(values)]


def fitted(places: Sequence[int], measured: Any, length: int) -> tuple[Any, Any]:
    """The damped factors (seasons x series) and how sure they are, 0 to 1, of series known at the same places.

    `measured` is places x series. Each season is known twice or more, so that the rest has a degree of freedom.
    """
    import numpy as np

    at, found = np.asarray(places), np.asarray(measured, dtype=float)
    trend = np.column_stack([np.ones(len(at)), at - at.mean()])
    dummies = (at[:, None] % length == np.arange(1, length)[None, :]).astype(float)
    _, plain = _least_squares(trend, found)
    solved, rest = _least_squares(np.column_stack([trend, dummies]), found)
    # What floats leave of a series that has no variance at all is no variance.
    nothing = 1e-18 * (found * found).sum(axis=0)
    explained = np.maximum(plain - rest, 0.0) / (length - 1)
    unexplained = rest / (len(at) - length - 1)
    is_seasonal = (plain > nothing) & (explained > unexplained)
    sure = np.where(is_seasonal, 1 - unexplained / np.where(is_seasonal, explained, 1.0), 0.0)
    factors = np.vstack([np.zeros(found.shape[1]), solved[2:]])
    return (factors - factors.mean(axis=0)) * sure, sure


def _least_squares(design: Any, measured: Any) -> tuple[Any, Any]:
    """The solutions, and the sums of squares that they leave."""
    import numpy as np

    solved = np.linalg.lstsq(design, measured, rcond=None)[0]
    left = measured - design @ solved
    return solved, (left * left).sum(axis=0)
