"""Periods as they are written, and the days they cover."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiledger.periods import COMMON, Period, PeriodName, Reckoning, add_months, periods_between
from kpiledger.vocabulary import Grain

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
GRAINS = st.sampled_from(Grain)
RECKONINGS = st.builds(Reckoning, st.integers(1, 12), st.integers(0, 6), st.booleans())
FROM_JULY = Reckoning(first_month=7)
FROM_JULY_BY_START = Reckoning(first_month=7, is_named_by_end=False)
FROM_SUNDAY = Reckoning(first_weekday=6)


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


@pytest.mark.parametrize(
    ("written", "first", "last", "reckoning"),
    [
        ("FY2016", date(2015, 7, 1), date(2016, 6, 30), FROM_JULY),
        ("FY2016-Q1", date(2015, 7, 1), date(2015, 9, 30), FROM_JULY),
        ("FY2016-Q3", date(2016, 1, 1), date(2016, 3, 31), FROM_JULY),
        ("FY2016", date(2016, 7, 1), date(2017, 6, 30), FROM_JULY_BY_START),
        ("FY2016-Q4", date(2017, 4, 1), date(2017, 6, 30), FROM_JULY_BY_START),
        ("FY2016-Q1", date(2015, 12, 1), date(2016, 2, 29), Reckoning(first_month=12)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29), FROM_JULY),
        ("2016-W33", date(2016, 8, 15), date(2016, 8, 21), FROM_JULY),
        ("2016-W33", date(2016, 8, 14), date(2016, 8, 20), FROM_SUNDAY),
        ("2014-W53", date(2014, 12, 28), date(2015, 1, 3), FROM_SUNDAY),
        ("2016-W01", date(2016, 1, 2), date(2016, 1, 8), Reckoning(first_weekday=5)),
    ],
)
def test_a_calendar_says_which_days_a_period_covers(
    written: str, first: date, last: date, reckoning: Reckoning
) -> None:
    period = Period.parse(written, reckoning)
    assert (period.start, period.end) == (first, last)
    assert str(period) == written
    assert PeriodName.parse(written).in_days(reckoning) == period


@pytest.mark.parametrize(
    ("written", "reckoning", "forms"),
    [
        ("2016-Q1", FROM_JULY, "FY2016-Q3 or FY2016"),
        ("2016", FROM_JULY, "FY2016-Q3 or FY2016"),
        ("FY2016-Q1", COMMON, "2016-Q3 or 2016"),
        ("2015-W53", FROM_SUNDAY, "2016-W33"),
    ],
)
def test_a_period_of_another_calendar_is_refused(written: str, reckoning: Reckoning, forms: str) -> None:
    assert str(PeriodName.parse(written)) == written
    with pytest.raises(ValueError, match=f"is no period; write .*{forms}"):
        PeriodName.parse(written).in_days(reckoning)


@pytest.mark.parametrize("written", ["FY2016-08", "FY2016-Q5", "2016-W54", "2016-W00", "2016-13", "FY16"])
def test_what_is_the_name_of_no_period_is_refused_without_a_calendar(written: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        PeriodName.parse(written)


@given(DAYS, GRAINS, RECKONINGS)
def test_the_period_that_holds_a_day_covers_it_and_reads_back(day: date, grain: Grain, reckoning: Reckoning) -> None:
    period = Period.holding(day, grain, reckoning)
    assert period.start <= day <= period.end
    assert Period.parse(str(period), reckoning) == period
    assert PeriodName.parse(str(period)).grain is grain


@given(st.integers(min_value=1991, max_value=2099), GRAINS, RECKONINGS)
def test_the_periods_of_a_grain_tile_the_years_without_gap_or_overlap(
    year: int, grain: Grain, reckoning: Reckoning
) -> None:
    first = Period.holding(date(year, 1, 1), Grain.YEAR, reckoning)
    periods = list(periods_between(first.start, first.following().end, grain, reckoning))
    days = [period.start + timedelta(days=n) for period in periods for n in range((period.end - period.start).days + 1)]
    assert days == [periods[0].start + timedelta(days=n) for n in range(len(days))]
    assert (periods[0].start - first.start).days < 7
    assert periods[-1].end >= first.following().end
    assert len({str(period) for period in periods}) == len(periods)


@given(DAYS, DAYS, GRAINS, RECKONINGS)
def test_periods_between_two_days_are_those_that_begin_there(
    first: date, last: date, grain: Grain, reckoning: Reckoning
) -> None:
    last = min(last, first + timedelta(days=800))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    starts = [day for day in days if Period.holding(day, grain, reckoning).start == day]
    assert [period.start for period in periods_between(first, last, grain, reckoning)] == starts


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
