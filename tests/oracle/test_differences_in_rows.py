"""Where we deliberately count other rows than MetricFlow, or tell missing from zero.

Both answers, and the right one worked out by hand; docs/guide/differences-from-metricflow.md tells each in a sentence.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from math import inf

import pytest

from kpiledger.rules.contracts import contract_rules
from kpiledger.specs.fact import Measure
from tests.oracle.facts import FACTS
from tests.oracle.metricflow_metrics import Spec
from tests.oracle.small import Example, month, sale, visit

TURNOVER = {"type": "simple", "measure": "amount_sold"}
BEFORE = {"one": {"measure": "amount_sold"}, "two": {"measure": "amount_sold", "offset": "1 month"}}
GROWTH = {"type": "derived", "expr": "one - two", "inputs": BEFORE}
CONVERTED = {"type": "conversion", "base": "visits", "converted": "sales", "entity": "customer", "window": "7 days"}


def test_a_period_without_rows_has_no_row_and_zeros_do_not_run_into_the_future() -> None:
    example = Example(TURNOVER, [sale(date(2023, 1, 5), 10, region="N")], as_of=date(2023, 2, 28), slice="region")

    def filled(spec: Spec) -> None:
        spec["metrics"][0]["type_params"]["measure"].update(join_to_timespine=True, fill_nulls_with=0)

    assert example.ours() == {month(1, "N"): 10}
    theirs = example.theirs(filled, known_to=date(2023, 3, 31))
    assert theirs[month(1, "N")] == 10
    assert month(2, "N") not in theirs  # the gap is not filled for the member
    assert theirs[month(2, "(not set)")] == 0  # but for one that does not exist,
    assert theirs[month(3, "(not set)")] == 0  # and in a month that has not come


def test_growth_counts_a_missing_side_as_zero_where_it_is_told_to() -> None:
    example = Example(GROWTH, [sale(date(2023, 1, 5), 10), sale(date(2023, 3, 5), 4)], as_of=date(2023, 3, 31))
    nothing = {month(1): None, month(2): None, month(3): None}
    assert example.ours() == nothing
    assert example.theirs() == nothing

    def filled(spec: Spec) -> None:
        for metric in spec["metrics"]:
            if metric["type"] == "simple":
                metric["type_params"]["measure"].update(join_to_timespine=True, fill_nulls_with=0)

    both = {name: {**given, "missing": "zero"} for name, given in BEFORE.items()}
    assert replace(example, formula={**GROWTH, "inputs": both}).ours() == {month(1): 10, month(2): -10, month(3): 4}
    theirs = example.theirs(filled)  # the zeros are of the metric, and of every month of the time spine
    assert [theirs[month(number)] for number in (1, 2, 3)] == [10, -10, 4]
    assert theirs[month(12, year=2022)] == 0


def test_a_kpi_that_another_is_made_of_stands_for_its_formula_where_it_has_no_row() -> None:
    seen = {"type": "derived", "expr": "coalesce(one, 0)", "inputs": {"one": {"measure": "minutes_seen"}}}
    both = {"type": "derived", "expr": "one - two", "inputs": {"one": {"measure": "sales"}, "two": {"kpi": "seen"}}}
    example = Example(both, [sale(date(2023, 1, 5))], as_of=date(2023, 1, 31), made_of={"seen": seen})
    assert example.ours() == {month(1): 1}  # one sale, less the 0 that the formula makes of no visit
    assert example.theirs() == {month(1): None}


def test_the_last_state_of_a_key_stands_until_the_next_one() -> None:
    state = {"type": "simple", "measure": "standing"}
    sales = [
        sale(date(2023, 1, 5), cost=10),
        sale(date(2023, 1, 9), customer="bob", cost=3),
        sale(date(2023, 2, 7), cost=4),
    ]
    example = Example(state, sales, as_of=date(2023, 2, 28))
    assert example.ours() == {month(1): 13, month(2): 7}  # 10 + 3, and 4 + the 3 that still stands
    assert example.theirs() == {month(1): 13, month(2): 4}

    def ungrouped(spec: Spec) -> None:
        spec["semantic_models"][0]["measures"][0]["non_additive_dimension"]["window_groupings"] = []

    assert example.theirs(ungrouped) == {month(1): 3, month(2): 4}  # only who has a row on the very last day


def test_of_two_states_of_a_key_on_one_day_the_later_one_stands() -> None:
    sales = [sale(date(2023, 1, 5), cost=10), sale(date(2023, 1, 5), cost=4)]
    example = Example({"type": "simple", "measure": "standing"}, sales, as_of=date(2023, 1, 31))
    assert example.ours() == {month(1): 4}
    assert example.theirs() == {month(1): 14}


def test_a_base_event_converts_once_however_many_events_follow_it() -> None:
    sales = [sale(date(2023, 1, 6), 1), sale(date(2023, 1, 7), 1)]
    example = Example(CONVERTED, sales, [visit(date(2023, 1, 5))], as_of=date(2023, 1, 31))
    assert example.ours() == {month(1): 1}
    assert example.theirs() == {month(1): 2}


def test_base_events_that_nothing_followed_are_a_share_of_zero() -> None:
    example = Example(CONVERTED, [], [visit(date(2023, 1, 5))], as_of=date(2023, 1, 31))
    assert example.ours() == {month(1): 0}
    assert example.theirs() == {month(1): None}


def test_a_condition_that_no_row_meets_leaves_the_row() -> None:
    share = {"type": "ratio", "numerator": {"measure": "sales", "where": "region = 'N'"}, "denominator": "sales"}
    example = Example(share, [sale(date(2023, 1, 5), 10, region="S")], as_of=date(2023, 1, 31))

    def filtered(spec: Spec) -> None:
        spec["semantic_models"][0]["measures"][0]["expr"] = "1"
        where = [{"where_sql_template": "{{ Dimension('sale_key__region_read') }} = 'N'"}]
        spec["metrics"][0]["filter"] = {"where_filters": where}

    assert example.ours() == {month(1): 0}  # none of one sale
    assert example.theirs(filtered) == {month(1): None}


def test_a_key_that_stands_twice_in_a_dimension_model_does_not_double_the_number() -> None:
    example = Example(TURNOVER, [sale(date(2023, 1, 5), 10)], as_of=date(2023, 1, 31), slice="segment")
    assert example.ours() == {month(1, "home"): 10}
    assert example.theirs(twice="ann") == {month(1, "home"): 20}
    # We do not compile without a test of the key, and the test stops the run.
    assert "KPI027" not in {finding.rule for finding in contract_rules(example.project)}
    untested = replace(example.project, unique_columns={})
    assert "KPI027" in {finding.rule for finding in contract_rules(untested)}


def test_rows_of_no_member_are_named_and_the_members_sum_to_the_whole() -> None:
    sales = [
        sale(date(2023, 1, 5), 10),
        sale(date(2023, 1, 6), 5, customer="nobody"),
        sale(date(2023, 1, 7), 1, customer=None),
    ]
    example = Example(TURNOVER, sales, as_of=date(2023, 1, 31), slice="segment")
    assert example.ours() == {month(1, "home"): 10, month(1, "(not set)"): 6}
    assert example.theirs() == example.ours()  # MetricFlow's null, which the oracle reads as `(not set)`
    assert {member for _, member, _ in example.theirs_as_they_come()} == {"home", None}


def test_a_median_of_amounts_may_lie_between_two_cents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FACTS["sale"].measures, "middle_amount", Measure(agg="median", expr="amount"))
    sales = [sale(date(2023, 1, 5), "0.01"), sale(date(2023, 1, 6), "0.02")]
    example = Example({"type": "simple", "measure": "middle_amount"}, sales, as_of=date(2023, 1, 31))
    assert example.ours() == {month(1): 0.015}
    assert example.theirs() == {month(1): 0.01}  # DuckDB keeps the two places of the column


def test_a_division_by_zero_has_no_value() -> None:
    growth = {**GROWTH, "expr": "(one - two) / two"}
    sales = [sale(date(2023, 1, 5), 0), sale(date(2023, 2, 5), 10)]
    example = Example(growth, sales, as_of=date(2023, 2, 28))
    assert example.ours() == {month(1): None, month(2): None}
    assert (datetime(2023, 2, 1), inf) in example.theirs_as_they_come()
