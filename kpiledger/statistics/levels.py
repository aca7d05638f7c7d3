"""What will a level be at the end of a year or a quarter: the orders that are open, the customers that were ever won?

Four forecasts of its last period are combined (`combining`): the smoothed level in its season, the level as it is, as
it was then last year, and as it is with last year's change from here. One of them fits what wanders, one what returns
with the season, one what grows. The interval holds in 80 of 100 cases, from what they missed by in the past of the
series, so many periods ahead as are left, or as have happened since, three at least.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpiledger.statistics.combining import combined
from kpiledger.statistics.forecasting import Forecasts, forecasts
from kpiledger.statistics.spans import REACH, Projection, add_projections, looked_back, moments


def projected_levels(
    series: Sequence[Sequence[float]], length: int, first: int = 0, span: int = 0
) -> list[list[Projection | None]]:
    """The level of each series at the year's end, as seen after each of its values; shapes as in `projected`."""
    import numpy as np

    span = span or length
    values, told = np.asarray(series, dtype=float), forecasts(series, length)
    found: list[list[Projection | None]] = [[] for _ in series]
    for known, elapsed in moments(found, values.shape[1], length, first, span):
        left = span - elapsed
        end, spread = _ahead(values, told, known, left) if left else (values[:, known - 1], 0.0)
        # What was never below zero does not begin to be.
        least = np.where((values[:, :known] >= 0).all(axis=1), 0.0, -np.inf)
        ends = (end, end - REACH * spread, end + REACH * spread)
        add_projections(found, *(np.maximum(one, least) for one in ends))
    return found


def _ahead(values: Any, told: Forecasts, known: int, left: int) -> tuple[Any, Any]:
    """The level so many periods from now, and the standard deviation around it."""
    missed = [
        [values[:, then + since - 1] - one for one in _ways(values, told, then, since)]
        for then, since in looked_back(known, left, told.of[known].shape[1])
    ]
    return combined(_ways(values, told, known, left), list(zip(*missed, strict=True)))


def _ways(values: Any, told: Forecasts, known: int, ahead: int) -> list[Any]:
    """The level so many periods after the known ones, by each of the four forecasts."""
    length = told.of[known].shape[1]
    now, then = values[:, known - 1], values[:, known + ahead - 1 - length]
    return [told.of[known][:, ahead - 1], now, then, now + then - values[:, known - 1 - length]]
