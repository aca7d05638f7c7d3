"""Which values of a process are more than its own variation?

Three rules, each of which a stable process breaks seldom: a value outside of the natural process limits; eight in a row
on one side of the centre; three of four in a row on one side and nearer to that limit than to the centre. Source: D. J.
Wheeler, "Understanding Variation" (1993) and "Making Sense of Data" (2003), after the "Statistical Quality Control
Handbook" of Western Electric (1956).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from kpiledger.statistics.limits import Limits, Value
from kpiledger.statistics.rounding import rounded

_IN_A_ROW = 8
_NEAR, _OF = 3, 4


class Signal(StrEnum):
    """What a value says of its process."""

    ABOVE = "above"
    """It lies above the upper natural process limit."""
    BELOW = "below"
    """It lies below the lower natural process limit."""
    SHIFT_UP = "shift_up"
    """It ends a run of eight above the centre, or three of four nearer to the upper limit than to the centre."""
    SHIFT_DOWN = "shift_down"
    """The same, below the centre."""
    NOISE = "noise"
    """It lies within what the process does by itself."""


def signals(values: Sequence[Value], limits: Sequence[Limits | None]) -> tuple[Signal | None, ...]:
    """What each value says, held against the limits of its stretch; None where there is no value or no limits.

    Values are rounded as the limits are, so that the last digit of a float decides nothing. A run begins anew where
    the limits change; a period without value neither breaks nor adds to it.
    """
    found: list[Signal | None] = []
    run: list[float] = []
    before: Limits | None = None
    for value, limit in zip(values, limits, strict=True):
        if limit != before:
            run, before = [], limit
        if value is None or limit is None:
            found.append(None)
            continue
        run.append(_place(value, limit))
        found.append(_judged(run))
    return tuple(found)


def _place(value: float | Decimal, limit: Limits) -> float:
    """Where a value lies between the centre, 0, and its limits, -1 and 1; outside of them, without measure.

    The farther limit says how far they reach: the other one may be cut off, at zero or at the end of a share.
    """
    number = rounded(float(value))
    if number > limit.upper or number < limit.lower:
        return 2.0 if number > limit.upper else -2.0
    reach = max(limit.upper - limit.centre, limit.centre - limit.lower)
    return float((number - limit.centre) / reach) if reach else 0.0


def _judged(run: Sequence[float]) -> Signal:
    last = run[-1]
    if abs(last) > 1:
        return Signal.ABOVE if last > 0 else Signal.BELOW
    row, near = run[-_IN_A_ROW:], run[-_OF:]
    for side, signal in ((1, Signal.SHIFT_UP), (-1, Signal.SHIFT_DOWN)):
        is_row = len(row) == _IN_A_ROW and all(place * side > 0 for place in row)
        is_near = last * side > 0.5 and sum(place * side > 0.5 for place in near) >= _NEAR
        if is_row or is_near:
            return signal
    return Signal.NOISE
