"""Status, variance, attainment and score of every comparison, held against Decimal arithmetic written anew here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from tests.soundness.judging import Judged, event, target

JANUARY = date(2017, 1, 1)
JUDGED = ("status", "variance", "attainment", "score")


def judged(actual: str | None, shown: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The scorecard's row of January."""
    found = Judged([event("agreed", shown)], {("sales", JANUARY): actual}, **more)
    return found.only("fct_scorecard", "agreement is not null and period_start = date '2017-01-01'")


AT_LEAST = target(value="100", amber={"share_of_target": "0.9"}, commit="80", stretch="140")
AT_MOST = target(comparison="at_most", value="100", amber={"absolute": "110"}, commit="120", stretch="60")
BETWEEN = target(comparison="between", value="8", upper="10", amber={"outside_by": "2"})
EXACTLY = target(comparison="exactly", value="0", within="0.5", amber={"outside_by": "1"})


@pytest.mark.parametrize(
    ("shown", "actual", "status", "variance", "attainment", "score"),
    [
        (AT_LEAST, "70", "red", "-30", "0.7", "0"),
        (AT_LEAST, "79.999999999999", "red", "-20.000000000001", "0.79999999999999", "0"),
        (AT_LEAST, "80", "red", "-20", "0.8", "0.5"),
        (AT_LEAST, "90", "amber", "-10", "0.9", "0.75"),
        (AT_LEAST, "100", "green", "0", "1", "1"),
        (AT_LEAST, "120", "green", "20", "1.2", "1.1"),
        (AT_LEAST, "140", "green", "40", "1.4", "1.2"),
        (AT_LEAST, "900", "green", "800", "9", "1.2"),
        (AT_MOST, "121", "red", "21", str(Decimal(100) / 121), "0"),
        (AT_MOST, "120", "red", "20", str(Decimal(100) / 120), "0.5"),
        (AT_MOST, "110", "amber", "10", str(Decimal(100) / 110), "0.75"),
        (AT_MOST, "100", "green", "0", "1", "1"),
        (AT_MOST, "80", "green", "-20", "1.25", "1.1"),
        (AT_MOST, "60", "green", "-40", str(Decimal(100) / 60), "1.2"),
        (AT_MOST, "0", "green", "-100", None, "1.2"),
        (BETWEEN, "5.9", "red", "-2.1", None, "0"),
        (BETWEEN, "6", "amber", "-2", None, "0.5"),
        (BETWEEN, "8", "green", "0", None, "1"),
        (BETWEEN, "9.5", "green", "0", None, "1"),
        (BETWEEN, "10", "green", "0", None, "1"),
        (BETWEEN, "12", "amber", "2", None, "0.5"),
        (BETWEEN, "12.000000000001", "red", "2.000000000001", None, "0"),
        (EXACTLY, "0", "green", "0", None, "1"),
        (EXACTLY, "0.5", "green", "0.5", None, "1"),
        (EXACTLY, "-0.5", "green", "-0.5", None, "1"),
        (EXACTLY, "1.5", "amber", "1.5", None, "0.5"),
        (EXACTLY, "-1.6", "red", "-1.6", None, "0"),
    ],
)
def test_each_comparison_is_judged_and_scored(
    shown: dict[str, Any], actual: str, status: str, variance: str, attainment: str | None, score: str
) -> None:
    row = judged(actual, shown)
    assert row["status"] == status
    assert row["variance"] == Decimal(variance)
    assert row["score"] == Decimal(score)
    if attainment is None:
        assert row["attainment"] is None
    else:
        assert abs(row["attainment"] - Decimal(attainment)) < Decimal("1e-11")


def by_zones(actual: Fraction, marks: dict[str, Fraction], less_is_better: bool) -> Fraction:
    """The rule of the reference page, in fractions: 0 below commit, linear between the marks, capped at stretch."""
    sign = -1 if less_is_better else 1
    at = {"commit": Fraction(3, 10), "target": Fraction(1), "stretch": Fraction(3, 2)}
    points = sorted((sign * marks[name], at[name]) for name in marks)
    reached = sign * actual
    if reached < points[0][0]:
        return Fraction(0)
    for (low, low_score), (high, high_score) in pairwise(points):
        if reached <= high:
            return low_score + (high_score - low_score) * (reached - low) / (high - low)
    return points[-1][1]


@pytest.mark.parametrize("less_is_better", [False, True])
@pytest.mark.parametrize("given", [(), ("commit",), ("stretch",), ("commit", "stretch")])
def test_a_score_follows_the_zones_with_any_of_the_marks(less_is_better: bool, given: tuple[str, ...]) -> None:
    marks = {"commit": "-3", "target": "4", "stretch": "15"}
    if less_is_better:
        marks = {"commit": "15", "target": "4", "stretch": "-3"}
    kept = {name: marks[name] for name in ("target", *given)}
    shown = target(
        comparison="at_most" if less_is_better else "at_least",
        value=kept["target"],
        **{name: kept[name] for name in given},
    )
    for actual in ("-9", "-3", "-1", "0", "3.9", "4", "4.1", "11", "15", "99"):
        row = judged(actual, shown, scoring=("0.3", "1", "1.5"))
        expected = by_zones(Fraction(actual), {name: Fraction(mark) for name, mark in kept.items()}, less_is_better)
        assert abs(Fraction(row["score"]) - expected) < Fraction(1, 10**11), (actual, row["score"], expected)


def test_no_number_and_no_finished_period_make_no_score() -> None:
    nothing = judged(None, AT_LEAST)
    assert {name: nothing[name] for name in JUDGED} == {
        "status": "no_data", "variance": None, "attainment": None, "score": None,
    }  # fmt: skip
    unfinished = judged("120", AT_LEAST, as_of=date(2017, 1, 20))
    assert (unfinished["status"], unfinished["score"]) == ("incomplete", None)


def test_a_target_of_zero_is_judged_and_no_target_is_not() -> None:
    by_period = target(comparison="at_most", by_period={"2017-01": "0", "2017-03": "5"})
    found = Judged(
        [event("agreed", by_period)],
        {("sales", date(2017, month, 1)): value for month, value in ((1, "0"), (2, "0"), (3, "1"))},
    )
    rows = found.rows("fct_scorecard", "agreement is not null")
    assert [(row["period_start"].month, row["target_value"], row["status"]) for row in rows] == [
        (1, 0, "green"),
        (3, 5, "green"),
    ]
    assert found.rows("fct_scorecard", "target_value is null and status <> 'no_target'") == []
    unpromised = found.rows("fct_scorecard", "agreement is null")
    assert {(row["target_value"], row["is_binding"], row["score"]) for row in unpromised} == {(None, None, None)}


def test_a_missed_target_of_zero_is_red_and_not_without_a_target() -> None:
    row = judged("1", target(comparison="at_most", value="0"))
    assert (row["target_value"], row["status"], row["variance"], row["score"]) == (0, "red", 1, 0)
