"""What will the year and the quarter be, for each period of each series that somebody is held to?

Projected from months, or from quarters where a KPI has no months, of the version in force in the period. A period that
runs is seen from the last one that ended. A month without a value ends what is learned from: after it, all begins anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kpiledger.laid_statistics.bases import MONTHS, Base, base_of, starts
from kpiledger.laid_statistics.columns import ProjectionState
from kpiledger.laid_statistics.reading import Cut, PeriodDays, Warehouse
from kpiledger.laid_statistics.telling import Key, Told, told_of
from kpiledger.periods import Period, Reckoning
from kpiledger.scales import YearIs
from kpiledger.statistics import Projection, rounded
from kpiledger.vocabulary import Grain

Row = tuple[object, ...]
_Numbers = tuple[Decimal | None, Decimal | None, Decimal | None]


class _Seen(NamedTuple):
    """A base, what is told of it, and where its stretches without a gap begin."""

    base: Base
    told: Told
    starts: Sequence[int]


def projection_rows(warehouse: Warehouse, reckoning: Reckoning) -> Iterator[Row]:
    """The rows of `recorded.kpi_projection`."""
    grains: dict[Cut, set[Grain]] = defaultdict(set)
    for held in warehouse.held:
        if held.grain in MONTHS:
            grains[held.cut].add(held.grain)
    bases = {
        (cut, version.version, span): base
        for cut in grains
        for version in warehouse.versions.get(cut.kpi, ())
        for span in (Grain.YEAR, Grain.QUARTER)
        if (base := base_of(warehouse, cut, version, span)) is not None
    }
    told = told_of(bases, reckoning)
    for cut, version, span in bases:
        if span is Grain.YEAR:
            year, quarter = (_seen(bases, told, (cut, version, one)) for one in (Grain.YEAR, Grain.QUARTER))
            for grain in sorted(grains[cut]):
                yield from _rows(warehouse, cut, grain, year, quarter, reckoning)


def _seen(bases: Mapping[Key, Base], told: Mapping[Key, Told], key: Key) -> _Seen:
    return _Seen(bases[key], told[key], starts(bases[key]))


def _rows(
    warehouse: Warehouse, cut: Cut, grain: Grain, of_year: _Seen, of_quarter: _Seen, reckoning: Reckoning
) -> Iterator[Row]:
    base = of_year.base
    version, ends = base.version, [period.end for period in base.periods]
    for period in warehouse.periods.get(grain, ()):
        if period.start < version.valid_from or period.start > (version.valid_to or period.start):
            continue
        known = bisect_right(ends, period.end)
        if not known:
            continue
        year, quarter = _first_day(period, Grain.YEAR, reckoning), _first_day(period, Grain.QUARTER, reckoning)
        state, projection = _state(base), _told(of_year, known, year)
        if state is ProjectionState.PROJECTED and projection is None:
            state = _why_not(of_year, known)
        ahead = None if grain is Grain.YEAR else _told(of_quarter, known, quarter)
        left = _left(period, grain, reckoning)
        passed = _passed(base, known, year, grain, projection, period)
        numbers = _numbers(projection)
        yield *cut, grain.value, period.start, *numbers, state.value, left, *passed, *_numbers(ahead)


def _state(base: Base) -> ProjectionState:
    """Whether the year of a base can be projected at all."""
    if base.year_is is None:
        return ProjectionState.NOT_SUMMABLE
    return ProjectionState.PROJECTED if base.is_told_to_date else ProjectionState.NO_YEAR_TO_DATE


def _told(seen: _Seen, known: int, first_day: date) -> Projection | None:
    """What was told of the span that begins on a day, when so many periods were known."""
    start = seen.starts[known - 1]
    is_new = seen.base.periods[known - 1].start < first_day
    place = (known if is_new else known - 1) - start
    run = seen.told.get(start, ())
    return run[place] if seen.base.numbers[known - 1] is not None and place < len(run) else None


def _why_not(seen: _Seen, known: int) -> ProjectionState:
    has_gap = seen.base.numbers[known - 1] is None or seen.starts[known - 1] > 0
    return ProjectionState.HAS_GAPS if has_gap else ProjectionState.TOO_SHORT


def _numbers(projection: Projection | None) -> _Numbers:
    return (projection.value, projection.low, projection.high) if projection else (None, None, None)


def _passed(
    base: Base, known: int, year: date, grain: Grain, projection: Projection | None, period: PeriodDays
) -> tuple[Decimal | None, Decimal | None]:
    """What the year is to date, of periods that ended; of a ratio both sides over the denominator that is to come."""
    is_ratio = base.year_is is YearIs.RATIO
    until = period.end if period.is_complete else _day_before(period)
    places = [
        place
        for place in range(known)
        if base.periods[place].start >= year and (is_ratio or base.periods[place].end <= until)
    ]
    above = _sum(base.numbers, places)
    if not is_ratio:
        return (above if base.year_is is YearIs.SUM else None), None
    if projection is None or not projection.rest_weight or above is None:
        return None, None
    below = _sum(base.below, places) or Decimal(0)
    return rounded(float(above) / projection.rest_weight), rounded(float(below) / projection.rest_weight)


def _sum(numbers: Sequence[Decimal | None], places: Iterable[int]) -> Decimal | None:
    """What some of the periods are together; None where one of them is a gap."""
    found = [numbers[place] for place in places]
    return None if None in found else sum((number for number in found if number is not None), Decimal(0))


def _left(period: PeriodDays, grain: Grain, reckoning: Reckoning) -> int | None:
    """How many periods of the grain are left of the year; a year has none beside itself."""
    if grain is Grain.YEAR:
        return None
    place = (period.start.month - reckoning.first_month) % 12 // MONTHS[grain]
    return 12 // MONTHS[grain] - place - (1 if period.is_complete else 0)


def _day_before(period: PeriodDays) -> date:
    return date.fromordinal(period.start.toordinal() - 1)


def _first_day(period: PeriodDays, span: Grain, reckoning: Reckoning) -> date:
    """The first day of the year or quarter that a period begins in."""
    return Period.holding(period.start, span, reckoning).start
