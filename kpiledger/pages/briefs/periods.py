"""Which periods does a holder get a page for: the newest finished quarter and the newest finished month of its targets.

`kpi brief` makes one for any other period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from kpiledger.pages.series import Series
from kpiledger.periods import Period, Reckoning
from kpiledger.vocabulary import Grain

_DAY = timedelta(days=1)


def newest_periods(series: Iterable[Series], as_of: date | None, reckoning: Reckoning) -> tuple[Period, ...]:
    """The quarter first; none before the first has ended with a target in it."""
    ends = [
        row.period_end
        for one in series
        for row in one.rows
        if row.target_value is not None and row.is_complete and (as_of is None or row.period_end <= as_of)
    ]
    starts = [row.period_start for one in series for row in one.rows if row.target_value is not None]
    return tuple(_finished(min(starts), max(ends), reckoning)) if ends else ()


def _finished(first: date, last: date, reckoning: Reckoning) -> Iterator[Period]:
    for grain in (Grain.QUARTER, Grain.MONTH):
        period = Period.holding(last, grain, reckoning)
        if period.end > last:
            period = Period.holding(period.start - _DAY, grain, reckoning)
        if period.end >= first:
            yield period
