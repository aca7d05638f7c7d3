"""What will the year be, for each period of each series that somebody is held to?

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

from kpiledger.laid_statistics.columns import ProjectionState
from kpiledger.laid_statistics.reading import Cut, DefinedVersion, PeriodDays, Warehouse
from kpiledger.periods import Reckoning
from kpiledger.statistics import Projection, projected, projected_ratios, rounded
from kpiledger.statistics.seasons import LEAST_CYCLES
from kpiledger.vocabulary import Grain

Row = tuple[object, ...]

_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


class _Base(NamedTuple):
    """What a projection is made from: periods that ended, and their numbers, None where there is a gap."""

    grain: Grain
    version: DefinedVersion
    periods: Sequence[PeriodDays]
    numerators: Sequence[Decimal | None]
    denominators: Sequence[Decimal | None] | None
    is_share: bool


class _Run(NamedTuple):
    """A cut under a version, and a stretch of its periods without a gap."""

    cut: Cut
    version: int
    start: int
    end: int


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
            yield from _rows(warehouse, key[0], grain, base, projections[key], reckoning)


def _base(warehouse: Warehouse, cut: Cut, version: DefinedVersion) -> _Base | None:
    for grain in (Grain.MONTH, Grain.QUARTER):
        values = warehouse.values.get((cut, grain, version.version))
        if values:
            break
    else:
        return None
    first = min(values)
    periods = [one for one in warehouse.periods[grain] if one.start >= first and one.is_complete]
    above: list[Decimal | None] = []
    below: list[Decimal | None] = []
    for period in periods:
        found = values.get(period.start)
        if found is None and version.is_additive and cut.kpi in warehouse.zero_when_missing:
            above.append(Decimal(0))
        elif found is None or (version.is_ratio and (found.denominator is None or found.denominator <= 0)):
            above.append(None)
        else:
            above.append(found.value if not version.is_ratio else found.numerator or Decimal(0))
        below.append(found.denominator if found else None)
    return _Base(grain, version, periods, above, below if version.is_ratio else None, cut.kpi in warehouse.shares)


def _projected(
    bases: Mapping[tuple[Cut, int], _Base], reckoning: Reckoning
) -> dict[tuple[Cut, int], dict[int, Sequence[Projection | None]]]:
    """The projections of all series by where their runs begin; those of the same shape are computed together."""
    shapes: dict[tuple[bool, int, int, int], list[_Run]] = defaultdict(list)
    for key, base in bases.items():
        for run in _runs(key, base):
            length = 12 // _MONTHS[base.grain]
            place = _place(base.periods[run.start].start, base.grain, reckoning)
            shapes[base.denominators is not None, run.end - run.start, place, length].append(run)
    found: dict[tuple[Cut, int], dict[int, Sequence[Projection | None]]] = {key: {} for key in bases}
    for (is_ratio, _, place, length), runs in sorted(shapes.items()):
        held = [bases[run.cut, run.version] for run in runs]
        above = [_floats(base.numerators[run.start : run.end]) for base, run in zip(held, runs, strict=True)]
        if is_ratio:
            below = [
                _floats((base.denominators or ())[run.start : run.end]) for base, run in zip(held, runs, strict=True)
            ]
            told = projected_ratios(above, below, length, place, [base.is_share for base in held])
        else:
            told = projected(above, length, place)
        for run, projections in zip(runs, told, strict=True):
            found[run.cut, run.version][run.start] = projections
    return found


def _runs(key: tuple[Cut, int], base: _Base) -> Iterator[_Run]:
    """The stretches without a gap that are long enough to be projected."""
    if not (base.version.is_additive or base.version.is_ratio):
        return
    start = 0
    for place, number in enumerate([*base.numerators, None]):
        if number is None:
            if place - start >= LEAST_CYCLES * 12 // _MONTHS[base.grain]:
                yield _Run(*key, start, place)
            start = place + 1


def _rows(
    warehouse: Warehouse,
    cut: Cut,
    grain: Grain,
    base: _Base,
    projections: Mapping[int, Sequence[Projection | None]],
    reckoning: Reckoning,
) -> Iterator[Row]:
    version = base.version
    ends, starts = [period.end for period in base.periods], _starts(base)
    for period in warehouse.periods.get(grain, ()):
        if period.start < version.valid_from or period.start > (version.valid_to or period.start):
            continue
        known = bisect_right(ends, period.end)
        if not known:
            continue
        state, projection = _seen(base, projections, starts[known - 1], known, _year(period.start, reckoning))
        numbers = (projection.value, projection.low, projection.high) if projection else (None, None, None)
        left = _left(period, grain, reckoning)
        passed = _passed(base, known, _year(period.start, reckoning), grain, projection, period)
        yield *cut, grain.value, period.start, *numbers, state.value, left, *passed


def _seen(
    base: _Base,
    projections: Mapping[int, Sequence[Projection | None]],
    start: int,
    known: int,
    year: date,
) -> tuple[ProjectionState, Projection | None]:
    if not (base.version.is_additive or base.version.is_ratio):
        return ProjectionState.NOT_SUMMABLE, None
    if base.numerators[known - 1] is None:
        return ProjectionState.HAS_GAPS, None
    is_new_year = base.periods[known - 1].start < year
    place = (known if is_new_year else known - 1) - start
    run = projections.get(start, ())
    found = run[place] if place < len(run) else None
    if found:
        return ProjectionState.PROJECTED, found
    return (ProjectionState.HAS_GAPS if start else ProjectionState.TOO_SHORT), None


def _starts(base: _Base) -> list[int]:
    """For each period the place of the first one after the last gap before it."""
    starts, start = [], 0
    for place, number in enumerate(base.numerators):
        starts.append(start)
        start = place + 1 if number is None else start
    return starts


def _passed(
    base: _Base, known: int, year: date, grain: Grain, projection: Projection | None, period: PeriodDays
) -> tuple[Decimal | None, Decimal | None]:
    """What the year is to date, of periods that ended; of a ratio both sides over the denominator that is to come."""
    until = period.end if period.is_complete else _day_before(period)
    places = [
        place
        for place in range(known)
        if base.periods[place].start >= year and (base.denominators is not None or base.periods[place].end <= until)
    ]
    above = _sum(base.numerators, places)
    if base.denominators is None:
        return (above if base.version.is_additive else None), None
    if projection is None or not projection.rest_weight or above is None:
        return None, None
    below = _sum(base.denominators, places) or Decimal(0)
    return rounded(float(above) / projection.rest_weight), rounded(float(below) / projection.rest_weight)


def _sum(numbers: Sequence[Decimal | None], places: Iterable[int]) -> Decimal | None:
    """What some of the periods are together; None where one of them is a gap."""
    found = [numbers[place] for place in places]
    return None if None in found else sum((number for number in found if number is not None), Decimal(0))


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


def _floats(numbers: Iterable[Decimal | None]) -> list[float]:
    """The numbers of a run, which has no gap."""
    return [float(number) for number in numbers if number is not None]
