"""What differs between DuckDB, PostgreSQL and Spark: every piece is read by sqlglot, and run on DuckDB."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from kpiledger.compiling.calendar_models import day_model, period_model, span_model
from kpiledger.compiling.dialects import (
    Dialect,
    as_text,
    each_day,
    first_of,
    local_day,
    minus,
    padded,
    percentile,
    plus,
    plus_days_between,
    type_name,
)
from kpiledger.periods import Period
from kpiledger.specs.calendar import Calendar
from kpiledger.stretches import NO_LENGTH, ONE_YEAR, Length, Stretch
from kpiledger.vocabulary import Grain

COPENHAGEN, UTC = "Europe/Copenhagen", "UTC"
LEAP_DAY = "date '2016-02-29'"
# A second before the year ends in UTC it has ended in Copenhagen, and in New York it has not.
NEW_YEAR = "timestamp '2017-12-31 23:59:59'"


def calendar(**more: object) -> Calendar:
    return Calendar.model_validate({"starts_on": date(2014, 1, 1), "zone": COPENHAGEN, **more})


def pieces(dialect: Dialect) -> dict[str, str]:
    """A piece of SQL from every function, by its name."""
    fiscal = calendar(week_starts="sunday", fiscal_year_starts="july")
    return {
        "as_text": as_text("1", dialect),
        "padded": padded("1", 2, dialect),
        "plus": plus(LEAP_DAY, Length(12, 1), dialect),
        "minus": minus(LEAP_DAY, Length(12), dialect),
        "plus_days_between": plus_days_between(LEAP_DAY, "date '2016-01-01'", "date '2016-01-03'", dialect),
        **{f"first of {grain}": first_of(grain, LEAP_DAY, dialect, fiscal) for grain in Grain},
        "local day": local_day(NEW_YEAR, "timestamp", UTC, COPENHAGEN, dialect),
        "local day of an instant": local_day(NEW_YEAR, "timestamp with time zone", UTC, COPENHAGEN, dialect),
        "percentile": percentile(0.5, "1", dialect),
        **{kind: f"cast(null as {type_name(kind, dialect)})" for kind in ("text", "double", "bigint", "date")},
    }


def run(sql: str) -> object:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'America/New_York'")
        found = connection.execute(f"select {sql}").fetchone()
    return found[0] if found else None


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("piece", pieces(Dialect.DUCKDB))
def test_every_piece_is_sql_of_its_dialect_in_lower_case(piece: str, dialect: Dialect) -> None:
    text = pieces(dialect)[piece]
    sqlglot.parse_one(f"select {text}", dialect=dialect)
    without_zones = text.replace(COPENHAGEN, "").replace(UTC, "")
    assert without_zones == without_zones.lower()


@pytest.mark.parametrize("dialect", Dialect)
def test_the_calendar_models_are_sql_of_every_dialect(dialect: Dialect) -> None:
    spans = ("rolling_12", "rolling_7_days", "month_to_date")
    stretches = [Stretch(span, earlier) for span in spans for earlier in (NO_LENGTH, ONE_YEAR)]
    fiscal = calendar(week_starts="saturday", fiscal_year_starts="april")
    models = [
        day_model(fiscal, stretches, dialect),
        period_model(fiscal, Grain, dialect),
        span_model(fiscal, Grain, stretches, dialect),
    ]
    for model in models:
        sqlglot.parse_one(model.replace("{{ ref('", "").replace("') }}", ""), dialect=dialect)


@given(
    st.dates(date(1990, 1, 1), date(2040, 12, 31)),
    st.integers(1, 12),
    st.sampled_from(["monday", "sunday", "saturday"]),
    st.sampled_from(Grain),
)
def test_the_first_day_of_a_period_is_the_one_of_the_calendar(day: date, month: int, week: str, grain: Grain) -> None:
    names = "january february march april may june july august september october november december".split()
    given_calendar = calendar(fiscal_year_starts=names[month - 1], week_starts=week)
    found = run(first_of(grain, f"date '{day}'", Dialect.DUCKDB, given_calendar))
    assert found == Period.holding(day, grain, given_calendar.reckoning).start


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (minus(LEAP_DAY, Length(12), Dialect.DUCKDB), date(2015, 2, 28)),
        (plus(LEAP_DAY, Length(12), Dialect.DUCKDB), date(2017, 2, 28)),
        (minus("date '2016-03-31'", Length(1), Dialect.DUCKDB), date(2016, 2, 29)),
        (minus("date '2016-03-31'", Length(1, 1), Dialect.DUCKDB), date(2016, 2, 28)),
        (plus(LEAP_DAY, NO_LENGTH, Dialect.DUCKDB), date(2016, 2, 29)),
        (plus_days_between(LEAP_DAY, "date '2016-01-01'", "date '2016-01-03'", Dialect.DUCKDB), date(2016, 3, 2)),
        (padded("7", 2, Dialect.DUCKDB), "07"),
        (percentile(0.5, "1.25", Dialect.DUCKDB), 1.25),
    ],
)
def test_arithmetic_keeps_to_the_ends_of_months(sql: str, expected: object) -> None:
    assert run(sql) == expected


@pytest.mark.parametrize(
    ("column", "data_type", "from_zone", "to_zone", "expected"),
    [
        (NEW_YEAR, "timestamp", UTC, COPENHAGEN, date(2018, 1, 1)),
        (NEW_YEAR, "TIMESTAMP WITHOUT TIME ZONE", UTC, COPENHAGEN, date(2018, 1, 1)),
        (NEW_YEAR, "timestamp", UTC, "America/New_York", date(2017, 12, 31)),
        (NEW_YEAR, "timestamp", UTC, UTC, date(2017, 12, 31)),
        (NEW_YEAR, "timestamp", COPENHAGEN, COPENHAGEN, date(2017, 12, 31)),
        ("timestamptz '2017-12-31 23:59:59+00'", "timestamptz", UTC, COPENHAGEN, date(2018, 1, 1)),
        ("timestamptz '2017-12-31 23:59:59+00'", "timestamp(6) with time zone", UTC, UTC, date(2017, 12, 31)),
        ("date '2017-12-31'", "date", UTC, COPENHAGEN, date(2017, 12, 31)),
        ("date '2017-12-31'", "", UTC, COPENHAGEN, date(2017, 12, 31)),
        ("timestamp '2017-07-01 00:30:00'", "timestamp", COPENHAGEN, UTC, date(2017, 6, 30)),
    ],
)
def test_a_moment_falls_on_the_day_of_the_calendars_zone(
    column: str, data_type: str, from_zone: str, to_zone: str, expected: date
) -> None:
    assert run(local_day(column, data_type, from_zone, to_zone, Dialect.DUCKDB)) == expected


def test_a_percentile_is_not_rounded_to_the_scale_of_the_column() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table amounts as select unnest([1.5, 2.0])::decimal(10, 2) as amount")
        found = connection.execute(f"select {percentile(0.3, 'amount', Dialect.DUCKDB)} from amounts").fetchone()
    assert found == (1.65,)


def test_each_day_between_two_dates_stands_once() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table held as select date '2016-02-27' as first_day, date '2016-03-01' as last_day")
        source = each_day("held", "held.first_day", "held.last_day", Dialect.DUCKDB)
        found = connection.execute(f"select cast(series.day as date) {source} order by 1").fetchall()
    assert [day for (day,) in found] == [date(2016, 2, 27) + timedelta(days=n) for n in range(4)]
