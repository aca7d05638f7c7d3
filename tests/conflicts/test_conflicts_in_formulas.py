"""Which way a KPI pulls what it is made of, and which two pull apart."""

from __future__ import annotations

import pytest

from kpiledger.conflicts.pulls import DOWN, UP, Part, pulls_of
from kpiledger.conflicts.structure import PulledApart, pulled_apart
from tests.conflicts.made_company import CALLS, COST, FIRST_TIME, PROFIT, SALES, company, ratio
from tests.soundness.tiny import derived, kpi, simple


def test_a_kpi_that_should_rise_pulls_its_measure_up_and_one_that_should_fall_pulls_it_down() -> None:
    given = company(CALLS, COST)
    assert pulls_of(given, CALLS) == {Part("calls"): UP}
    assert pulls_of(given, COST) == {Part("cost"): DOWN}


def test_a_ratio_pulls_what_it_is_divided_by_the_other_way() -> None:
    given = company(FIRST_TIME)
    assert pulls_of(given, FIRST_TIME) == {Part("solved"): UP, Part("calls"): DOWN}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a - b", {"solved": UP, "calls": DOWN}),
        ("(a - b) / b", {"solved": UP, "calls": DOWN}),
        ("-a + coalesce(b, 0)", {"solved": DOWN, "calls": UP}),
        ("2 * a", {"solved": UP}),
        ("-2 * a - b", {"solved": DOWN, "calls": DOWN}),
        ("a / b + b", {"solved": UP}),  # of b nothing is sure
        ("case when a > b then a else b end", {}),
        ("abs(a - b)", {}),
    ],
)
def test_an_expression_tells_a_way_only_where_it_is_sure(expression: str, expected: dict[str, int]) -> None:
    one = kpi("one", derived(expression, a={"measure": "solved"}, b={"measure": "calls"}))
    assert {part.measure: way for part, way in pulls_of(company(one), one).items()} == expected


def test_what_another_kpi_is_made_of_is_pulled_through_it() -> None:
    share = kpi("share", derived("part / 100", part={"kpi": "cost_of_calls"}), direction="decrease")
    assert pulls_of(company(COST, share), share) == {Part("cost"): DOWN}


def test_a_figure_of_an_earlier_period_is_over_and_pulled_by_nobody() -> None:
    growth = kpi("growth", derived("a - b", a={"measure": "sales"}, b={"measure": "sales", "offset": "1 year"}))
    assert pulls_of(company(growth), growth) == {Part("sales"): UP}


def test_a_kpi_that_should_stay_where_it_is_pulls_nothing() -> None:
    steady = kpi("steady", simple("stock"), direction="maintain")
    assert pulls_of(company(steady), steady) == {}


def test_calls_handled_and_problems_solved_for_each_call_pull_apart() -> None:
    found = pulled_apart(company(CALLS, FIRST_TIME, COST, SALES, PROFIT))
    assert found == (PulledApart("calls_taken", "solved_first", "calls"),)


def test_a_part_of_the_rows_pulls_against_the_whole_and_not_against_another_part() -> None:
    large = kpi("large", simple("sales", where="amount > 100"))
    small = kpi("small", simple("sales", where="amount < 10"), direction="decrease")
    whole = kpi("whole", simple("sales"), direction="decrease")
    found = pulled_apart(company(large, small, whole))
    assert found == (PulledApart("large", "whole", "sales", "100 < amount"),)


def test_a_share_gains_by_what_it_is_a_share_of() -> None:
    good = kpi("good", simple("calls", where="amount > 100"))
    share = kpi("share", ratio({"measure": "calls", "where": "100 < amount"}, "calls"))
    assert pulled_apart(company(good, share)) == ()


def test_two_that_pull_the_same_way_are_no_conflict() -> None:
    assert pulled_apart(company(SALES, PROFIT)) == ()


def test_a_kpi_on_its_way_out_is_left_alone() -> None:
    gone = kpi("gone", ratio("solved", "calls"), deprecated={"on": "2015-01-01", "reason": "nobody reads it"})
    assert pulled_apart(company(CALLS, gone)) == ()
