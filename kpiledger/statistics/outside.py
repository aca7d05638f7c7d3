"""Does a target lie far from what was ever reached?

Far is beyond the natural process limits of the values: three sigma from their mean, on the side that is harder to
reach. What lies beyond them needs another process, not more effort (D. J. Wheeler, "Understanding Variation", 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpiledger.statistics.limits import MOST, Limits, Value, process_limits
from kpiledger.vocabulary import Direction


@dataclass(frozen=True, slots=True)
class Outside:
    """A target beyond what the process does by itself: by how many sigmas from the centre, and the limits."""

    sigmas: Decimal
    limits: Limits


def far_outside(target: Decimal, values: Sequence[Value], direction: Direction) -> Outside | None:
    """How far a target lies beyond the limits of the newest 24 values; None within, or with fewer than 8 values.

    A KPI that should increase is held against the upper limit, one that should decrease against the lower; one that
    should stay against both. A target that is easier than history is not this rule's matter.
    """
    known = [value for value in values if value is not None][-MOST:]
    limits = process_limits(known)[-1] if known else None
    if limits is None:
        return None
    is_high = target > limits.upper and direction is not Direction.DECREASE
    is_low = target < limits.lower and direction is not Direction.INCREASE
    if not (is_high or is_low):
        return None
    # The upper limit is never cut off at zero, so it says what three sigmas are.
    sigma = (limits.upper - limits.centre) / 3
    distance = abs(target - limits.centre)
    return Outside((distance / sigma if sigma else distance).quantize(Decimal("0.1")), limits)
