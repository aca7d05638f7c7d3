"""Projections of the demo's figures are as good as the documents say: intervals that hold, errors below naive ones.

The bounds lie about a tenth beside what is measured, so that a method that gets worse is noticed and one that changes
in a last digit is not. `python -m benchmarks.projection_backtest` measures the same, with finer cuts and a second
company.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import pytest

from benchmarks.projection_backtest import Told, told
from benchmarks.projection_series import QUARTER, YEAR, Kind, MonthSeries, superstore_series

# How often the interval of 80 of 100 holds, at least and at most, and our error over that of the same months last year.
_YEARS = {
    Kind.SUM: (0.78, 0.94, 0.80),
    Kind.PROFIT: (0.57, 0.75, 1.00),
    Kind.RATIO: (0.70, 0.88, 0.86),
    Kind.DISTINCT: (0.73, 0.90, 1.00),
    Kind.MIDDLE: (0.78, 0.94, 0.98),
    Kind.LEVEL: (0.74, 0.90, 0.55),
}
_QUARTERS = {
    Kind.SUM: (0.86, 0.99, 0.77),
    Kind.PROFIT: (0.79, 0.95, 0.76),
    Kind.RATIO: (0.74, 0.91, 0.66),
    Kind.DISTINCT: (0.77, 0.94, 0.91),
    Kind.MIDDLE: (0.77, 0.93, 0.90),
    Kind.LEVEL: (0.81, 0.97, 0.50),
}


@pytest.fixture(scope="module")
def superstore() -> Sequence[MonthSeries]:
    """The months of the demo's company, whole, by region and by category."""
    return list(superstore_series(finest=False))


def of(series: Sequence[MonthSeries], kind: Kind, span: int) -> Sequence[Told]:
    return told([one for one in series if one.kind is kind], span)


@pytest.mark.parametrize("span", [YEAR, QUARTER])
@pytest.mark.parametrize("kind", list(Kind))
def test_the_interval_holds_as_often_as_it_says_and_naive_forecasts_are_worse(
    superstore: Sequence[MonthSeries], kind: Kind, span: int
) -> None:
    least, most, worse = (_YEARS if span == YEAR else _QUARTERS)[kind]
    found = of(superstore, kind, span)
    assert least < fmean(one.is_inside for one in found) < most
    error = fmean(one.error for one in found)
    assert error < worse * fmean(one.seasonal for one in found)
    assert error < fmean(one.last for one in found)
