"""How would a figure stand against a recorded target, by itself? The rules of `fct_scorecard`, for one period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kpiledger.periods import Period, Reckoning, periods_between
from kpiledger.vocabulary import Comparison, Reference, Status

# Statuses from worst to best; a target that is gone cannot be missed any more.
RANKS = (Status.RED, Status.AMBER, Status.GREEN)
_SMALLEST = Decimal("1e-10")  # as `fct_kpi_target` keeps its figures


@dataclass(frozen=True, slots=True)
class Beside:
    """What a promise may follow from besides its own words: the days that its ramp runs over, and last year's figure.

    The days are the first one of the event that named it and the last one of its agreement as that event left it.
    """

    first: date
    last: date
    year_before: Decimal | None
    reckoning: Reckoning


def status_of(
    target: Mapping[str, Any] | None, period: Period, actual: Decimal, beside: Beside | None = None
) -> Status | None:
    """The status that an actual has; None where what the promise follows from is not known."""
    if target is None:
        return Status.NO_TARGET
    form = target["target"]
    promised = _promised(target, form, period, beside)
    if promised is None:
        follows = form.get("ramp") or (form.get("relative") or {}).get("to") == Reference.SAME_PERIOD_LAST_YEAR
        return None if follows else Status.NO_TARGET
    outside = _outside(form, period, promised, actual)
    if outside <= 0:
        return Status.GREEN
    return Status.AMBER if _is_amber(target["amber"] or {}, form, promised, actual, outside) else Status.RED


def improves(old: Status | None, new: Status | None) -> bool:
    """Whether a status became better, or a missed target went away."""
    if old not in RANKS or new is None:
        return False
    if new is Status.NO_TARGET:
        return old is not Status.GREEN
    return new in RANKS and RANKS.index(new) > RANKS.index(old)


def _promised(
    target: Mapping[str, Any], form: Mapping[str, Any], period: Period, beside: Beside | None
) -> Decimal | None:
    if form["value"] is not None:
        return Decimal(form["value"])
    if form["by_period"]:
        return _decimal(form["by_period"].get(str(period)))
    relative, baseline = form.get("relative"), target["baseline"]
    if relative and relative["to"] == Reference.BASELINE and baseline:
        return Decimal(baseline["value"]) * Decimal(relative["times"])
    if beside is None:
        return None
    if form.get("ramp"):
        return _step(form["ramp"], period, beside)
    if relative and relative["to"] == Reference.SAME_PERIOD_LAST_YEAR and beside.year_before is not None:
        return (beside.year_before * Decimal(relative["times"])).quantize(_SMALLEST, ROUND_HALF_UP)
    return None


def _step(ramp: Mapping[str, str], period: Period, beside: Beside) -> Decimal | None:
    """The figure of a period of a ramp: even steps from the first period to the last, both as written."""
    steps = list(periods_between(beside.first, beside.last, period.grain, beside.reckoning))
    if period not in steps:
        return None
    first, last = Decimal(ramp["from"]), Decimal(ramp["to"])
    return (first + (last - first) * steps.index(period) / max(len(steps) - 1, 1)).quantize(_SMALLEST)


def _outside(form: Mapping[str, Any], period: Period, promised: Decimal, actual: Decimal) -> Decimal:
    """By how much an actual misses; 0 or less where it is met."""
    comparison = form["comparison"]
    if comparison == Comparison.AT_LEAST:
        return promised - actual
    if comparison == Comparison.AT_MOST:
        return actual - promised
    if comparison == Comparison.EXACTLY:
        return abs(actual - promised) - Decimal(form.get("within") or 0)
    upper = form.get("upper") or (form.get("upper_by_period") or {}).get(str(period))
    return max(promised - actual, actual - Decimal(upper)) if upper else promised - actual


def _is_amber(
    amber: Mapping[str, Any], form: Mapping[str, Any], promised: Decimal, actual: Decimal, outside: Decimal
) -> bool:
    by = _decimal(amber.get("outside_by"))
    if by is not None:
        return outside <= by
    share, bound = _decimal(amber.get("share_of_target")), _decimal(amber.get("absolute"))
    if share is not None:
        bound = share * promised
    if bound is None:
        return False
    return actual >= bound if form["comparison"] == Comparison.AT_LEAST else actual <= bound


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
