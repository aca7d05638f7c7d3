"""Values follow the calendar of the project: fiscal years, weeks, leap days, zones, and the day they are as of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tests.soundness.tiny import NO_ROW, SALE, computed, fact, figure, kpi, project, simple, value

EVERY = {"grains": ["day", "week", "month", "quarter", "year"]}
TURNOVER = kpi(
    "turnover", simple("amount_sold"), **EVERY, spans=["period", "year_to_date", "quarter_to_date", "rolling_12"]
)
BUYERS = kpi("buyers", simple("buyers"), **EVERY, spans=["period", "year_to_date"])


def sales(*given: tuple[date, int]) -> dict[str, list[tuple[Any, ...]]]:
    return {"fct_sale": [(n, "ann", day, None, "N", amount) for n, (day, amount) in enumerate(given)]}


def test_the_year_to_date_and_quarters_follow_the_fiscal_year() -> None:
    rows = sales((date(2015, 6, 30), 1), (date(2015, 7, 1), 2), (date(2015, 9, 30), 4), (date(2015, 10, 1), 8))
    company = computed(project([TURNOVER, BUYERS], fiscal_year_starts="july"), rows)
    to_date = {"span": "year_to_date"}
    # the fiscal year of June began before the rows, on 1 July 2014
    assert [value(company, "turnover", date(2015, month, 1), **to_date) for month in (6, 7, 9, 10)] == [1, 2, 6, 14]
    assert [value(company, "turnover", date(2015, month, 1), grain="quarter") for month in (4, 7, 10)] == [1, 6, 8]
    assert value(company, "turnover", date(2015, 7, 1), grain="year") == 14
    assert value(company, "turnover", date(2014, 7, 1), grain="year") == 1
    assert value(company, "buyers", date(2015, 10, 1), **to_date) == 1


def test_quarters_of_a_year_that_begins_in_february_are_shifted_by_a_month() -> None:
    rows = sales((date(2015, 1, 31), 1), (date(2015, 2, 1), 2), (date(2015, 4, 30), 4), (date(2015, 5, 1), 8))
    company = computed(project([TURNOVER], fiscal_year_starts="february"), rows)
    found = {
        start: value(company, "turnover", start, grain="quarter") for start in (date(2015, 2, 1), date(2015, 5, 1))
    }
    assert found == {date(2015, 2, 1): 6, date(2015, 5, 1): 8}
    assert value(company, "turnover", date(2014, 11, 1), grain="quarter") == 1
    assert value(company, "turnover", date(2015, 4, 1), span="quarter_to_date") == 6


@pytest.mark.parametrize(("week_starts", "first"), [("monday", 28), ("sunday", 27), ("saturday", 26)])
def test_a_week_begins_on_the_day_that_the_calendar_names(week_starts: str, first: int) -> None:
    # 2015-12-26 was a Saturday
    rows = sales((date(2015, 12, 26), 1), (date(2015, 12, 27), 2), (date(2015, 12, 28), 4), (date(2016, 1, 1), 8))
    company = computed(project([TURNOVER], week_starts=week_starts), rows, date(2016, 1, 3))
    expected = {"monday": 12, "sunday": 14, "saturday": 15}[week_starts]
    assert value(company, "turnover", date(2015, 12, first), grain="week") == expected


def test_week_53_is_whole_though_it_lies_in_two_years() -> None:
    rows = sales((date(2015, 12, 28), 1), (date(2016, 1, 3), 2), (date(2016, 1, 4), 4))
    company = computed(project([TURNOVER]), rows, date(2016, 1, 10))
    assert value(company, "turnover", date(2015, 12, 28), grain="week") == 3
    assert value(company, "turnover", date(2016, 1, 4), grain="week") == 4
    # no week 53 in 2014 to be compared with; the first week of 2016 has the first of 2015
    for start in (date(2015, 12, 28), date(2016, 1, 4)):
        assert value(company, "turnover", start, grain="week", span="period_last_year") == NO_ROW


def test_the_leap_day_belongs_to_february_and_to_its_comparison() -> None:
    rows = sales((date(2015, 2, 28), 1), (date(2016, 2, 28), 2), (date(2016, 2, 29), 4), (date(2017, 2, 28), 8))
    company = computed(project([TURNOVER]), rows, date(2017, 2, 28))
    assert value(company, "turnover", date(2016, 2, 1)) == 6
    assert value(company, "turnover", date(2016, 2, 1), span="period_last_year") == 1
    assert value(company, "turnover", date(2017, 2, 1), span="period_last_year") == 6  # February 2017 is over
    on_the_leap_day = computed(project([TURNOVER]), rows, date(2016, 2, 29))
    assert value(on_the_leap_day, "turnover", date(2016, 1, 1), grain="quarter", span="period_last_year") == 1


MOMENTS = {**SALE, "sold_on": "timestamp"}


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", date(2015, 1, 31)), ("Europe/Copenhagen", date(2015, 2, 1)), ("America/New_York", date(2015, 1, 31))],
)
def test_a_moment_counts_on_the_day_of_the_calendars_zone(zone: str, day: date) -> None:
    given = project(
        [kpi("turnover", simple("amount_sold"), grains=["day"])], [fact()], {"fct_sale": MOMENTS}, zone=zone
    )
    late = datetime(2015, 1, 31, 23, 30)  # in UTC, as the fact says of itself
    rows = [(1, "ann", late, None, "N", 5)]
    company = computed(given, {"fct_sale": rows})
    assert value(company, "turnover", day, grain="day") == 5


def test_an_unfinished_period_is_marked_and_held_against_the_same_days_for_every_kind_of_measure() -> None:
    kpis = [
        kpi(name, simple(measure), grains=["month", "quarter"])
        for name, measure in (
            ("total", "amount_sold"),
            ("middle", "middle_amount"),
            ("known", "buyers"),
            ("top", "largest"),
        )
    ]
    rows = [
        (1, "ann", date(2014, 3, 3), None, "N", 1), (2, "bob", date(2014, 3, 10), None, "N", 3),
        (3, "cas", date(2014, 3, 11), None, "N", 100), (4, "ann", date(2015, 3, 9), None, "N", 5),
        (5, "ann", date(2015, 3, 11), None, "N", 900),
    ]  # fmt: skip
    company = computed(project(kpis), {"fct_sale": rows}, date(2015, 3, 10))
    march = date(2015, 3, 1)
    now = {one.kpi: value(company, one.kpi, march) for one in kpis}
    before = {one.kpi: value(company, one.kpi, march, span="period_last_year") for one in kpis}
    assert now == {"total": 5, "middle": 5, "known": 1, "top": 5}
    assert before == {"total": 4, "middle": 2, "known": 2, "top": 3}
    assert [figure(company, "is_complete", one.kpi, march) for one in kpis] == [False] * 4
    assert figure(company, "is_complete", "total", date(2014, 3, 1)) is True
    assert value(company, "total", date(2014, 3, 1)) == 104  # the month that is over keeps all its days


def test_a_period_is_complete_from_its_last_day_on() -> None:
    rows = sales((date(2015, 3, 10), 5))
    for as_of, complete in ((date(2015, 3, 30), False), (date(2015, 3, 31), True), (date(2015, 4, 1), True)):
        company = computed(project([TURNOVER]), rows, as_of)
        assert figure(company, "is_complete", "turnover", date(2015, 3, 1)) is complete


def test_what_happened_after_the_as_of_date_is_in_no_value_of_any_kind() -> None:
    kpis = [
        kpi(name, simple(name), **EVERY, spans=["period", "year_to_date", "rolling_3"], slices=["region"])
        for name in ("amount_sold", "buyers", "middle_amount", "last_of_customer", "amount_paid")
    ]
    known = [(1, "ann", date(2015, 3, 9), date(2015, 3, 9), "N", 5)]
    future = [(2, "bob", date(2015, 3, 11), date(2015, 3, 11), "S", 9), (3, "ann", date(2015, 9, 1), None, "N", 7)]
    asked = "select * from fct_kpi_value order by all"
    with_future = computed(project(kpis), {"fct_sale": known + future}, date(2015, 3, 10)).execute(asked).fetchall()
    assert with_future == computed(project(kpis), {"fct_sale": known}, date(2015, 3, 10)).execute(asked).fetchall()
    assert with_future


def test_an_event_after_the_as_of_date_converts_nothing() -> None:
    conversion = {
        "type": "conversion",
        "base": "sales",
        "converted": "payments",
        "entity": "customer",
        "window": "30 days",
    }
    measures = {"sales": {"agg": "count"}, "payments": {"agg": "count", "time": "paid_on", "where": "amount > 0"}}
    given = project([kpi("paid", conversion)], [fact("sale", measures)])
    rows = [
        (1, "ann", date(2015, 3, 1), date(2015, 3, 20), "N", 5),
        (2, "bob", date(2015, 3, 2), date(2015, 3, 5), "N", 5),
    ]
    march = date(2015, 3, 1)
    assert value(computed(given, {"fct_sale": rows}, date(2015, 3, 10)), "paid", march) == 0.5
    assert value(computed(given, {"fct_sale": rows}, date(2015, 3, 31)), "paid", march) == 1


def test_a_window_of_twelve_months_counts_months_that_had_no_row() -> None:
    rows = sales((date(2014, 2, 28), 1), (date(2014, 3, 1), 2), (date(2015, 2, 1), 4))
    company = computed(project([TURNOVER]), rows)
    rolling = {"span": "rolling_12"}
    assert value(company, "turnover", date(2015, 1, 1), **rolling) == 3  # February 2014 to January 2015
    assert value(company, "turnover", date(2015, 2, 1), **rolling) == 6  # only two months of it had a sale
    assert value(company, "turnover", date(2015, 12, 1), **rolling) == 4
