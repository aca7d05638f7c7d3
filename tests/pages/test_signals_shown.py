"""What a page says of signal and noise, and of the year ahead: in words, with the next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from kpiledger.pages.formatting import NumberStyle
from kpiledger.pages.noticed import Ahead, Noticed, ahead, noticed
from kpiledger.pages.queries import ScorecardRow
from kpiledger.vocabulary import Grain, Unit

EUROS = NumberStyle(Unit.CURRENCY, "EUR")
MONTH = ScorecardRow(
    holder="sales_west", agreement="sales_west_2017", agreement_version=1, kpi="revenue", kpi_version=1, slice="all",
    member="all", grain="month", period_start=date(2017, 8, 1), period_end=date(2017, 8, 31), is_complete=True,
    actual=Decimal(900), target_value=Decimal(1000), comparison="at_least", amber_value=None, stretch_value=None,
    weight=None, variance=Decimal(-100), status="red", actual_year_to_date=Decimal(8000),
    target_year_to_date=Decimal(8000), same_period_last_year=None, rolling_mean=None, upper_value=None,
    within_value=None, amber_outside_by=None, commit_value=None, score=None, is_pilot=False, is_binding=True,
    approval_state="approved", entry_seq=1, entry_hash="aa", reason_kind="annual_agreement", signal="noise",
    centre_value=Decimal(1000), lower_limit=Decimal(800), upper_limit=Decimal(1200), projection=Decimal(12100),
    projection_low=Decimal(11500), projection_high=Decimal(12800), projection_state="projected",
    target_full_year=Decimal(12000), remaining_count=4, pace_needed=Decimal(1000),
)  # fmt: skip


def said(**changed: Any) -> Noticed:
    found = noticed([replace(MONTH, **changed)], EUROS)
    assert found is not None
    return found


def told(**changed: Any) -> Ahead:
    found = ahead(replace(MONTH, **changed), Grain.MONTH, EUROS)
    assert found is not None
    return found


def test_red_within_the_usual_range_says_so_and_where_to_look() -> None:
    found = said()
    assert (found.head, found.is_signal) == ("Within its usual range", False)
    assert found.rest == (
        "of 800 to 1,200\u00a0EUR: this period alone says little. Look at the process, or at the target."
    )


def test_green_within_the_usual_range_needs_no_advice() -> None:
    assert said(status="green").rest == "of 800 to 1,200\u00a0EUR."


def test_a_signal_asks_by_its_effect() -> None:
    low = said(signal="below", signal_effect="worsening")
    assert (low.head, low.rest) == ("Unusually low, a signal", "usually 800 to 1,200\u00a0EUR. Ask what changed.")
    high = said(signal="above", signal_effect="improvement", status="green")
    assert high.rest == "usually 800 to 1,200\u00a0EUR. Ask what went well, and keep it."


def test_a_signal_that_lasts_asks_for_a_recorded_change() -> None:
    rows = [replace(MONTH, signal="noise"), *[replace(MONTH, signal="shift_up", signal_effect="improvement")] * 8]
    found = noticed(rows, EUROS)
    assert found is not None
    assert found.rest == (
        "usually about 1,000\u00a0EUR, 8 in a row. "
        "If this is how it is now, record the change, and the range is measured anew."
    )


def test_signals_to_the_other_side_are_no_row() -> None:
    rows = [replace(MONTH, signal="above"), replace(MONTH, signal="below", signal_effect="worsening")]
    found = noticed(rows, EUROS)
    assert found is not None
    assert "in a row" not in found.rest


def test_too_few_values_say_nothing() -> None:
    assert noticed([replace(MONTH, signal=None)], EUROS) is None


def test_the_year_ahead_names_projection_interval_target_and_pace() -> None:
    found = told()
    numbers = [one.text if one else None for one in (found.projection, found.low, found.high, found.target, found.pace)]
    assert numbers == ["12,100", "11,500", "12,800", "12,000", "1,000"]
    assert found.pace_of == "a month, 4 left"


def test_the_pace_of_a_ratio_is_of_the_rest_together() -> None:
    assert told(target_full_year=MONTH.target_value).pace_of == "over the 4 months left"


def test_a_year_that_cannot_be_projected_yet_says_why() -> None:
    blank = {"projection": None, "projection_low": None, "projection_high": None, "pace_needed": None}
    assert told(**blank, projection_state="too_short").remark.endswith("it needs two years of values.")
    assert told(**blank, projection_state="has_gaps").remark.endswith("a period has no value.")
    assert told(**blank, projection_state="not_summable").remark.endswith("nothing says what a year is of its months.")
    assert "there is no figure of the year to date" in told(**blank, projection_state="no_year_to_date").remark


def test_the_quarter_that_runs_stands_beside_the_year_and_one_that_is_over_does_not() -> None:
    ends = {"quarter_projection": Decimal(3000), "quarter_projection_low": Decimal(2900)}
    runs = told(**ends, quarter_projection_high=Decimal(3150))
    numbers = [one.text if one else None for one in (runs.quarter, runs.quarter_low, runs.quarter_high)]
    assert numbers == ["3,000", "2,900", "3,150"]
    over = told(**{name: Decimal(3000) for name in ends}, quarter_projection_high=Decimal(3000))
    assert (over.quarter, over.quarter_low, over.quarter_high) == (None, None, None)


def test_at_the_end_of_the_year_nothing_is_ahead() -> None:
    assert ahead(replace(MONTH, remaining_count=0), Grain.MONTH, EUROS) is None


def test_where_less_is_better_the_pace_is_what_is_still_allowed() -> None:
    assert (told().pace_is, told(comparison="at_most").pace_is) == ("Still needed", "Still allowed")


def test_a_target_of_the_year_that_is_reached_needs_no_pace() -> None:
    found = told(pace_needed=Decimal(-5))
    assert (found.pace, found.remark) == (None, "The target of the year is reached.")
