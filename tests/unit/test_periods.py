"""Periods as they are written, and the days they cover."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiledger.periods import Period, add_months, periods_between
from kpiledger.vocabulary import Grain

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
GRAINS = st.sampled_from(Grain)


@pytest.mark.parametrize(
    ("written", "first", "last", "grain"),
    [
        ("2016-08-14", date(2016, 8, 14), date(2016, 8, 14), Grain.DAY),
        ("2016-W33", date(2016, 8, 15), date(2016, 8, 21), Grain.WEEK),
        ("2015-W53", date(2015, 12, 28), date(2016, 1, 3), Grain.WEEK),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29), Grain.MONTH),
        ("2016-12", date(2016, 12, 1), date(2016, 12, 31), Grain.MONTH),
        ("2016-Q3", date(2016, 7, 1), date(2016, 9, 30), Grain.QUARTER),
        ("2016", date(2016, 1, 1), date(2016, 12, 31), Grain.YEAR),
    ],
)
def test_a_written_period_covers_its_days(written: str, first: date, last: date, grain: Grain) -> None:
    period = Period.parse(written)
    assert (period.start, period.end, period.grain) == (first, last, grain)
    assert str(period) == written


@pytest.mark.parametrize(
    "written",
    ["2016-13", "2016-00", "2016-W54", "2015-W00", "2016-Q5", "2016-02-30", "2016-8", "16-08", "", "2016-08 ", "٢٠١٦"],
)
def test_what_is_no_period_is_refused_with_the_forms_there_are(written: str) -> None:
    with pytest.raises(ValueError, match="is no period; write 2016-08-14, 2016-W33, 2016-08, 2016-Q3 or 2016"):
        Period.parse(written)


@given(DAYS, GRAINS)
def test_the_period_that_holds_a_day_covers_it_and_reads_back(day: date, grain: Grain) -> None:
    period = Period.holding(day, grain)
    assert period.start <= day <= period.end
    assert Period.parse(str(period)) == period


@given(st.integers(min_value=1991, max_value=2099), GRAINS)
def test_the_periods_of_a_grain_tile_the_years_without_gap_or_overlap(year: int, grain: Grain) -> None:
    periods = list(periods_between(date(year, 1, 1), date(year + 1, 12, 31), grain))
    days = [period.start + timedelta(days=n) for period in periods for n in range((period.end - period.start).days + 1)]
    assert days == [periods[0].start + timedelta(days=n) for n in range(len(days))]
    assert (periods[0].start - date(year, 1, 1)).days < 7
    assert periods[-1].end >= date(year + 1, 12, 31)


@given(DAYS, DAYS, GRAINS)
def test_periods_between_two_days_are_those_that_begin_there(first: date, last: date, grain: Grain) -> None:
    last = min(last, first + timedelta(days=800))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    starts = [day for day in days if Period.holding(day, grain).start == day]
    assert [period.start for period in periods_between(first, last, grain)] == starts


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2016, 1, 31), 1, date(2016, 2, 29)),
        (date(2015, 1, 31), 1, date(2015, 2, 28)),
        (date(2016, 2, 29), 12, date(2017, 2, 28)),
        (date(2016, 3, 31), -1, date(2016, 2, 29)),
        (date(2016, 1, 15), -1, date(2015, 12, 15)),
        (date(2016, 11, 30), 1, date(2016, 12, 30)),
        (date(2016, 12, 31), 0, date(2016, 12, 31)),
    ],
)
def test_adding_months_keeps_the_day_or_takes_the_months_last(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected
