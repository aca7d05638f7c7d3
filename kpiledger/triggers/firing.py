"""Which periods fire a trigger? Those in which its condition was met for the last so many periods in a row.

A period counts when it has ended, when its figure is known, and when it lies within the days of the trigger; one
that had ended before the trigger was decided on fires nothing, since nobody could have agreed on it beforehand. A
figure that is missing breaks the row: what is not known has not happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kpiledger.periods import Period, Reckoning, add_months, periods_between
from kpiledger.specs.trigger import Condition
from kpiledger.triggers.standing import StandingTrigger
from kpiledger.vocabulary import TriggerChange

# The figures of whole periods by their first day, as they are known; what is missing is not there.
Series = Mapping[date, Decimal]
_MONTHS_OF_A_YEAR = 12
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Firing:
    """A period that fires a trigger: its figure, what it was compared with, and by which share it differs."""

    standing: StandingTrigger
    period: Period
    value: Decimal
    reference: Decimal | None
    change: Decimal | None

    @property
    def key(self) -> str:
        """What it is known by, as `sales_west_2017/market_falls/2017-05`."""
        return f"{self.standing.agreement}/{self.standing.trigger.id}/{self.period}"


def firings(
    standing: StandingTrigger, series_of: Callable[[Condition], Series], as_of: date, reckoning: Reckoning
) -> Iterator[Firing]:
    """The periods that fire a trigger as of a day; at most one in a row of periods that meet its condition."""
    trigger, last = standing.trigger, min(standing.last, as_of)
    series = series_of(trigger.when)
    row, has_fired = 0, False
    for period in periods_between(standing.first, last, trigger.when.grain, reckoning):
        if period.end > last:
            return
        found = _looked_at(standing, period, series)
        row = row + 1 if found else 0
        has_fired = has_fired and found is not None
        if found and row >= trigger.in_a_row and not has_fired and period.end >= standing.source.event.decided_on:
            has_fired = True
            yield found


def _looked_at(standing: StandingTrigger, period: Period, series: Series) -> Firing | None:
    """What a period shows where it meets the condition."""
    when = standing.trigger.when
    value = series.get(period.start)
    if value is None:
        return None
    if when.change is None:
        return Firing(standing, period, value, None, None) if when.is_met(value) else None
    reference = standing.baseline if when.change is TriggerChange.BASELINE else series.get(_before(period, when.change))
    if reference is None or reference <= 0:
        return None  # there is no share of nothing
    change = (value - reference) / reference
    return Firing(standing, period, value, reference, change) if when.is_met(change) else None


def _before(period: Period, change: TriggerChange) -> date:
    if change is TriggerChange.SAME_PERIOD_LAST_YEAR:
        return add_months(period.start, -_MONTHS_OF_A_YEAR)
    return Period.holding(period.start - _ONE_DAY, period.grain, period.reckoning).start
