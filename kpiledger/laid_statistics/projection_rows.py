"""What will the year be, for each period of each series that somebody is held to?

Projected from months, or from quarters where a KPI has no months, of the version in force in the period. A period that
runs is seen from the last one that ended.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kpiledger.laid_statistics.columns import ProjectionState
from kpiledger.laid_statistics.reading import Cut, DefinedVersion, PeriodDays, Warehouse
from kpiledger.periods import Reckoning
from kpiledger.statistics import Projection, projected, projected_ratios, rounded
from kpiledger.vocabulary import Grain

Row = tuple[object, ...]

_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


class _Base(NamedTuple):
    """What a projection is made from: periods that ended, their numbers up to the first gap, and that gap."""

    grain: Grain
    version: DefinedVersion
    periods: Sequence[PeriodDays]
    numerators: Sequence[Decimal]
    denominators: Sequence[Decimal] | None
    gap: date | None


def projection_rows(warehouse: Warehouse, reckoning: Reckoning) -> Iterator[Row]:
    """The rows of `recorded.kpi_projection`."""
    grains: dict[Cut, set[Grain]] = defaultdict(set)
    for held in warehouse.held:
        if held.grain in _MONTHS:
            grains[held.cut].add(held.grain)
    bases = {
        (cut, version.version): base
        for cut in grains
        for version in warehouse.versions.get(cut.kpi, ())
        if (base := _base(warehouse, cut, version)) is not None
    }
    projections = _projected(bases, reckoning)
    for key, base in bases.items():
        for grain in sorted(grains[key[0]]):
            yield from _rows(warehouse, key[0], grain, base, projections.get(key, ()), reckoning)


def _base(warehouse: Warehouse, cut: Cut, version: DefinedVersion) -> _Base | None:
    for grain in (Grain.MONTH, Grain.QUARTER):
        values = warehouse.values.get((cut, grain, version.version))
        if values:
            break
    else:
        return None
    first = min(values)
    periods = [one for one in warehouse.periods[grain] if one.start >= first and one.is_complete]
    above: list[Decimal] = []
    below: list[Decimal] = []
    for period in periods:
        found = values.get(period.start)
        if found is None and version.is_additive and cut.kpi in warehouse.zero_when_missing:
            above.append(Decimal(0))
            continue
        if found is None or (version.is_ratio and (found.denominator is None or found.denominator <= 0)):
            return _Base(grain, version, periods, above, below if version.is_ratio else None, period.start)
        above.append(found.value if not version.is_ratio else found.numerator or Decimal(0))
        below.append(found.denominator or Decimal(0))
    return _Base(grain, version, periods, above, below if version.is_ratio else None, None)


def _projected(
    bases: Mapping[tuple[Cut, int], _Base], reckoning: Reckoning
) -> dict[tuple[Cut, int], list[Projection | None]]:
    """The projections of all series; those of the same shape are computed together."""
    shapes: dict[tuple[bool, int, int, int], list[tuple[Cut, int]]] = defaultdict(list)
    for key, base in bases.items():
        if base.numerators and (base.version.is_additive or base.denominators is not None):
            length = 12 // _MONTHS[base.grain]
            place = _place(base.periods[0].start, base.grain, reckoning)
            shapes[base.denominators is not None, len(base.numerators), place, length].append(key)
    found: dict[tuple[Cut, int], list[Projection | None]] = {}
    for (is_ratio, _, place, length), keys in sorted(shapes.items()):
        above = [_floats(bases[key].numerators) for key in keys]
        if is_ratio:
            below = [_floats(bases[key].denominators or ()) for key in keys]
            told = projected_ratios(above, below, length, place)
        else:
            told = projected(above, length, place)
        found.update(zip(keys, told, strict=True))
    return found


def _rows(
    warehouse: Warehouse,
    cut: Cut,
    grain: Grain,
    base: _Base,
    projections: Sequence[Projection | None],
    reckoning: Reckoning,
) -> Iterator[Row]:
    version = base.version
    ends = [period.end for period in base.periods]
    for period in warehouse.periods.get(grain, ()):
        if period.start < version.valid_from or period.start > (version.valid_to or period.start):
            continue
        known = bisect_right(ends, period.end)
        if not known:
            continue
        state, projection = _seen(base, projections, known, _year(period.start, reckoning), reckoning)
        numbers = (projection.value, projection.low, projection.high) if projection else (None, None, None)
        left = _left(period, grain, reckoning)
        passed = _passed(base, known, _year(period.start, reckoning), grain, projection, period)
        yield *cut, grain.value, period.start, *numbers, state.value, left, *passed


def _seen(
    base: _Base, projections: Sequence[Projection | None], known: int, year: date, reckoning: Reckoning
) -> tuple[ProjectionState, Projection | None]:
    if not (base.version.is_additive or base.version.is_ratio):
        return ProjectionState.NOT_SUMMABLE, None
    if known > len(base.numerators):
        return ProjectionState.HAS_GAPS, None
    is_new_year = base.periods[known - 1].start < year
    place = known if is_new_year else known - 1
    found = projections[place] if place < len(projections) else None
    return (ProjectionState.PROJECTED, found) if found else (ProjectionState.TOO_SHORT, None)


def _passed(
    base: _Base, known: int, year: date, grain: Grain, projection: Projection | None, period: PeriodDays
) -> tuple[Decimal | None, Decimal | None]:
    """What the year is to date, of periods that ended; of a ratio both sides over the denominator that is to come."""
    until = period.end if period.is_complete else _day_before(period)
    places = [
        place
        for place in range(min(known, len(base.numerators)))
        if base.periods[place].start >= year and (base.denominators is not None or base.periods[place].end <= until)
    ]
    above = sum((base.numerators[place] for place in places), Decimal(0))
    if base.denominators is None:
        return (above if base.version.is_additive and known <= len(base.numerators) else None), None
    if projection is None or not projection.rest_weight:
        return None, None
    below = sum((base.denominators[place] for place in places), Decimal(0))
    return rounded(float(above) / projection.rest_weight), rounded(float(below) / projection.rest_weight)


def _left(period: PeriodDays, grain: Grain, reckoning: Reckoning) -> int | None:
    """How many periods of the grain are left of the year; a year has none beside itself."""
    if grain is Grain.YEAR:
        return None
    ended = _place(period.start, grain, reckoning) + (1 if period.is_complete else 0)
    return 12 // _MONTHS[grain] - ended


def _day_before(period: PeriodDays) -> date:
    return date.fromordinal(period.start.toordinal() - 1)


def _place(day: date, grain: Grain, reckoning: Reckoning) -> int:
    """Which period of its year begins on a day, from 0."""
    return (day.month - reckoning.first_month) % 12 // _MONTHS[grain]


def _year(day: date, reckoning: Reckoning) -> date:
    return reckoning.first_of_year(reckoning.year_of(day))


def _floats(numbers: Iterable[Decimal]) -> list[float]:
    return [float(number) for number in numbers]
