"""Does a target lie far from what was ever reached?

Far is beyond the natural process limits of the values, or as many sigmas from their mean as is said, on the side that
is harder to reach: three where nothing is said. What lies beyond them needs another process, not more effort (D. J.
Wheeler, "Understanding Variation", 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kpiledger.statistics.limits import MOST, Limits, Value, process_limits
from kpiledger.vocabulary import Direction

# How many sigmas the natural process limits lie from the centre.
_TO_LIMIT = Decimal(3)


@dataclass(frozen=True, slots=True)
class Outside:
    """A target beyond what the process does by itself: by how many sigmas from the centre, and the limits."""

    sigmas: Decimal
    limits: Limits


def far_outside(
    target: Decimal, values: Sequence[Value], direction: Direction, most: Decimal = _TO_LIMIT
) -> Outside | None:
    """How far a target lies beyond the limits of the newest 24 values; None within, or with fewer than 8 values.

    `most` is how many sigmas the limits lie from the centre.

    A KPI that should increase is held against the upper limit, one that should decrease against the lower; one that
    should stay against both. A target that is easier than history is not this rule's matter.
    """
    known = [value for value in values if value is not None][-MOST:]
    natural = process_limits(known)[-1] if known else None
    if natural is None:
        return None
    limits = _moved(natural, most / _TO_LIMIT)
    is_high = target > limits.upper and direction is not Direction.DECREASE
    is_low = target < limits.lower and direction is not Direction.INCREASE
    if not (is_high or is_low):
        return None
    # The upper limit is never cut off at zero, so it says what three sigmas are.
    sigma = (natural.upper - natural.centre) / _TO_LIMIT
    distance = abs(target - limits.centre)
    return Outside((distance / sigma if sigma else distance).quantize(Decimal("0.1")), limits)


def _moved(limits: Limits, times: Decimal) -> Limits:
    """Limits so many times as far from the centre; what was never below zero is not held against less."""
    if times == 1:
        return limits
    # The lower limit may be cut off at zero: the upper one says how far both reach at least.
    above = (limits.upper - limits.centre) * times
    lower = limits.centre - max(above, (limits.centre - limits.lower) * times)
    return replace(limits, lower=max(lower, Decimal(0)) if limits.lower >= 0 else lower, upper=limits.centre + above)
