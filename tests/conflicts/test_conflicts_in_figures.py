"""What is seen over time: planted conflicts are found, and a season, a trend or a wild month plants none.

`benchmarks/conflicts.py` counts over a thousand companies how often it is right; here are single cases with an answer.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kpiledger.conflicts.movements import MONTHS_NEEDED, moved_apart
from tests.conflicts.made_company import series_of, worlds


def named(figures: dict[str, list[float | None]], falling: tuple[str, ...] = ()) -> list[tuple[str, str, int]]:
    found = moved_apart(series_of(figures, falling))
    return [(one.first, one.second, one.lag) for one in found.opposed]


def figures_of(
    months: int, planted: list[tuple[int, int]], lag: int = 0, seed: int = 3
) -> dict[str, list[float | None]]:
    made = worlds(months, 6, seed, planted, strength=0.9, lag=lag)
    return {f"k{at}": list(row) for at, row in enumerate(made)}


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_two_that_move_against_each_other_are_named_with_who_moves_first_and_by_how_much(lag: int) -> None:
    found = moved_apart(series_of(figures_of(72, [(4, 1)], lag)))
    (one,) = found.opposed
    assert {one.first, one.second} == {"k1", "k4"}
    assert one.lag == lag
    assert lag == 0 or one.first == "k4"
    assert -1 <= one.correlation < -0.6
    assert 60 < one.months <= 72
    assert one.p_value <= one.q_value < 0.05
    assert found.pairs == 15


def test_two_of_which_one_should_fall_are_against_each_other_when_both_rise() -> None:
    figures = figures_of(72, [(0, 1)])
    mirrored: dict[str, list[float | None]] = {**figures, "k1": [-(value or 0) for value in figures["k1"]]}
    assert named(mirrored, falling=("k1",)) == named(figures)
    assert named(mirrored) == []


def test_a_season_in_common_is_no_conflict() -> None:
    random = np.random.default_rng(1)
    season = 10 * np.sin(np.arange(60) * np.pi / 6)
    up, down = season + random.standard_normal(60), -season + random.standard_normal(60)
    assert named({"up": list(up), "down": list(down)}) == []


def test_a_trend_that_goes_opposite_ways_is_no_conflict() -> None:
    random = np.random.default_rng(2)
    trend = np.arange(60.0)
    assert named({"up": list(trend + random.standard_normal(60)), "down": list(9 - trend)}) == []


def test_one_wild_month_that_both_had_is_no_conflict() -> None:
    random = np.random.default_rng(4)
    one, other = random.standard_normal(60), random.standard_normal(60)
    one[30], other[30] = 40.0, -40.0
    assert named({"one": list(one), "other": list(other)}) == []


def test_a_new_version_that_shifts_the_level_is_no_movement() -> None:
    made = worlds(72, 2, seed=8)
    shift = np.where(np.arange(72) < 40, 0.0, 50.0)
    versions = [1 if at < 40 else 2 for at in range(72)]
    told = series_of({"one": list(made[0] + shift), "other": list(made[1] - shift)})
    assert moved_apart(told).opposed != ()
    assert moved_apart([replace(one, stretches=versions) for one in told]).opposed == ()


def test_months_without_a_figure_are_left_out_and_counted() -> None:
    figures = figures_of(72, [(0, 1)])
    figures["k0"][10:20] = [None] * 10
    (one,) = moved_apart(series_of(figures)).opposed
    assert one.months <= 61


def test_a_short_history_and_one_that_does_not_move_are_told_and_not_tested() -> None:
    figures = figures_of(MONTHS_NEEDED, [])
    figures["k0"] = [*figures["k0"][: MONTHS_NEEDED - 1], None]
    figures["k1"] = [5.0] * MONTHS_NEEDED
    found = moved_apart(series_of(figures))
    assert found.too_short == ("k0", "k1")
    assert found.pairs == 6


def test_the_answer_does_not_depend_on_the_order_or_the_unit_of_the_series() -> None:
    figures = figures_of(72, [(0, 1), (2, 3)])
    turned = {name: [None if value is None else value * 1000 for value in figures[name]] for name in reversed(figures)}
    assert named(turned) == named(figures)
    assert len(named(figures)) == 2


def test_without_series_nothing_is_said() -> None:
    found = moved_apart([])
    assert (found.opposed, found.pairs, found.too_short) == ((), 0, ())
