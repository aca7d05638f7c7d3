"""Days, periods and intervals as DuckDB and PostgreSQL compute them, against counting on the fingers.

The oracle walks from day to day with `datetime` alone and shares no arithmetic with the compiled SQL.
"""

from __future__ import annotations

import calendar as months_of
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import duckdb
import pytest
import small_company
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiledger.compiling.calendar_models import as_of_model, day_model, period_model, span_model
from kpiledger.compiling.dialects import Dialect
from kpiledger.periods import Period
from kpiledger.specs.calendar import Calendar, Month
from kpiledger.stretches import NO_LENGTH, ONE_YEAR, Length, Stretch
from kpiledger.vocabulary import Grain
from tests.postgres import needs_postgres, postgres_server

DAY = timedelta(days=1)
REF = re.compile(r"\{\{ ref\('(\w+)'\) \}\}")
FIRST_WEEKDAY = {"monday": 0, "saturday": 5, "sunday": 6}
Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
Execute = Callable[[str], list[Row]]

SPANS = (
    "period", "week_to_date", "month_to_date", "quarter_to_date", "year_to_date",
    "rolling_1", "rolling_3", "rolling_12", "rolling_7_days", "rolling_28_days", "rolling_4_weeks",
)  # fmt: skip
EARLIER = tuple(
    Length(months, days)
    for months, days in ((1, 0), (3, 0), (12, 0), (24, 0), (0, 1), (0, 7), (0, 364), (1, 1), (12, 7))
)
MANY = tuple(Stretch(span, earlier) for span in SPANS for earlier in (NO_LENGTH, *EARLIER))


@dataclass(frozen=True)
class Case:
    """A calendar, and the day it is as of."""

    starts_on: date
    as_of: date
    fiscal: int = 1
    week_starts: str = "monday"
    named_by: str = "end"

    @property
    def calendar(self) -> Calendar:
        return Calendar.model_validate({
            "starts_on": self.starts_on, "zone": "Europe/Copenhagen", "week_starts": self.week_starts,
            "fiscal_year_starts": list(Month)[self.fiscal - 1], "fiscal_year_named_by": self.named_by,
        })  # fmt: skip


# -- counting on the fingers


def begins(day: date, grain: Grain, case: Case) -> bool:
    match grain:
        case Grain.DAY:
            return True
        case Grain.WEEK:
            return day.weekday() == FIRST_WEEKDAY[case.week_starts]
        case Grain.MONTH:
            return day.day == 1
        case Grain.QUARTER:
            return day.day == 1 and (day.month - case.fiscal) % 3 == 0
    return day.day == 1 and day.month == case.fiscal


@cache
def first(day: date, grain: Grain, case: Case) -> date:
    while not begins(day, grain, case):
        day -= DAY
    return day


@cache
def last(day: date, grain: Grain, case: Case) -> date:
    while not begins(day + DAY, grain, case):
        day += DAY
    return day


def months_before(day: date, months: int) -> date:
    for _ in range(months):
        year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
        day = date(year, month, 1)
    return day


def clamped(day: date, months: int) -> date:
    first_day = months_before(day, months)
    return first_day.replace(day=min(day.day, months_of.monthrange(first_day.year, first_day.month)[1]))


def weeks_of(year: int, case: Case) -> list[date]:
    """The first days of the weeks whose fourth day is in a year."""
    days = (date(year, 1, 1) + DAY * n for n in range(-6, 366))
    return [day for day in days if begins(day, Grain.WEEK, case) and (day + 3 * DAY).year == year]


def earlier_start(start: date, grain: Grain, length: Length, case: Case) -> date | None:
    """The first day of the earlier period; None where the length does not fit."""
    if grain is Grain.DAY:
        return clamped(start, length.months) - DAY * length.days
    if grain is Grain.WEEK:
        if length.months % 12 or length.days % 7:
            return None
        year = (start + 3 * DAY).year
        number = weeks_of(year, case).index(start)
        then = weeks_of(year - length.months // 12, case)
        return then[number] - DAY * length.days if number < len(then) else None
    moved = months_before(start, length.months)
    return moved if begins(moved, grain, case) and not length.days else None


def span_start(stretch: Stretch, grain: Grain, start: date, end: date, covered_to: date, case: Case) -> date:
    if stretch.rolling and stretch.rolling.months:
        return clamped(end + DAY, stretch.rolling.months)
    if stretch.rolling:
        return end - DAY * (stretch.rolling.days - 1)
    if stretch.to_date is None:
        return start
    if grain is Grain.WEEK and stretch.to_date is not Grain.WEEK:
        held_in = first(start + 3 * DAY, stretch.to_date, case)
        while first(start - 4 * DAY, stretch.to_date, case) == held_in:
            start -= 7 * DAY
        return start
    return first(covered_to, stretch.to_date, case)


def label(start: date, grain: Grain, case: Case) -> str:
    if grain is Grain.WEEK:
        year = (start + 3 * DAY).year
        return f"{year}-W{weeks_of(year, case).index(start) + 1:02d}"
    if grain in (Grain.DAY, Grain.MONTH):
        return start.isoformat()[: 10 if grain is Grain.DAY else 7]
    year_start = first(start, Grain.YEAR, case)
    year = (last(start, Grain.YEAR, case) if case.named_by == "end" else year_start).year
    mark = "FY" if case.fiscal > 1 else ""
    quarter = 1
    while year_start < start:
        year_start = last(year_start, Grain.QUARTER, case) + DAY
        quarter += 1
    return f"{mark}{year}" + (f"-Q{quarter}" if grain is Grain.QUARTER else "")


def periods(grain: Grain, case: Case) -> Iterator[tuple[date, date]]:
    start = first(case.starts_on, grain, case)
    while start <= case.as_of:
        end = last(start, grain, case)
        yield start, end
        start = end + DAY


def expected_periods(case: Case, grains: Sequence[Grain]) -> list[Row]:
    return sorted(
        (grain.value, label(start, grain, case), start, end, end + DAY, end <= case.as_of)
        for grain in grains
        for start, end in periods(grain, case)
    )


def expected_spans(case: Case, grains: Sequence[Grain], stretches: Sequence[Stretch]) -> list[Row]:
    found = []
    for grain in grains:
        for start, end in periods(grain, case):
            for stretch in stretches:
                days = interval(stretch, grain, start, end, case)
                if days and case.starts_on <= days[0] <= days[1]:
                    found.append((grain.value, start, end, end <= case.as_of, stretch.name, *days))
    return sorted(found)


def interval(stretch: Stretch, grain: Grain, start: date, end: date, case: Case) -> tuple[date, date] | None:
    covered_to = min(end, case.as_of)
    if stretch.earlier:
        then = earlier_start(start, grain, stretch.earlier, case)
        if then is None:
            return None
        then_end = last(then, grain, case)
        if end <= case.as_of:
            covered_to = then_end
        elif grain is Grain.WEEK:
            covered_to = then + (case.as_of - start)
        else:
            covered_to = clamped(case.as_of, stretch.earlier.months)
        start, end = then, then_end
    return span_start(stretch, grain, start, end, covered_to, case), covered_to


# -- what the warehouses say


def computed(
    execute: Callable[[str], list[Row]],
    dialect: Dialect,
    case: Case,
    grains: Sequence[Grain],
    stretches: Sequence[Stretch],
) -> Rows:
    """The rows of `dim_day`, `dim_period` and `dim_span`."""
    models = {
        "as_of": f"select date '{case.as_of}' as as_of_on",
        "dim_day": day_model(case.calendar, stretches, dialect),
        "dim_period": period_model(case.calendar, grains, dialect),
        "dim_span": span_model(case.calendar, grains, stretches, dialect),
    }
    rows = {}
    for name, sql in models.items():
        execute(f"drop table if exists {name}")
        execute(f"create table {name} as " + REF.sub(r"\1", sql))
        rows[name] = sorted(execute(f"select * from {name}"))
    return rows


@pytest.fixture(scope="module")
def in_duckdb() -> Iterator[Execute]:
    with duckdb.connect() as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def in_postgres() -> Iterator[Execute]:
    with postgres_server() as server, server.engine.connect() as connection:

        def execute(sql: str) -> list[Row]:
            found = connection.exec_driver_sql(sql)
            return [tuple(row) for row in found] if found.returns_rows else []

        yield execute


AS_OF = st.one_of(
    st.dates(date(1999, 1, 1), date(2032, 12, 31)),
    st.sampled_from([date(2016, 2, 29), date(2017, 2, 28), date(2015, 12, 31), date(2016, 1, 3), date(2020, 12, 31)]),
)
CASES = st.builds(
    lambda as_of, before, fiscal, week, named: Case(as_of - DAY * before, as_of, fiscal, week, named),
    AS_OF,
    st.integers(0, 1200),
    st.integers(1, 12),
    st.sampled_from(sorted(FIRST_WEEKDAY)),
    st.sampled_from(["end", "start"]),
)
GRAINS = tuple(Grain)
some_cases = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@some_cases
@given(CASES)
def test_the_periods_of_every_grain_are_those_counted_on_the_fingers(in_duckdb: Execute, case: Case) -> None:
    assert computed(in_duckdb, Dialect.DUCKDB, case, GRAINS, [])["dim_period"] == expected_periods(case, GRAINS)


@some_cases
@given(CASES)
def test_the_periods_of_a_grain_tile_the_calendar_without_gap_or_overlap(in_duckdb: Execute, case: Case) -> None:
    rows = computed(in_duckdb, Dialect.DUCKDB, case, GRAINS, [])["dim_period"]
    for grain in GRAINS:
        found = sorted((start, end, after) for of, _, start, end, after, _ in rows if of == grain)
        assert found[0][0] <= case.starts_on <= found[0][1]
        assert found[-1][0] <= case.as_of <= found[-1][1]
        assert all(end + DAY == after for _, end, after in found)
        assert [after for _, _, after in found[:-1]] == [start for start, _, _ in found[1:]]
    assert len({(grain, period) for grain, period, *_ in rows}) == len(rows)


@some_cases
@given(CASES)
def test_the_periods_of_targets_are_those_of_the_warehouse(in_duckdb: Execute, case: Case) -> None:
    reckoning = case.calendar.reckoning
    for grain, label, start, end, after, _ in computed(in_duckdb, Dialect.DUCKDB, case, GRAINS, [])["dim_period"]:
        period = Period.parse(label, reckoning)
        assert (period.grain, period.start, period.end, period.following().start) == (grain, start, end, after)
        assert str(Period.holding(end, Grain(grain), reckoning)) == label


@some_cases
@given(CASES, st.sets(st.sampled_from(MANY), max_size=12), st.sets(st.sampled_from(GRAINS)))
def test_the_interval_of_every_stretch_is_the_one_counted_on_the_fingers(
    in_duckdb: Execute, case: Case, stretches: set[Stretch], asked: set[Grain]
) -> None:
    always = {Stretch(span, earlier) for span in ("period", "year_to_date") for earlier in (NO_LENGTH, ONE_YEAR)}
    grains = [grain for grain in Grain if grain in asked | {Grain.MONTH, Grain.QUARTER, Grain.YEAR}]
    found = computed(in_duckdb, Dialect.DUCKDB, case, sorted(asked), sorted(stretches))["dim_span"]
    assert found == expected_spans(case, grains, sorted(stretches | always))


@some_cases
@given(CASES, st.sets(st.sampled_from([one for one in MANY if not one.earlier.days]), max_size=12))
def test_an_interval_of_months_is_a_union_of_whole_tiles(
    in_duckdb: Execute, case: Case, stretches: set[Stretch]
) -> None:
    rows = computed(in_duckdb, Dialect.DUCKDB, case, [], sorted(stretches))
    by_month = [row for row in rows["dim_span"] if "days" not in row[4] and "week" not in row[4]]
    assert by_month or case.as_of - case.starts_on < 31 * DAY
    tile_of = {day: tile for day, tile, *_ in rows["dim_day"]}
    days_of: dict[date, list[date]] = {}
    for day, tile in tile_of.items():
        days_of.setdefault(tile, []).append(day)
    for *_, start, end in by_month:
        for edge in (start, end):
            tile = days_of[tile_of[edge]]
            assert start <= tile[0], "a tile begins before the interval it is in"
            assert tile[-1] <= end, "a tile ends after the interval it is in"


@some_cases
@given(CASES)
def test_a_day_lies_in_the_periods_that_hold_it(in_duckdb: Execute, case: Case) -> None:
    rows = computed(in_duckdb, Dialect.DUCKDB, case, [], [])["dim_day"]
    assert [row[0] for row in rows] == [case.starts_on + DAY * n for n in range((case.as_of - case.starts_on).days + 1)]
    for day, _, *starts in rows:
        assert starts == [first(day, grain, case) for grain in (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)]


def _interval(rows: Rows, grain: str, start: date, span: str) -> list[tuple[date, date]]:
    return [(row[5], row[6]) for row in rows["dim_span"] if (row[0], row[1], row[4]) == (grain, start, span)]


def test_on_29_february_an_unfinished_period_is_compared_up_to_28_february(in_duckdb: Execute) -> None:
    rows = computed(in_duckdb, Dialect.DUCKDB, Case(date(2014, 1, 1), date(2016, 2, 29)), [], [])
    assert _interval(rows, "quarter", date(2016, 1, 1), "period_last_year") == [(date(2015, 1, 1), date(2015, 2, 28))]
    assert _interval(rows, "month", date(2016, 2, 1), "period_last_year") == [(date(2015, 2, 1), date(2015, 2, 28))]


def test_a_finished_february_is_compared_with_all_days_of_a_leap_one(in_duckdb: Execute) -> None:
    rows = computed(in_duckdb, Dialect.DUCKDB, Case(date(2014, 1, 1), date(2017, 2, 28)), [], [])
    assert _interval(rows, "month", date(2017, 2, 1), "period_last_year") == [(date(2016, 2, 1), date(2016, 2, 29))]


def test_week_53_has_no_week_to_be_compared_with_and_the_week_after_has(in_duckdb: Execute) -> None:
    rows = computed(in_duckdb, Dialect.DUCKDB, Case(date(2013, 1, 1), date(2016, 1, 13)), [Grain.WEEK], [])
    labels = {row[1]: row[2] for row in rows["dim_period"] if row[0] == "week"}
    assert labels["2015-W53"] == date(2015, 12, 28)
    assert _interval(rows, "week", labels["2015-W53"], "period_last_year") == []
    assert _interval(rows, "week", labels["2016-W01"], "period_last_year") == [(date(2014, 12, 29), date(2015, 1, 4))]
    assert _interval(rows, "week", labels["2016-W02"], "period_last_year") == [(date(2015, 1, 5), date(2015, 1, 7))]
    assert _interval(rows, "week", labels["2015-W53"], "year_to_date") == [(date(2014, 12, 29), date(2016, 1, 3))]


@pytest.mark.parametrize(
    ("data_type", "zone", "expected"),
    [
        ("timestamp", "UTC", date(2018, 1, 1)),
        ("timestamp", "Europe/Copenhagen", date(2017, 12, 31)),
        ("timestamptz", "UTC", date(2018, 1, 1)),
        ("date", "UTC", date(2017, 12, 31)),
    ],
)
def test_a_moment_at_new_year_counts_in_the_year_of_the_calendars_zone(
    in_duckdb: Execute, data_type: str, zone: str, expected: date
) -> None:
    company = small_company.project()
    fact = company.facts["sale"].model_copy(update={"zone": zone})
    columns = {"fct_sale": {"sold_on": data_type}}
    sql = as_of_model(replace(company, facts={"sale": fact}, columns=columns))
    in_duckdb("set timezone = 'UTC'")
    in_duckdb(f"create or replace table fct_sale as select cast('2017-12-31 23:30:00' as {data_type}) as sold_on")
    in_duckdb("create or replace table run_context as select cast(null as date) as as_of_on")
    asked = REF.sub(r"\1", sql).replace("{{ source('recorded', 'run_context') }}", "run_context")
    assert in_duckdb(asked) == [(expected,)]


@pytest.mark.parametrize("fiscal", range(1, 13))
def test_the_year_to_date_begins_with_the_fiscal_year(in_duckdb: Execute, fiscal: int) -> None:
    rows = computed(in_duckdb, Dialect.DUCKDB, Case(date(2014, 1, 1), date(2017, 7, 19), fiscal), [], [])
    begun = date(2017 if fiscal <= 7 else 2016, fiscal, 1)
    assert _interval(rows, "month", date(2017, 7, 1), "year_to_date") == [(begun, date(2017, 7, 19))]
    before = (begun.replace(year=begun.year - 1), date(2016, 7, 19))
    assert _interval(rows, "month", date(2017, 7, 1), "year_to_date_last_year") == [before]
    assert (rows["dim_period"][-1][0], rows["dim_period"][-1][2]) == ("year", begun)


POSTGRES_CASES = (
    Case(date(2014, 1, 1), date(2016, 2, 29)),
    Case(date(2013, 5, 17), date(2016, 1, 13), 7, "sunday", "end"),
    Case(date(2014, 3, 1), date(2017, 2, 28), 4, "saturday", "start"),
)


@needs_postgres
@pytest.mark.parametrize("case", POSTGRES_CASES, ids=lambda case: str(case.as_of))
def test_postgres_computes_the_same_calendar_as_duckdb(in_duckdb: Execute, in_postgres: Execute, case: Case) -> None:
    found = computed(in_postgres, Dialect.POSTGRES, case, GRAINS, MANY)
    assert found == computed(in_duckdb, Dialect.DUCKDB, case, GRAINS, MANY)
