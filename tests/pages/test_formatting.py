from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from kpiledger.pages.dates import day_text, machine_period, moment_text, period_text, short_period_text
from kpiledger.pages.formatting import NumberStyle, axis_style, difference, figure, machine, percentage, rounded, share
from kpiledger.periods import Reckoning
from kpiledger.vocabulary import Grain, Unit

RATIO = NumberStyle(Unit.RATIO)
COUNT = NumberStyle(Unit.COUNT)
DOLLARS = NumberStyle(Unit.CURRENCY, "USD")


@pytest.mark.parametrize(
    ("value", "style", "written"),
    [
        ("0.2345", RATIO, "23.5\u00a0%"),
        ("0.2345", NumberStyle(Unit.RATIO, decimals=2), "23.45\u00a0%"),
        ("-0.05", RATIO, "−5.0\u00a0%"),
        ("1234567", COUNT, "1,234,567"),
        ("21000", DOLLARS, "21,000\u00a0USD"),
        ("1234.5", NumberStyle(Unit.CURRENCY, "EUR", 2), "1,234.50\u00a0EUR"),
        ("4.25", NumberStyle(Unit.DAYS), "4.3\u00a0days"),
        ("36", NumberStyle(Unit.HOURS), "36.0\u00a0hours"),
        ("4.2", NumberStyle(Unit.SCORE), "4.20"),
    ],
)
def test_a_figure_is_written_by_its_unit(value: str, style: NumberStyle, written: str) -> None:
    assert figure(Decimal(value), style).full == written


def test_a_half_is_rounded_away_from_zero_as_readers_expect() -> None:
    assert figure(Decimal("0.1225"), RATIO).text == "12.3"
    assert figure(Decimal("2.5"), COUNT).text == "3"


def test_the_machine_value_is_exact_whatever_the_reader_sees() -> None:
    assert figure(Decimal("0.1234567890"), RATIO).machine == "0.123456789"
    assert machine(Decimal("21000.0000000000")) == "21000"
    assert machine(Decimal("1E+3")) == "1000"
    assert machine(Decimal("-0.0116")) == "-0.0116"


def test_a_missing_figure_is_a_dash_and_never_zero() -> None:
    missing = figure(None, DOLLARS)
    assert (missing.machine, missing.text, missing.full) == ("", "–", "–")
    assert difference(None, RATIO).full == "–"


@pytest.mark.parametrize(
    ("value", "style", "written"),
    [("38", COUNT, "+38"), ("-0.016", RATIO, "−1.6\u00a0pp"), ("0", COUNT, "±0"), ("-0.4", COUNT, "±0")],
)
def test_a_difference_carries_its_sign(value: str, style: NumberStyle, written: str) -> None:
    assert difference(Decimal(value), style).full == written


def test_a_share_of_nothing_is_missing() -> None:
    assert share(Decimal(38), Decimal(1260)).full == "+3.0\u00a0%"
    assert share(Decimal(-2), Decimal(-8)).full == "−25.0\u00a0%"
    assert share(Decimal(38), Decimal(0)).text == "–"
    assert share(None, Decimal(8)).text == "–"


def test_a_share_that_leads_across_zero_is_missing() -> None:
    assert share(Decimal(-8), Decimal(8)).full == "−100.0\u00a0%"
    assert share(Decimal("-0.063"), Decimal("0.005")).text == "–"
    assert share(Decimal(5), Decimal(-2)).text == "–"


def test_a_weight_is_a_percentage_without_a_sign() -> None:
    assert percentage(Decimal("0.35")).full == "35\u00a0%"


def test_money_of_a_thousand_and_more_is_read_without_cents() -> None:
    cents = NumberStyle(Unit.CURRENCY, "USD", 2)
    assert figure(Decimal("29652.1"), rounded(cents, Decimal(38200))).text == "29,652"
    assert figure(Decimal("374.236"), rounded(cents, Decimal("374.236"))).text == "374.24"


def test_an_axis_shows_no_more_decimals_than_its_marks_need() -> None:
    marks = [Decimal("0.10"), Decimal("0.15"), Decimal("0.20")]
    assert axis_style(NumberStyle(Unit.RATIO, decimals=2), marks).places == 0
    assert axis_style(NumberStyle(Unit.RATIO, decimals=2), [Decimal("0.125")]).places == 1


def test_days_moments_and_periods_are_written_in_english() -> None:
    assert day_text(date(2025, 9, 5)) == "5 Sep 2025"
    assert moment_text(datetime(2025, 10, 2, 6, 4)) == "2 Oct 2025 06:04 UTC"
    assert period_text(date(2025, 9, 1), Grain.MONTH) == "September 2025"
    assert short_period_text(date(2025, 9, 1), Grain.MONTH) == "Sep 2025"
    assert period_text(date(2025, 7, 1), Grain.QUARTER) == "Q3 2025"
    assert period_text(date(2018, 12, 31), Grain.WEEK) == "W1 2019"
    assert period_text(date(2025, 1, 1), Grain.YEAR) == "2025"
    assert machine_period(date(2025, 7, 1), Grain.QUARTER) == "2025-Q3"


def test_the_periods_of_a_fiscal_year_are_named_as_the_calendar_names_them() -> None:
    july = Reckoning(first_month=7)
    assert period_text(date(2025, 7, 1), Grain.QUARTER, july) == "Q1 FY2026"
    assert period_text(date(2025, 7, 1), Grain.YEAR, july) == "FY2026"
    assert period_text(date(2025, 7, 1), Grain.MONTH, july) == "July 2025"
    assert machine_period(date(2025, 7, 1), Grain.QUARTER, july) == "FY2026-Q1"
    assert period_text(date(2018, 12, 30), Grain.WEEK, Reckoning(first_weekday=6)) == "W1 2019"
