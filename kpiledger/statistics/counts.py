"""What will a count of different things be over a year or a quarter: of customers, each counted once?

The counts of months do not add up to it. What each month adds to the count to date does: those that were not seen yet.
What the months to come will add is told twice, by smoothing and by the same months last year, and combined
(`combining`); the interval holds in 80 of 100 cases, from what both missed by in the past of the series, as a share of
its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpiledger.statistics.combining import combined
from kpiledger.statistics.forecasting import Forecasts, forecasts
from kpiledger.statistics.spans import REACH, Projection, add_projections, looked_back, moments, size_of


def added(to_date: Sequence[float], span: int, first: int = 0) -> list[float]:
    """What each period adds to its span, from what the span is to date after each."""
    return [
        value - (to_date[place - 1] if place and (first + place) % span else 0.0) for place, value in enumerate(to_date)
    ]


def projected_counts(
    to_date: Sequence[Sequence[float]], length: int, first: int = 0, span: int = 0
) -> list[list[Projection | None]]:
    """The year's count of each series, from its counts to date after each period; shapes as in `projected`.

    With a `span`, the counts to date are of it: of the quarter where it is 3 months.
    """
    import numpy as np

    span = span or length
    series = [added(one, span, first) for one in to_date]
    values, told = np.asarray(series), forecasts(series, length)
    found: list[list[Projection | None]] = [[] for _ in series]
    for known, elapsed in moments(found, values.shape[1], length, first, span):
        left = span - elapsed
        passed = values[:, known - elapsed : known].sum(axis=1)
        rest, reach = _ahead(values, told, known, left) if left else (passed * 0, 0.0)
        # Nothing that was counted is taken back.
        add_projections(found, *(passed + np.maximum(one, 0.0) for one in (rest, rest - reach, rest + reach)))
    return found


def _ahead(values: Any, told: Forecasts, known: int, left: int) -> tuple[Any, Any]:
    """What the periods that are left will add, and how far that may be off."""
    length = told.of[known].shape[1]
    missed = []
    for then, since in looked_back(known, left, length):
        happened, size = values[:, then : then + since].sum(axis=1), since * size_of(values, then, length)
        missed.append([(happened - one) / size for one in _ways(values, told, then, since)])
    rest, spread = combined(_ways(values, told, known, left), list(zip(*missed, strict=True)))
    return rest, REACH * spread * left * size_of(values, known, length)


def _ways(values: Any, told: Forecasts, known: int, ahead: int) -> list[Any]:
    """What so many periods after the known ones will add, by both forecasts."""
    before = known - told.of[known].shape[1]
    return [told.of[known][:, :ahead].sum(axis=1), values[:, before : before + ahead].sum(axis=1)]
