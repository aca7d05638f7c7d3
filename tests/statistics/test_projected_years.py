"""Projections of a year: right where the future is certain, honest where it is not, the same whenever computed."""

from __future__ import annotations

import random
from decimal import Decimal
from math import exp

import pytest

from kpiledger.statistics import projected, projected_ratios, rounded

PATTERN = [0.5, 0.6, 0.9, 1.0, 1.0, 1.1, 1.0, 0.9, 1.3, 1.1, 1.4, 1.7]


def made(seed: int, years: int, spread: float) -> list[float]:
    chance = random.Random(seed)
    return [1000 * PATTERN[place % 12] * exp(chance.gauss(0, spread)) for place in range(12 * years)]


def test_a_year_that_repeats_itself_is_projected_exactly() -> None:
    series = [1000 * PATTERN[place % 12] for place in range(42)]
    (told,) = projected([series], 12)
    for known in (24, 30, 41, 42):
        projection = told[known - 1]
        assert projection is not None
        assert float(projection.value) == pytest.approx(1000 * sum(PATTERN), rel=1e-6)
        assert projection.low <= projection.value <= projection.high


def test_with_fewer_than_two_years_nothing_is_projected() -> None:
    (told,) = projected([made(1, 2, 0.1)], 12)
    assert told[:23] == [None] * 23
    assert told[23] is not None


def test_at_the_end_of_the_year_it_is_what_happened_and_the_next_year_is_told_beside_it() -> None:
    series = made(2, 3, 0.2)
    (told,) = projected([series], 12)
    last, following = told[35], told[36]
    assert last is not None
    assert following is not None
    assert last.value == last.low == last.high == rounded(sum(series[24:]))
    assert following.low < following.value < following.high


def test_what_comes_later_never_changes_what_was_told() -> None:
    series = made(3, 5, 0.3)
    (whole,) = projected([series], 12)
    for known in (30, 41, 50):
        (part,) = projected([series[:known]], 12)
        assert part[known - 1] == whole[known - 1]


def test_series_do_not_touch_each_other() -> None:
    many = [made(seed, 4, 0.2) for seed in range(4)]
    together = projected(many, 12)
    assert together == [projected([series], 12)[0] for series in many]


def test_the_interval_holds_in_about_80_of_100_cases() -> None:
    held = []
    for seed in range(300):
        series = made(seed, 4, 0.25)
        told = projected([series], 12)[0][41]
        assert told is not None
        held.append(told.low <= Decimal(sum(series[36:])) <= told.high)
    assert 0.72 < sum(held) / len(held) < 0.9


def test_a_year_of_quarters_that_began_in_another_season() -> None:
    series = [float([4, 1, 2, 3][place % 4]) for place in range(11)]  # the first value is a third quarter
    (told,) = projected([series], 4, first=2)
    assert told[8] is not None
    assert float(told[8].value) == pytest.approx(10, rel=1e-6)


def test_a_ratio_is_projected_as_a_ratio_of_sums() -> None:
    weights = [1000 * PATTERN[place % 12] for place in range(30)]
    (told,) = projected_ratios([[0.2 * weight for weight in weights]], [weights], 12)
    found = told[29]
    assert found is not None
    assert float(found.value) == pytest.approx(0.2, rel=1e-6)
    assert found.rest_weight == pytest.approx(1000 * sum(PATTERN[6:]), rel=1e-6)


def test_a_ratio_weighs_its_months_by_their_denominators() -> None:
    """To date 60 of 300, the rest at 0.1 over 100 a month for nine months: (60 + 90) / 1200."""
    below = [100.0] * 27
    above = [10.0] * 24 + [20.0] * 3
    (told,) = projected_ratios([above], [below], 12)
    found = told[26]
    assert found is not None
    # The level has risen a little with three months of 0.2, so the rest lies above 0.1 and below 0.2.
    assert (60 + 90) / 1200 < float(found.value) < (60 + 180) / 1200


def test_values_of_zero_and_below_are_projected_by_differences() -> None:
    chance = random.Random(4)
    series = [chance.gauss(0, 10) for _ in range(40)]
    told = projected([series], 12)[0][-1]
    assert told is not None
    assert told.high - told.value == pytest.approx(told.value - told.low, rel=Decimal("1e-6"))


def test_what_was_never_below_zero_ends_no_lower_than_it_stands() -> None:
    orders = [0, 0, 30, 0, 0, 0, 30, 0, 0, 30, 0, 0] * 4
    for place, (projection,) in enumerate(zip(projected([orders], 12)[0][:48], strict=True)):
        if projection is not None:
            so_far = sum(orders[place // 12 * 12 : place + 1])
            assert projection.value >= so_far
            assert projection.low >= so_far
