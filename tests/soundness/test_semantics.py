"""What could be silently wrong in a number, one test each. These tests are never weakened."""

from __future__ import annotations

from datetime import date

import pytest

from tests.soundness.small_company import compute, values

END = date(2015, 12, 31)


def test_a_ratio_is_the_ratio_of_sums_and_not_the_mean_of_ratios() -> None:
    rows = [(1, "ann", date(2015, 1, 5), "N", 100, 10), (2, "bob", date(2015, 1, 6), "N", 300, 90)]
    assert values(compute(rows, END), "margin", date(2015, 1, 1)) == [0.25]  # and not (0.1 + 0.3) / 2


def test_distinct_counts_are_counted_anew_for_each_interval() -> None:
    rows = [
        (1, "ann", date(2015, 1, 5), "N", 1, 0),
        (2, "ann", date(2015, 2, 5), "S", 1, 0),
        (3, "bob", date(2015, 2, 6), "S", 1, 0),
    ]
    found = compute(rows, END)
    assert values(found, "buyers", date(2015, 1, 1), "quarter") == [2]
    assert values(found, "buyers", date(2015, 2, 1), span="year_to_date") == [2]
    assert values(found, "buyers", date(2015, 1, 1), "quarter", member="N") == [1]


def test_medians_are_computed_from_rows_and_not_from_medians() -> None:
    rows = [
        (n, "ann", date(2015, month, 3), "N", amount, 0)
        for n, (month, amount) in enumerate([(1, 1), (1, 2), (1, 9), (2, 9)])
    ]
    assert values(compute(rows, END), "typical_amount", date(2015, 1, 1), "quarter") == [5.5]


def test_a_missing_month_is_no_row_and_not_zero() -> None:
    found = compute([(1, "ann", date(2015, 1, 5), "N", 10, 1)], END)
    assert values(found, "turnover", date(2015, 2, 1)) == []
    assert values(found, "sale_count", date(2015, 2, 1)) == []


def test_rolling_twelve_are_calendar_months_and_not_rows() -> None:
    rows = [
        (1, "ann", date(2014, 1, 31), "N", 1000, 0),
        (2, "ann", date(2014, 3, 1), "N", 10, 0),
        (3, "ann", date(2015, 2, 28), "N", 5, 0),
    ]
    found = compute(rows, END)
    assert values(found, "turnover", date(2015, 2, 1), span="rolling_12") == [15]
    assert values(found, "turnover", date(2015, 1, 1), span="rolling_12") == [10]


def test_a_rolling_year_that_begins_before_the_calendar_is_not_shown() -> None:
    found = compute([(1, "ann", date(2014, 6, 1), "N", 10, 0)], END)
    assert values(found, "turnover", date(2014, 6, 1), span="rolling_12") == []
    assert values(found, "turnover", date(2014, 12, 1), span="rolling_12") == [10]


def test_an_unfinished_period_is_marked_and_compared_with_the_same_days() -> None:
    rows = [
        (1, "ann", date(2014, 3, 10), "N", 7, 0),
        (2, "ann", date(2014, 3, 11), "N", 100, 0),
        (3, "ann", date(2015, 3, 10), "N", 9, 0),
    ]
    found = compute(rows, date(2015, 3, 10))
    assert values(found, "turnover", date(2015, 3, 1), span="period_last_year") == [7]
    assert values(found, "turnover", date(2015, 1, 1), "year", span="year_to_date_last_year") == [7]
    query = "select distinct is_complete from fct_kpi_value where period_start = '2015-03-01' and grain = 'month'"
    assert found.execute(query).fetchall() == [(False,)]


def test_a_finished_period_is_compared_with_the_whole_one_a_year_earlier() -> None:
    rows = [(1, "ann", date(2016, 2, 29), "N", 7, 0), (2, "ann", date(2017, 2, 28), "N", 9, 0)]
    found = compute(rows, date(2017, 2, 28))
    assert values(found, "turnover", date(2017, 2, 1), span="period_last_year") == [7]


def test_nothing_after_the_as_of_date_is_shown() -> None:
    rows = [
        (1, "ann", date(2015, 3, 10), "N", 7, 0),
        (2, "ann", date(2015, 3, 11), "N", 100, 0),
        (3, "bob", date(2015, 4, 1), "N", 1, 0),
    ]
    found = compute(rows, date(2015, 3, 10))
    assert values(found, "turnover", date(2015, 3, 1)) == [7]
    assert found.execute("select max(period_start) from fct_kpi_value where grain = 'month'").fetchall() == [
        (date(2015, 3, 1),)
    ]


def test_a_row_without_a_member_stays_in_the_whole_and_is_shown_as_not_set() -> None:
    rows = [(1, "ann", date(2015, 1, 5), None, 10, 0), (2, "cas", date(2015, 1, 5), "N", 5, 0)]
    found = compute(rows, END)
    assert values(found, "turnover", date(2015, 1, 1)) == [15]
    months = "kpi = 'turnover' and grain = 'month' and span = 'period'"
    cut = f"select slice, sum(value) from fct_kpi_value where {months} group by slice"
    assert {name: float(total) for name, total in found.execute(cut).fetchall()} == {
        "all": 15,
        "region": 15,
        "segment": 15,
    }
    assert sorted(values(found, "turnover", date(2015, 1, 1), member="(not set)")) == [5, 10]


def test_a_denominator_of_zero_gives_no_number() -> None:
    found = compute([(1, "ann", date(2015, 1, 5), "N", 0, 3)], END)
    assert values(found, "margin", date(2015, 1, 1)) == [None]


def test_missing_amounts_are_missing_and_not_zero() -> None:
    rows = [
        (1, "ann", date(2015, 1, 5), "N", None, 3),
        (2, "ann", date(2015, 2, 5), "N", 8, 3),
        (3, "bob", date(2015, 2, 6), "N", None, 1),
    ]
    found = compute(rows, END)
    assert values(found, "turnover", date(2015, 1, 1)) == [None]
    assert values(found, "average_amount", date(2015, 2, 1)) == [8]


def test_a_share_of_nothing_that_qualifies_is_zero() -> None:
    assert values(compute([(1, "ann", date(2015, 1, 5), "N", 5, 3)], END), "dear_share", date(2015, 1, 1)) == [0]


def test_the_last_row_of_each_key_counts_wherever_it_was_written() -> None:
    rows = [
        (1, "ann", date(2015, 1, 5), "N", 10, 0),
        (2, "ann", date(2015, 3, 5), "N", 4, 0),
        (3, "bob", date(2015, 1, 9), "S", 1, 0),
    ]
    found = compute(rows, END)
    assert values(found, "standing_amount", date(2015, 2, 1)) == [11]
    assert values(found, "standing_amount", date(2015, 3, 1)) == [5]
    assert values(found, "standing_amount", date(2015, 12, 1), member="S") == [1]


def test_of_two_rows_on_one_day_the_greater_key_is_the_last() -> None:
    rows = [(2, "ann", date(2015, 1, 5), "N", 4, 0), (1, "ann", date(2015, 1, 5), "N", 10, 0)]
    assert values(compute(rows, END), "standing_amount", date(2015, 1, 1)) == [4]


def test_measures_of_different_kinds_meet_in_one_ratio() -> None:
    rows = [
        (1, "ann", date(2015, 1, 5), "N", 10, 0),
        (2, "ann", date(2015, 1, 6), "N", 20, 0),
        (3, "bob", date(2015, 1, 6), "N", 30, 0),
    ]
    assert values(compute(rows, END), "turnover_per_buyer", date(2015, 1, 1)) == [30]


@pytest.mark.parametrize("day", [date(2015, 1, 1), date(2015, 12, 31)])
def test_the_first_and_last_day_belong_to_their_year(day: date) -> None:
    found = compute([(1, "ann", day, "N", 10, 0)], END)
    assert values(found, "turnover", date(2015, 1, 1), "year") == [10]
