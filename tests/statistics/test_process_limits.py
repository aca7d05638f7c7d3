"""Natural process limits and signals: worked by hand, and what holds of every series."""

from __future__ import annotations

from decimal import Decimal
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiledger.statistics import Signal, far_outside, process_limits, signals
from kpiledger.vocabulary import Direction

# Flow rates of ten batches: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2.1. Individuals control charts.
FLOW_RATES = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
# 24 monthly counts; they sum to 960, their 23 moving ranges to 58.
COUNTS = [39, 41, 41, 41, 43, 44, 41, 42, 40, 41, 44, 40, 38, 40, 41, 35, 36, 41, 38, 36, 40, 43, 36, 39]
FEW = [10, 12, 9, 11, 13, 10, 12, 11]


def test_limits_are_those_of_the_handbook() -> None:
    """The handbook divides by d2 = 1.128 where we multiply by 2.66: the same to three digits."""
    (limits, *_) = process_limits(FLOW_RATES)
    assert limits is not None
    assert limits.centre == Decimal("50.81")
    assert float(limits.lower) == pytest.approx(45.8159, abs=0.001)
    assert float(limits.upper) == pytest.approx(55.8041, abs=0.001)


def test_limits_of_24_values_by_hand() -> None:
    (limits, *_) = process_limits(COUNTS)
    assert limits is not None
    # 40 -+ 2.66 * 58 / 23
    assert (limits.centre, limits.lower, limits.upper) == (40, Decimal("33.2921739"), Decimal("46.7078261"))


def test_limits_of_eight_values_by_hand() -> None:
    """Mean 88 / 8 = 11; ranges 2 3 2 2 3 2 1, mean 15 / 7; 2.66 * 15 / 7 = 5.7."""
    (limits, *_) = process_limits(FEW)
    assert limits is not None
    assert (limits.centre, limits.lower, limits.upper, limits.count) == (11, Decimal("5.3"), Decimal("16.7"), 8)


def test_seven_values_set_no_limits() -> None:
    assert process_limits(FEW[:7]) == (None,) * 7


def test_only_the_first_24_values_set_limits_and_they_stay() -> None:
    assert process_limits([*COUNTS, 400, 900])[-1] == process_limits(COUNTS)[0]


def test_a_recorded_change_begins_a_stretch_with_limits_of_its_own() -> None:
    limits = process_limits([*FEW, *(value + 100 for value in FEW)], changes=[8])
    assert {one.centre for one in limits[:8] if one} == {11}
    assert {one.centre for one in limits[8:] if one} == {111}


def test_one_jump_does_not_widen_the_limits_that_judge_it() -> None:
    calm = [10, 12] * 10
    jumped = [*calm[:10], 60, *calm[10:]]
    limits = process_limits(jumped)
    assert limits[10] is not None
    # Both jumps, 50 and 48, lie above 3.268 mean ranges and are left out: what stays are the ranges of 2.
    assert limits[10].upper - limits[10].centre == Decimal("5.32")
    assert signals(jumped, limits)[10] is Signal.ABOVE


def test_a_coarse_measure_gives_a_signal_only_beyond_what_was_seen() -> None:
    """Medians of days are mostly 4, seldom 5: a 5 is nothing new, and neither is a run of 4."""
    coarse = [4, 4, 4, 4, 4, 4, 4, 4, 5, 4, 4, 4, 4, 4, 4, 5, 4, 4, 4, 4, 4, 4, 4, 4]
    told = signals([*coarse, 6], process_limits([*coarse, 6]))
    assert set(told[:-1]) == {Signal.NOISE}
    assert told[-1] is Signal.ABOVE


def test_no_limit_lies_below_zero_where_no_value_does() -> None:
    assert process_limits([1, 9, 0, 8, 2, 9, 1, 7])[0].lower == 0  # type: ignore[union-attr]
    assert process_limits([-1, 9, 0, 8, 2, 9, 1, 7])[0].lower < 0  # type: ignore[union-attr, operator]


def test_eight_in_a_row_on_one_side_are_a_shift_from_the_eighth_on() -> None:
    values = [*COUNTS, 41, 41, 41, 41, 41, 41, 41, 41, 41, 39]
    told = signals(values, process_limits(values))[24:]
    assert told == (Signal.NOISE,) * 7 + (Signal.SHIFT_UP,) * 2 + (Signal.NOISE,)


def test_three_of_four_nearer_to_a_limit_than_to_the_centre_are_a_shift() -> None:
    values = [*COUNTS, 36, 41, 36, 36, 44]  # halfway to the lower limit is 36.65
    told = signals(values, process_limits(values))[24:]
    assert told == (Signal.NOISE, Signal.NOISE, Signal.NOISE, Signal.SHIFT_DOWN, Signal.NOISE)


def test_what_lies_on_a_limit_is_noise_and_what_lies_beyond_is_none() -> None:
    values = [*FEW, 11, Decimal("16.7"), 11, Decimal("16.70001"), 11, Decimal("5.29")]
    assert signals(values, [process_limits(FEW)[0]] * 14)[8:] == (
        Signal.NOISE, Signal.NOISE, Signal.NOISE, Signal.ABOVE, Signal.NOISE, Signal.BELOW,
    )  # fmt: skip


def test_a_period_without_value_says_nothing_and_breaks_no_run() -> None:
    values = [*COUNTS, 41, 41, 41, None, 41, 41, 41, 41, 41]
    told = signals(values, process_limits(values))[24:]
    assert told[3] is None
    assert told[-1] is Signal.SHIFT_UP


def test_a_series_that_never_moved_is_noise_until_it_moves() -> None:
    values = [0.1] * 24 + [0.2]
    assert signals(values, process_limits(values))[-2:] == (Signal.NOISE, Signal.ABOVE)


@given(st.lists(st.integers(-1000, 1000), min_size=8, max_size=60), st.integers(1, 50), st.integers(0, 10**6))
def test_another_scale_changes_no_signal(values: list[int], times: int, plus: int) -> None:
    base = [value + 1000 for value in values]
    moved = [times * value + plus + times for value in base]  # above zero, so that no lower limit is cut off alone
    told, again = signals(base, process_limits(base)), signals(moved, process_limits(moved))
    cut = process_limits(base)[0].lower == 0  # type: ignore[union-attr]
    near = {Signal.BELOW, Signal.SHIFT_DOWN, Signal.NOISE}
    assert all(one is two or (cut and {one, two} <= near) for one, two in zip(told, again, strict=True))


@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=24, unique=True))
def test_the_centre_is_the_mean_whatever_was_screened(values: list[float]) -> None:
    limits = process_limits(values)[0]
    assert limits is not None
    assert float(limits.centre) == pytest.approx(fmean(values), rel=1e-8, abs=1e-6)
    assert limits.lower <= limits.upper


@pytest.mark.parametrize(
    ("target", "direction", "is_far"),
    [
        ("16.7", Direction.INCREASE, False), ("16.71", Direction.INCREASE, True), ("1", Direction.INCREASE, False),
        ("5.29", Direction.DECREASE, True), ("30", Direction.DECREASE, False), ("30", Direction.MAINTAIN, True),
        ("5.29", Direction.MAINTAIN, True),
    ],
)  # fmt: skip
def test_a_target_is_far_outside_where_it_is_harder_than_three_sigmas(
    target: str, direction: Direction, is_far: bool
) -> None:
    assert (far_outside(Decimal(target), FEW, direction) is not None) is is_far


def test_far_outside_says_how_far_in_sigmas() -> None:
    found = far_outside(Decimal("20.5"), FEW, Direction.INCREASE)  # (20.5 - 11) / 1.9
    assert found is not None
    assert found.sigmas == Decimal("5.0")


def test_too_few_values_call_no_target_unrealistic() -> None:
    assert far_outside(Decimal(10**9), FEW[:7], Direction.INCREASE) is None
