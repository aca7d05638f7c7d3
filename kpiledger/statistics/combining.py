"""Which of several forecasts is right? All of them, each by how little it missed before.

    told = sum of w[i] told[i],  w[i] = 1/m[i] / sum of 1/m,  m[i] = mean of (happened - told[i])^2

J. M. Bates and C. W. J. Granger, "The Combination of Forecasts" (Operational Research Quarterly 20, 1969). The spread
is the root of sum of w[i] m[i]: that of the combination itself would be smaller, and, on as few values as a KPI has,
too small (`benchmarks/projection_backtest.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def combined(told: Sequence[Any], missed: Sequence[Any]) -> tuple[Any, Any]:
    """What forecasts say together of each series, and the standard deviation of what happens around it.

    `told` has a number a series for each way to forecast, `missed` moments x series for each.
    """
    import numpy as np

    errors = np.asarray([(np.asarray(one) ** 2).mean(axis=0) for one in missed])
    # What never missed takes all the weight, and shares it with whatever else never did.
    least = np.maximum(1e-12 * errors.max(axis=0), 1e-300)
    weights = 1 / np.maximum(errors, least)
    weights = weights / weights.sum(axis=0)
    return (np.asarray(told) * weights).sum(axis=0), np.sqrt((errors * weights).sum(axis=0))
