"""What will the median, or another percentile, of a year's or a quarter's rows be?

It is what it is to date, by its rows, and what the last twelve months were, by the rows that are to come. Medians of
months vary too much for anything finer: neither their seasons nor their last level tell more of the rest of a year
(`benchmarks/projection_backtest.py`). The interval holds in 80 of 100 cases, from what the same forecast missed by in
the past of the series.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpiledger.statistics.forecasting import forecasts
from kpiledger.statistics.spans import REACH, Projection, add_projections, looked_back, moments


def projected_middles(
    series: Sequence[Sequence[float]],
    row_counts: Sequence[Sequence[float]],
    to_date: Sequence[Sequence[float]],
    length: int,
    first: int = 0,
    span: int = 0,
) -> list[list[Projection | None]]:
    """The year's median of each series: of its months', their rows, and the median to date; shapes as in `projected`.

    With a `span`, the medians to date are of it: of the quarter where it is 3 months.
    """
    import numpy as np

    span = span or length
    values, rows, so_far = (np.asarray(one, dtype=float) for one in (series, row_counts, to_date))
    weights = forecasts(row_counts, length)
    found: list[list[Projection | None]] = [[] for _ in series]
    for known, elapsed in moments(found, values.shape[1], length, first, span):
        left = span - elapsed
        weight = np.maximum(weights.of[known][:, :left].sum(axis=1), 0.0)
        passed = rows[:, known - elapsed : known].sum(axis=1)
        share = weight / np.maximum(passed + weight, 1.0)
        value = so_far[:, known - 1] * (1 - share) + _mean(values, rows, known - length, known) * share
        reach = REACH * share * _missed(values, rows, known, left, length) if left else value * 0
        least = np.where((values[:, :known] >= 0).all(axis=1), 0.0, -np.inf)
        add_projections(found, *(np.maximum(one, least) for one in (value, value - reach, value + reach)))
    return found


def _mean(values: Any, rows: Any, start: int, end: int) -> Any:
    """The mean of some periods, each by its rows."""
    return (values[:, start:end] * rows[:, start:end]).sum(axis=1) / rows[:, start:end].sum(axis=1)


def _missed(values: Any, rows: Any, known: int, left: int, length: int) -> Any:
    """By how much the periods that followed were missed, as a root of mean squares."""
    import numpy as np

    missed = [
        _mean(values, rows, then, then + since) - _mean(values, rows, then - length, then)
        for then, since in looked_back(known, left, length)
    ]
    return np.sqrt((np.asarray(missed) ** 2).mean(axis=0))
