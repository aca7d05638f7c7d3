"""From which numbers is a year or a quarter projected, and where do they have gaps?

Months, or quarters where a KPI has no months, of one version of the KPI, from its first value to the last period that
ended. What cannot be made of periods is taken to date: distinct counts and medians.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpiledger.laid_statistics.reading import Cut, DefinedVersion, Measured, PeriodDays, Warehouse
from kpiledger.scales import YearIs
from kpiledger.statistics.seasons import LEAST_CYCLES
from kpiledger.vocabulary import Grain

MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
TO_DATE = {Grain.YEAR: "year_to_date", Grain.QUARTER: "quarter_to_date"}
_NEED_TO_DATE = (YearIs.COUNT, YearIs.MIDDLE)

Numbers = Sequence[Decimal | None]


@dataclass(frozen=True, slots=True)
class Base:
    """Periods that ended, and their numbers, None in all of them where there is a gap.

    `numbers` are values, of a ratio its numerators, of a distinct count those to date. `below` are the denominators of
    a ratio and the row counts of a median, `to_date` its values to date; neither means anything elsewhere.
    """

    grain: Grain
    span: Grain
    version: DefinedVersion
    is_share: bool
    periods: Sequence[PeriodDays]
    numbers: Numbers
    below: Numbers
    to_date: Numbers
    has_values_to_date: bool

    @property
    def year_is(self) -> YearIs | None:
        """What a year is of the periods."""
        return self.version.year_is

    @property
    def cycle(self) -> int:
        """How many periods make a year."""
        return 12 // MONTHS[self.grain]

    @property
    def span_length(self) -> int:
        """How many periods make what is projected."""
        return MONTHS[self.span] // MONTHS[self.grain]

    @property
    def is_told_to_date(self) -> bool:
        """Whether there is what the values of its span cannot be projected without."""
        return self.has_values_to_date or self.year_is not in _NEED_TO_DATE


def base_of(warehouse: Warehouse, cut: Cut, version: DefinedVersion, span: Grain) -> Base | None:
    """What the year or quarter of a cut is projected from; None where it has no values by month or quarter."""
    for grain in (Grain.MONTH, Grain.QUARTER):
        values = warehouse.values.get((cut, grain, version.version))
        if values:
            break
    else:
        return None
    first = min(values)
    periods = [one for one in warehouse.periods[grain] if one.start >= first and one.is_complete]
    to_date = _to_date(warehouse, cut, version, grain, span, values)
    missing = Decimal(0) if cut.kpi in warehouse.zero_when_missing else None
    found = [
        _NUMBERS[version.year_is](values.get(one.start), to_date.get(one.start), missing) if version.year_is else _GAP
        for one in periods
    ]
    numbers, below, known = ([one[place] for one in found] for place in range(3))
    is_share = cut.kpi in warehouse.shares
    return Base(grain, span, version, is_share, periods, numbers, below, known, bool(to_date))


def runs(base: Base) -> Iterator[tuple[int, int]]:
    """The stretches without a gap that are long enough to be projected: the first place, and that after the last."""
    start = 0
    for place, number in enumerate([*base.numbers, None]):
        if number is None:
            if place - start >= LEAST_CYCLES * base.cycle:
                yield start, place
            start = place + 1


def starts(base: Base) -> list[int]:
    """For each period the place of the first one after the last gap before it."""
    found, start = [], 0
    for place, number in enumerate(base.numbers):
        found.append(start)
        start = place + 1 if number is None else start
    return found


def _to_date(
    warehouse: Warehouse,
    cut: Cut,
    version: DefinedVersion,
    grain: Grain,
    span: Grain,
    values: Mapping[date, Measured],
) -> Mapping[date, Decimal]:
    """What the span is to date; a quarter of quarters is the quarter."""
    if grain is span:
        return {day: one.value for day, one in values.items()}
    return warehouse.to_date.get((cut, grain, version.version, TO_DATE[span]), {})


_Number = tuple[Decimal | None, Decimal | None, Decimal | None]
_GAP: _Number = (None, None, None)


def _of_sum(found: Measured | None, to_date: Decimal | None, missing: Decimal | None) -> _Number:
    return (found.value if found else missing), None, None


def _of_level(found: Measured | None, to_date: Decimal | None, missing: Decimal | None) -> _Number:
    return (found.value if found else None), None, None


def _of_count(found: Measured | None, to_date: Decimal | None, missing: Decimal | None) -> _Number:
    return (missing if to_date is None else to_date), None, None


def _of_ratio(found: Measured | None, to_date: Decimal | None, missing: Decimal | None) -> _Number:
    if found is None or found.denominator is None or found.denominator <= 0:
        return _GAP
    return found.numerator or Decimal(0), found.denominator, None


def _of_middle(found: Measured | None, to_date: Decimal | None, missing: Decimal | None) -> _Number:
    if found is None or not found.row_count or to_date is None:
        return _GAP
    return found.value, Decimal(found.row_count), to_date


_NUMBERS: Mapping[YearIs, Callable[[Measured | None, Decimal | None, Decimal | None], _Number]] = {
    YearIs.SUM: _of_sum,
    YearIs.RATIO: _of_ratio,
    YearIs.LEVEL: _of_level,
    YearIs.COUNT: _of_count,
    YearIs.MIDDLE: _of_middle,
}
