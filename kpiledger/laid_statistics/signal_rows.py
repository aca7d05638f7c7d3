"""What is signal and what is noise, for each complete period of each series that somebody is held to?

A new stretch begins with a new version of the KPI, and where an amendment of the holder's own agreement says that
figures before and after it are not to be held against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from kpiledger.laid_statistics.reading import Cut, Held, Warehouse
from kpiledger.statistics import Limits, process_limits, rounded, seasons_of, signals
from kpiledger.vocabulary import Grain

Row = tuple[object, ...]

# How many periods make a cycle whose seasons are known beforehand: months and quarters of a year, days of a week.
CYCLES = {Grain.MONTH: 12, Grain.QUARTER: 4, Grain.DAY: 7}


class _Series:
    """The values of one cut in the versions in force, period by period from the first value on."""

    def __init__(self, warehouse: Warehouse, cut: Cut, grain: Grain) -> None:
        self.starts: list[date] = []
        self.values: list[Decimal | None] = []
        self.new_versions: list[int] = []
        missing = Decimal(0) if cut.kpi in warehouse.zero_when_missing else None
        before, is_level = None, False
        for start, _, is_complete in warehouse.periods.get(grain, ()):
            version = warehouse.in_force(cut.kpi, start)
            if version is None or not is_complete:
                continue
            found = warehouse.values.get((cut, grain, version.version), {}).get(start)
            if found is None and not self.starts:
                continue
            if version.version != before:
                self.new_versions.append(len(self.starts))
                before = version.version
            is_level = is_level or version.is_level
            self.starts.append(start)
            self.values.append(found.value if found else missing)
        # A share of a whole ends at 1.
        self.most = 1.0 if cut.kpi in warehouse.shares else None
        # Sums and counts grow and shrink by shares; ratios and states by differences.
        self.seasons = seasons_of(self.values, CYCLES.get(grain, 1), is_multiplied=not is_level)
        self.plain = [
            None if value is None else self.seasons.removed(float(value), place)
            for place, value in enumerate(self.values)
        ]


def signal_rows(warehouse: Warehouse) -> Iterator[Row]:
    """The rows of `recorded.kpi_signal`: those whose stretch has enough values for limits."""
    known: dict[tuple[Cut, Grain], _Series] = {}
    for held in warehouse.held:
        key = held.cut, held.grain
        if key not in known:
            known[key] = _Series(warehouse, *key)
        yield from _rows(held, known[key], warehouse.changes.get(held, ()))


def _rows(held: Held, series: _Series, changed_on: Sequence[date]) -> Iterator[Row]:
    changes = {*series.new_versions, *(_first_from(series.starts, day) for day in changed_on)}
    limits = process_limits(series.plain, changes, series.seasons.widening, series.most)
    stretch = None
    for place, (signal, limit) in enumerate(zip(signals(series.plain, limits), limits, strict=True)):
        if place in changes or stretch is None:
            stretch = series.starts[place]
        if limit is not None:
            bounds = _in_season(limit, series, place)
            start = series.starts[place]
            yield held.holder, *held.cut, held.grain.value, start, signal and signal.value, *bounds, stretch


def _first_from(starts: Sequence[date], day: date) -> int:
    """The place of the first period that begins on a day or later."""
    return next((place for place, start in enumerate(starts) if start >= day), len(starts))


def _in_season(limit: Limits, series: _Series, place: int) -> tuple[Decimal, ...]:
    """Centre, lower and upper limit as they are in the season of a period; where numbers end, they end in any."""
    ends = (0, series.most)
    return tuple(
        one if bound and one in ends else rounded(series.seasons.added(float(one), place))
        for one, bound in ((limit.centre, False), (limit.lower, True), (limit.upper, True))
    )
