"""Seasons: found where they are, damped where they are not sure, none where there are none."""

from __future__ import annotations

import random
from itertools import pairwise
from math import exp, log

import pytest

from kpiledger.statistics import deseasonalised, seasons_of

PATTERN = [0.5, 0.6, 0.9, 1.0, 1.0, 1.1, 1.0, 0.9, 1.3, 1.1, 1.4, 1.7]


def test_a_pure_pattern_with_growth_is_found_whole_and_taken_out() -> None:
    values = [100 * exp(0.01 * place) * PATTERN[place % 12] for place in range(36)]
    plain = deseasonalised(values, 12)
    steps = [log(after / before) for before, after in pairwise(plain) if before and after]
    assert steps == pytest.approx([0.01] * 35, abs=1e-6)


def test_added_seasons_are_taken_out_where_values_are_not_above_zero() -> None:
    wave = [3, -1, -2, 0]
    plain = deseasonalised([wave[place % 4] + 0.5 * place for place in range(16)], 4)
    steps = [after - before for before, after in pairwise(plain) if None not in (before, after)]
    assert steps == pytest.approx([0.5] * 15, abs=1e-6)


def test_noise_without_seasons_is_left_nearly_as_it_is() -> None:
    chance = random.Random(6)
    sizes = []
    for _ in range(200):
        values = [exp(chance.gauss(0, 0.3)) for _ in range(48)]
        sizes.append(max(abs(factor) for factor in seasons_of(values, 12).factors))
    # Undamped, the largest of twelve means of four such values would be about 0.25 each time.
    assert sum(size == 0 for size in sizes) > 80
    assert sum(sizes) / len(sizes) < 0.08


def test_limits_are_widened_by_what_seasons_took_of_the_noise() -> None:
    chance = random.Random(7)
    values = [PATTERN[place % 12] * exp(chance.gauss(0, 0.1)) for place in range(24)]
    seasons = seasons_of(values, 12)
    # 24 values less nearly 11 seasons: the root of 24 / 13
    assert seasons.widening == pytest.approx((24 / 13) ** 0.5, rel=0.05)


@pytest.mark.parametrize("values", [[], [1.0] * 23, [1.0, None] * 24, [5.0] * 48])
def test_no_seasons_where_they_cannot_be_known(values: list[float | None]) -> None:
    seasons = seasons_of(values, 12)
    assert set(seasons.factors) == {0.0}
    assert seasons.widening == 1


def test_removing_and_adding_a_season_gives_the_value_again() -> None:
    values = [PATTERN[place % 12] * (1 + place % 5) for place in range(48)]
    seasons = seasons_of(values, 12)
    for place, value in enumerate(values):
        assert seasons.added(seasons.removed(value, place), place) == pytest.approx(value)
