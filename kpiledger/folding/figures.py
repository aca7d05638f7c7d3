"""Which figures does a promise have for each period: the target and its upper bound, and from where it is amber?

A figure that is relative to the same period last year follows from data: it is None here, and the model
`fct_kpi_target` computes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpiledger.folding.replay import PromisedTarget
from kpiledger.periods import Period, PeriodName, Reckoning, periods_between
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.specs.target import Ramp
from kpiledger.vocabulary import Reference

# The tables keep decimal(38, 10).
_SMALLEST = Decimal("1e-10")


@dataclass(frozen=True, slots=True)
class Figures:
    """What is promised for a period, as the tables keep it."""

    target: Decimal | None
    upper: Decimal | None
    amber: Decimal | None


def promised_figures(
    promised: PromisedTarget, first: date, last: date, reckoning: Reckoning
) -> Iterator[tuple[Period, Figures]]:
    """The periods that begin in [first, last] and are promised something, each with its figures."""
    target, form = promised.target, promised.target.target
    periods = periods_between(first, last, form.grain, reckoning)
    if form.by_period is not None:
        uppers = form.upper_by_period or {}
        for period in periods:
            name = PeriodName(str(period), period.grain)
            if name in form.by_period:
                yield period, _figures(target, form.by_period[name], uppers.get(name, form.upper))
    elif form.ramp is not None:
        steps = _steps(promised, form.ramp, reckoning)
        for period in periods:
            yield period, _figures(target, steps[period.start], form.upper)
    else:
        same = _figures(target, _same_for_all(target), form.upper)
        for period in periods:
            yield period, same


def _figures(target: AgreedTarget, value: Decimal | None, upper: Decimal | None) -> Figures:
    return Figures(kept(value), kept(upper), amber_value(target, value))


def amber_value(target: AgreedTarget, promised: Decimal | None) -> Decimal | None:
    """From which figure a missed target is amber, given the figure promised."""
    if target.amber is None or target.amber.share_of_target is None:
        return kept(target.amber.absolute) if target.amber else None
    return None if promised is None else kept(target.amber.share_of_target * promised)


def _same_for_all(target: AgreedTarget) -> Decimal | None:
    relative = target.target.relative
    if relative is None:
        return target.target.value
    if relative.to is Reference.SAME_PERIOD_LAST_YEAR or target.baseline is None:
        return None
    return target.baseline.value * relative.times


def _steps(promised: PromisedTarget, ramp: Ramp, reckoning: Reckoning) -> dict[date, Decimal]:
    """The figure of each period of a ramp by its first day: even steps, the first and the last as written."""
    grain, first = promised.target.target.grain, promised.source.event.valid_from
    starts = [period.start for period in periods_between(first, promised.last_day, grain, reckoning)]
    count = max(len(starts) - 1, 1)
    return {start: ramp.start + (ramp.to - ramp.start) * step / count for step, start in enumerate(starts)}


def kept(value: Decimal | None) -> Decimal | None:
    """A figure as the table keeps it, without adding digits that nobody wrote."""
    if value is None:
        return None
    rounded = value.quantize(_SMALLEST)
    return value if rounded == value else rounded
