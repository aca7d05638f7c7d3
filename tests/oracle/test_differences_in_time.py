"""Where we deliberately mean other days than MetricFlow.

Both answers, and the right one worked out by hand; docs/guide/differences-from-metricflow.md tells each in a sentence.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.oracle.metricflow_metrics import Spec
from tests.oracle.small import Example, month, sale

TURNOVER = {"type": "simple", "measure": "amount_sold"}
YEAR_TO_DATE = {"type": "cumulative", "measure": "amount_sold", "to_date": "year"}
BEFORE = {"one": {"measure": "amount_sold"}, "two": {"measure": "amount_sold", "offset": "1 month"}}
GROWTH = {"type": "derived", "expr": "one - two", "inputs": BEFORE}


def _by_default(spec: Spec) -> None:
    del spec["metrics"][0]["type_params"]["cumulative_type_params"]["period_agg"]


def test_a_cumulative_value_of_a_month_covers_the_month_and_not_only_its_first_day() -> None:
    example = Example(
        YEAR_TO_DATE, [sale(date(2023, 1, 10), 100), sale(date(2023, 2, 10), 250)], as_of=date(2023, 2, 28)
    )
    assert example.ours() == {month(1): 100, month(2): 350}  # 100 + 250
    assert example.theirs(_by_default) == {month(1): 100, month(2): 100}


def test_a_window_without_rows_has_no_value_and_not_that_of_an_earlier_day() -> None:
    week = {"type": "cumulative", "measure": "amount_sold", "window": "7 days"}
    example = Example(week, [sale(date(2023, 1, 10), 100)])
    assert example.ours() == {}  # nothing from 25 to 31 January
    assert example.theirs() == {month(1): 100}  # 16 January was the last day with one


def test_a_window_of_a_month_is_the_calendar_month() -> None:
    formula = {"type": "cumulative", "measure": "amount_sold", "window": "1 month"}
    example = Example(formula, [sale(date(2023, 5, 31), 100), sale(date(2023, 6, 1), 1)], as_of=date(2023, 6, 30))
    assert example.ours() == {month(5): 100, month(6): 1}
    assert example.theirs() == {month(5): 100, month(6): 101}  # from the day after 30 May


def test_the_window_of_an_unfinished_month_begins_with_a_month() -> None:
    formula = {"type": "cumulative", "measure": "amount_sold", "window": "2 months"}
    sales = [sale(date(2023, 1, 20), 100), sale(date(2023, 2, 10), 10), sale(date(2023, 3, 5), 1)]
    example = Example(formula, sales, as_of=date(2023, 3, 15))
    assert example.ours()[month(3)] == 11  # 1 February to 15 March
    assert example.theirs()[month(3)] == 111  # 16 January to 15 March


def test_a_year_to_date_begins_with_the_fiscal_year() -> None:
    sales = [sale(date(2023, 6, 10), 100), sale(date(2023, 7, 10), 10), sale(date(2023, 8, 10), 1)]
    example = Example(YEAR_TO_DATE, sales, as_of=date(2023, 8, 31), calendar={"fiscal_year_starts": "july"})
    assert example.ours() == {month(6): 100, month(7): 10, month(8): 11}
    assert example.theirs() == {month(6): 100, month(7): 110, month(8): 111}

    def fiscal(spec: Spec) -> None:
        spec["project_configuration"]["time_spines"][0]["custom_granularities"] = [{"name": "fiscal_year"}]
        spec["metrics"][0]["type_params"]["cumulative_type_params"]["grain_to_date"] = "fiscal_year"

    with pytest.raises(Exception, match="fiscal_year"):
        example.theirs(fiscal)


def test_what_was_reached_a_month_before_is_not_lost_when_only_some_months_are_asked_for() -> None:
    change = {
        "type": "derived",
        "expr": "one - two",
        "inputs": {"one": {"kpi": "to_date"}, "two": {"kpi": "to_date", "offset": "1 month"}},
    }
    sales = [sale(date(2023, 1, 10), 100), sale(date(2023, 2, 1), 20), sale(date(2023, 3, 1), 3)]
    example = Example(change, sales, as_of=date(2023, 3, 31), made_of={"to_date": YEAR_TO_DATE})
    assert example.ours() == {month(1): None, month(2): 20, month(3): 3}
    # Asked for March alone, MetricFlow takes February's rows away before it looks back.
    asked = example.theirs(within=(datetime(2023, 3, 1), datetime(2023, 3, 31)))
    assert asked == {month(3): None}
    assert example.theirs()[month(3)] == 3


def test_an_unfinished_month_is_compared_with_the_same_days_of_the_month_before() -> None:
    sales = [sale(date(2023, 2, 5), 10), sale(date(2023, 2, 20), 100), sale(date(2023, 3, 5), 30)]
    example = Example(GROWTH, sales, as_of=date(2023, 3, 10))
    assert example.ours()[month(3)] == 20  # 30 less the 10 of 1 to 10 February
    assert example.theirs()[month(3)] == -80  # 30 less the 110 of all February


def test_an_earlier_quarter_has_each_of_its_days_once() -> None:
    before = {"type": "derived", "expr": "one", "inputs": {"one": {"measure": "amount_sold", "offset": "3 months"}}}
    sales = [sale(date(2023, 2, 28), 10), sale(date(2023, 3, 31), 100)]
    example = Example(before, sales, as_of=date(2023, 6, 30), grain="quarter")
    assert example.ours() == {month(4): 110}  # the second quarter, and what the first one was
    # No day of June less three months is 31 March; 28, 29, 30 and 31 May less three months are all 28 February.
    assert example.theirs() == {month(4): 40}


def test_a_week_is_compared_with_the_week_of_the_same_number_a_year_before() -> None:
    inputs = {"one": {"measure": "amount_sold"}, "two": {"measure": "amount_sold", "offset": "1 year"}}
    sales = [sale(date(2022, 3, 9), 10), sale(date(2023, 3, 8), 30)]  # Wednesdays of week 10
    example = Example({**GROWTH, "inputs": inputs}, sales, grain="week", as_of=date(2023, 3, 12))
    assert example.ours()[date(2023, 3, 6), "all"] == 20
    assert example.theirs()[date(2023, 3, 6), "all"] is None  # 6 March 2022 is no Monday


def test_nothing_after_the_as_of_date_is_shown() -> None:
    sales = [sale(date(2023, 1, 5), 10), sale(date(2023, 1, 25), 5), sale(date(2023, 2, 5), 1)]
    example = Example(TURNOVER, sales, as_of=date(2023, 1, 20))
    assert example.ours() == {month(1): 10}
    assert example.theirs(known_to=date(2023, 12, 31)) == {month(1): 15, month(2): 1}


def test_a_row_without_a_date_is_in_no_period() -> None:
    example = Example(TURNOVER, [sale(None, 10), sale(date(2023, 1, 6), 5)], as_of=date(2023, 1, 31))
    assert example.ours() == {month(1): 5}
    assert (None, 10) in example.theirs_as_they_come()
