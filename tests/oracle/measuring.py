"""One measure over some days, for every member of every slice, by loops over the rows of its fact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.formula import Conversion, Input
from kpiledger.vocabulary import Aggregation
from tests.oracle.company import Company, Row
from tests.oracle.facts import FACTS
from tests.oracle.plain_calendar import Back
from tests.oracle.texts import EXPRESSIONS, Number, holds

Member = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Interval:
    """Some days, the first and the last among them."""

    first: date
    last: date

    def __contains__(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


def measured(
    company: Company, given: Input, interval: Interval, only: Collection[int] | None = None
) -> dict[Member, tuple[Number, ...]]:
    """The value of each member that has a row of the fact in these days; for an average its sum and its count.

    `only` leaves of the chosen rows those of some keys.
    """
    fact, measure = measure_of(given.measure)
    rows = list(_standing(company, fact, measure, interval))
    cells: dict[Member, tuple[Number, ...]] = {}
    for member in {member for row in rows for member in members(company, fact, row)}:
        mine = [row for row in rows if member in members(company, fact, row)]
        chosen = [row for row in mine if holds(measure.where, row) and holds(given.where, row)]
        if only is not None:
            chosen = [row for row in chosen if row[fact.key[0]] in only]
        cells[member] = aggregated(measure, [EXPRESSIONS[measure.expr](row) for row in chosen])
    return cells


def measure_of(name: str) -> tuple[Fact, Measure]:
    """The fact and the measure of a name."""
    return next((fact, fact.measures[name]) for fact in FACTS.values() if name in fact.measures)


def members(company: Company, fact: Fact, row: Row) -> Iterator[Member]:
    """The whole, and the member of each slice that a row counts for."""
    yield "all", "all"
    for name, dimension in fact.dimensions.items():
        found = company.segments.get(row["customer"]) if dimension.through else row[dimension.column]
        yield name, "(not set)" if found is None else str(found)


def aggregated(measure: Measure, values: Iterable[Any]) -> tuple[Number, ...]:
    """What an aggregation makes of values; nulls do not count."""
    known = [value for value in values if value is not None]
    if measure.agg is Aggregation.COUNT:
        return (Fraction(len(known)),)
    if measure.agg is Aggregation.COUNT_DISTINCT:
        return (Fraction(len(set(known))),)
    numbers = sorted(Fraction(value) for value in known)
    if measure.agg is Aggregation.AVERAGE:
        return (sum(numbers, Fraction(0)) if numbers else None, Fraction(len(numbers)))
    if not numbers:
        return (None,)
    match measure.agg:
        case Aggregation.MIN:
            return (numbers[0],)
        case Aggregation.MAX:
            return (numbers[-1],)
        case Aggregation.MEDIAN | Aggregation.PERCENTILE:
            return (_percentile(numbers, Fraction(measure.percentile or 0.5)),)
    return (sum(numbers, Fraction(0)),)


def converted_keys(company: Company, formula: Conversion) -> set[int]:
    """The keys of base events that an event of the same entity followed in time; it counts for the latest before it."""
    base_fact, base_measure = measure_of(formula.base.measure)
    fact, measure = measure_of(formula.converted.measure)
    base_time, time = base_measure.time or base_fact.time, measure.time or fact.time
    events = _events(company, base_fact, base_measure, formula.base, base_time)
    found: set[int] = set()
    for event in _events(company, fact, measure, formula.converted, time):
        before = [
            one
            for one in events
            if one[formula.entity] is not None
            and one[formula.entity] == event[formula.entity]
            and one[base_time] <= event[time]
        ]
        if before:
            latest = max(before, key=lambda one: (one[base_time], one[base_fact.key[0]]))
            if event[time] < _later(latest[base_time], formula):
                found.add(latest[base_fact.key[0]])
    return found


def _events(company: Company, fact: Fact, measure: Measure, given: Input, time: str) -> list[Row]:
    return [
        row
        for row in company.rows[fact.fact]
        if row[time] is not None
        and row[time] <= company.as_of
        and holds(measure.where, row)
        and holds(given.where, row)
        and EXPRESSIONS[measure.expr](row) is not None
    ]


def _later(day: date, formula: Conversion) -> date:
    return Back(-formula.window.months, -formula.window.days).from_day(day)


def _standing(company: Company, fact: Fact, measure: Measure, interval: Interval) -> Iterator[Row]:
    """The rows in the days; for `last` the last row of each key up to their end."""
    time = measure.time or fact.time
    if measure.agg is not Aggregation.LAST:
        yield from (row for row in company.rows[fact.fact] if row[time] in interval)
        return
    up_to = Interval(date.min, interval.last)
    rows = [row for row in company.rows[fact.fact] if row[time] in up_to]
    rows.sort(key=lambda row: (row[time], row[fact.key[0]]))
    yield from {tuple(row[name] for name in measure.over): row for row in rows}.values()


def _percentile(numbers: list[Fraction], fraction: Fraction) -> Fraction:
    """Between the two nearest of sorted numbers, as far as the fraction lies between their places."""
    place = fraction * (len(numbers) - 1)
    below = int(place)
    above = min(below + 1, len(numbers) - 1)
    return numbers[below] + (numbers[above] - numbers[below]) * (place - below)
