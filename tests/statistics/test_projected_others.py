"""Projections of what is neither a sum nor a ratio: levels, distinct counts, medians; and of quarters."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from kpiledger.statistics import (
    Projection,
    added,
    projected,
    projected_counts,
    projected_levels,
    projected_middles,
    rounded,
)

PATTERN = [50, 60, 90, 100, 100, 110, 100, 90, 130, 110, 140, 170]


def the(found: list[Projection | None], known: int) -> Projection:
    projection = found[known - 1]
    assert projection is not None
    return projection


def walk(seed: int, months: int) -> list[float]:
    chance, found = random.Random(seed), [1000.0]
    for _ in range(months - 1):
        found.append(found[-1] + chance.gauss(0, 20))
    return found


def test_a_quarter_is_what_it_is_to_date_and_the_months_that_are_left() -> None:
    series = [float(PATTERN[place % 12]) for place in range(32)]
    (told,) = projected([series], 12, span=3)
    assert float(the(told, 32).value) == pytest.approx(100 + 90 + 130, rel=1e-6)
    over = the(told, 30)
    assert over.value == over.low == over.high == 100 + 100 + 110


def test_a_level_that_returns_with_the_season_ends_as_it_did_last_year() -> None:
    series = [float(PATTERN[place % 12]) for place in range(32)]
    (told,) = projected_levels([series], 12)
    assert float(the(told, 32).value) == pytest.approx(170, rel=1e-6)
    assert the(projected_levels([series], 12, span=3)[0], 32).value == pytest.approx(Decimal(130), rel=Decimal("1e-6"))


def test_a_level_that_grows_by_the_same_each_month_goes_on() -> None:
    (told,) = projected_levels([[100.0 + 5 * place for place in range(40)]], 12)
    assert float(the(told, 40).value) == pytest.approx(100 + 5 * 47, rel=1e-3)


def test_at_the_end_of_the_year_a_level_is_what_it_is() -> None:
    series = walk(1, 36)
    (told,) = projected_levels([series], 12)
    last = the(told, 36)
    assert last.value == last.low == last.high == rounded(series[-1])
    assert told[22] is None
    assert the(told, 37).low < the(told, 37).high


def test_a_level_that_was_never_below_zero_stays_above() -> None:
    chance = random.Random(5)
    (told,) = projected_levels([[max(chance.gauss(1, 2), 0.0) for _ in range(30)]], 12)
    assert the(told, 30).low == 0


def test_the_interval_of_a_level_that_wanders_holds_in_about_80_of_100_cases() -> None:
    held = []
    for seed in range(300):
        series = walk(seed, 48)
        told = the(projected_levels([series], 12)[0], 42)
        held.append(told.low <= Decimal(series[47]) <= told.high)
    assert 0.72 < sum(held) / len(held) < 0.92


def test_what_a_month_adds_to_a_distinct_count_begins_anew_with_its_span() -> None:
    assert added([50, 80, 100, 40, 70], 3) == [50, 30, 20, 40, 30]
    assert added([50, 80, 100, 40, 70], 3, first=2) == [50, 80, 20, -60, 70]


def test_a_distinct_count_that_repeats_itself_is_projected_exactly() -> None:
    year = [sum(PATTERN[:month]) for month in range(1, 13)]
    (told,) = projected_counts([[*year, *year, *year[:5]]], 12)
    assert float(the(told, 29).value) == pytest.approx(sum(PATTERN), rel=1e-6)
    assert the(told, 24).value == the(told, 24).high == sum(PATTERN)


def test_a_distinct_count_never_ends_below_what_it_is_to_date() -> None:
    chance = random.Random(3)
    years = []
    for _ in range(4):
        to_date = 0.0
        for month in range(12):
            to_date += max(chance.gauss(20 - 2 * month, 8), 0.0)
            years.append(to_date)
    for known, projection in enumerate(projected_counts([years], 12)[0][:48], 1):
        if projection is not None:
            assert float(projection.low) >= years[known - 1] - 1e-6


def test_a_median_of_few_rows_to_date_moves_the_year_by_those_alone() -> None:
    """To date 9 by 10 rows, to come 110 rows of the 5 of the last twelve months."""
    rows = [10.0] * 25
    (told,) = projected_middles([[5.0] * 25], [rows], [[5.0] * 24 + [9.0]], 12)
    found = the(told, 25)
    assert float(found.value) == pytest.approx((9 * 10 + 5 * 110) / 120, rel=1e-6)
    assert found.low == found.value == found.high


def test_what_comes_later_never_changes_what_was_told_of_any_kind() -> None:
    level = walk(7, 48)
    rows = [100.0 + place for place in range(48)]
    to_date = [float(place % 12 * 10 + 30 + place) for place in range(48)]
    for known in (30, 41):
        whole = (
            projected_levels([level], 12),
            projected_counts([to_date], 12),
            projected_middles([level], [rows], [level], 12),
        )
        part = (
            projected_levels([level[:known]], 12),
            projected_counts([to_date[:known]], 12),
            projected_middles([level[:known]], [rows[:known]], [level[:known]], 12),
        )
        assert [one[0][known - 1] for one in part] == [one[0][known - 1] for one in whole]
