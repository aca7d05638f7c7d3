from __future__ import annotations

from decimal import Decimal

from kpiledger.pages.geometry import Scale, band_path, domain, flag_levels, line_path, step_path, ticks
from kpiledger.pages.history_chart import _room

UPWARDS = Scale(Decimal(0), Decimal(10), 100.0, 0.0)


def decimals(*values: int | None) -> list[Decimal | None]:
    return [None if value is None else Decimal(value) for value in values]


def test_a_scale_runs_straight_from_low_to_high() -> None:
    assert [UPWARDS(Decimal(value)) for value in (0, 5, 10)] == [100.0, 50.0, 0.0]


def test_a_single_figure_lies_in_the_middle() -> None:
    assert Scale(Decimal(7), Decimal(7), 100.0, 0.0)(Decimal(7)) == 50.0


def test_a_domain_leaves_a_margin_and_survives_having_no_figures() -> None:
    assert domain(decimals(0, None, 100), Decimal("0.1")) == (Decimal(-10), Decimal(110))
    assert domain(decimals(None)) == (Decimal(0), Decimal(1))


def test_ticks_are_round_figures_inside_the_domain() -> None:
    assert ticks(Decimal("0.11"), Decimal("0.22")) == tuple(
        map(Decimal, ("0.12", "0.14", "0.16", "0.18", "0.20", "0.22"))
    )
    assert ticks(Decimal(930), Decimal(1310)) == tuple(map(Decimal, (1000, 1100, 1200, 1300)))
    assert ticks(Decimal(5), Decimal(5)) == (Decimal(5),)


def test_a_missing_value_interrupts_the_line() -> None:
    xs = [0.0, 10.0, 20.0, 30.0, 40.0]
    assert line_path(xs, decimals(0, 10, None, 5, None), UPWARDS) == "M0 100L10 0M30 50h.1"
    assert line_path(xs, decimals(None, None, None, None, None), UPWARDS) == ""


def test_a_target_steps_at_the_edge_between_two_periods() -> None:
    edges = [0.0, 10.0, 20.0, 30.0]
    assert step_path(edges, decimals(5, 5, 10), UPWARDS) == "M0 50H20V0H30"
    assert step_path(edges, decimals(5, None, 10), UPWARDS) == "M0 50H10M20 0H30"


def test_flags_too_near_each_other_stand_in_different_rows() -> None:
    assert flag_levels([10.0, 60.0, 70.0, 78.0, 90.0], room=16.0) == (0, 0, 1, 0, 1)


def test_three_flags_on_one_spot_take_three_rows() -> None:
    assert flag_levels([50.0, 50.0, 50.0], room=16.0) == (0, 1, 2)


def test_words_of_near_flags_never_meet() -> None:
    placed: list[tuple[int, float, float, float]] = []
    for x in (100.0, 130.0, 160.0, 1090.0):
        row, start, end = _room(x, 90.0, placed)
        for other_row, _, other_start, other_end in placed:
            assert row != other_row or end <= other_start or start >= other_end
        assert 0 <= start < end <= 1100
        placed.append((row, x, start, end))


def test_what_lies_between_two_bounds_is_a_box_for_each_period_that_has_them() -> None:
    bounds = [(Decimal(3), Decimal(5)), None, (Decimal(4), Decimal(4))]
    assert band_path([0.0, 10.0, 20.0, 30.0], bounds, UPWARDS) == "M0 50H10V70H0zM20 60H30V60H20z"
