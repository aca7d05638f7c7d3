"""Projections as they are laid: to date exactly, from the last month that ended, and null with a reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpiledger.periods import Reckoning
from kpiledger.scales import YearIs
from tests.laid_statistics.valued_warehouse import Valued, rows

# A year of 780 that repeats itself.
YEAR = [str(10 * month) for month in range(1, 13)]


def test_a_year_that_repeats_itself_ends_as_the_years_before(tmp_path: Path) -> None:
    laid = Valued(date(2016, 8, 31), values={1: [*YEAR, *YEAR, *YEAR[:8]]}).laid(tmp_path)
    (august,) = rows(laid, "kpi_projection", "period_start = '2016-08-01'")
    assert float(august["projection"]) == pytest.approx(780, rel=1e-6)
    assert (august["projection_state"], august["remaining_count"], august["to_date_value"]) == ("projected", 4, 360)


def test_a_month_that_runs_is_seen_from_the_last_one_that_ended(tmp_path: Path) -> None:
    laid = Valued(date(2016, 8, 20), values={1: [*YEAR, *YEAR, *YEAR[:7], "1"]}).laid(tmp_path)
    (august,) = rows(laid, "kpi_projection", "period_start = '2016-08-01'")
    assert float(august["projection"]) == pytest.approx(780, rel=1e-6)
    assert (august["remaining_count"], august["to_date_value"]) == (5, 280)


def test_in_january_the_year_is_the_new_one(tmp_path: Path) -> None:
    laid = Valued(date(2016, 1, 15), values={1: [*YEAR, *YEAR, "1"]}).laid(tmp_path)
    december, january = rows(laid, "kpi_projection", "period_start >= '2015-12-01'")
    assert (december["projection"], december["remaining_count"]) == (780, 0)
    assert float(january["projection"]) == pytest.approx(780, rel=1e-6)
    assert (january["remaining_count"], january["to_date_value"]) == (12, 0)


def test_quarters_and_years_are_seen_from_the_same_months(tmp_path: Path) -> None:
    numbers = [*YEAR, *YEAR, *(str(int(value) + 3) for value in YEAR[:9])]
    held = [("sales_west", "quarter"), ("sales_west", "year")]
    laid = Valued(date(2016, 9, 30), values={1: numbers}, targets=held).laid(tmp_path)
    where = "(grain, period_start) in (('month', '2016-09-01'), ('quarter', '2016-07-01'), ('year', '2016-01-01'))"
    found = {row["grain"]: row for row in rows(laid, "kpi_projection", where)}
    assert found["quarter"]["projection"] == found["month"]["projection"] == found["year"]["projection"]
    assert [found[grain]["remaining_count"] for grain in ("month", "quarter", "year")] == [3, 1, None]


def test_a_fiscal_year_is_the_calendars(tmp_path: Path) -> None:
    july = Reckoning(first_month=7)
    laid = Valued(date(2016, 8, 31), values={1: [*YEAR, *YEAR, *YEAR[:8]]}, reckoning=july).laid(tmp_path)
    (august,) = rows(laid, "kpi_projection", "period_start = '2016-08-01'")
    assert (august["remaining_count"], august["to_date_value"]) == (10, 150)
    assert float(august["projection"]) == pytest.approx(780, rel=1e-6)


@pytest.mark.parametrize(
    ("year_is", "numbers", "state"),
    [
        (YearIs.SUM, [*YEAR, *YEAR[:11]], "too_short"),
        (YearIs.SUM, [*YEAR, None, *YEAR[1:], *YEAR], "has_gaps"),
        (YearIs.SUM, [*YEAR, *YEAR, *YEAR[:11], None], "has_gaps"),
        (None, [*YEAR, *YEAR, *YEAR], "not_summable"),
        (YearIs.COUNT, [*YEAR, *YEAR, *YEAR], "no_year_to_date"),
        (YearIs.MIDDLE, [*YEAR, *YEAR, *YEAR], "no_year_to_date"),
    ],
)
def test_what_cannot_be_projected_says_why(
    tmp_path: Path, year_is: YearIs | None, numbers: list[str | None], state: str
) -> None:
    months = len(numbers)
    as_of = date(2014 + (months - 1) // 12, (months - 1) % 12 + 1, 28 if months % 12 == 2 else 30)
    as_of = as_of.replace(day=31) if as_of.month == 12 else as_of
    found = rows(Valued(as_of, year_is=year_is, values={1: numbers}).laid(tmp_path), "kpi_projection")
    assert (found[-1]["projection"], found[-1]["projection_state"]) == (None, state)


def test_what_lies_after_the_last_gap_is_projected_from_where_it_is_long_enough(tmp_path: Path) -> None:
    """The year 2014 was ten times as large: whoever learned from it would expect another year."""
    large = [f"{value}0" for value in YEAR[:5]]
    laid = Valued(date(2017, 8, 31), values={1: [*large, None, *YEAR[6:], *YEAR, *YEAR, *YEAR[:8]]}).laid(tmp_path)
    found = {str(row["period_start"])[:7]: row for row in rows(laid, "kpi_projection")}
    assert [found[month]["projection_state"] for month in ("2014-05", "2014-06", "2016-05", "2016-06", "2017-08")] == [
        "too_short", "has_gaps", "has_gaps", "projected", "projected",
    ]  # fmt: skip
    assert float(found["2017-08"]["projection"]) == pytest.approx(780, rel=1e-6)
    # The year to date is told as soon as no month of that year is missing.
    assert (found["2014-08"]["to_date_value"], found["2015-02"]["to_date_value"]) == (None, 30)


@pytest.mark.parametrize(("unit", "is_cut"), [("ratio", True), ("currency", False)])
def test_a_share_of_a_whole_is_projected_within_it(tmp_path: Path, unit: str, is_cut: bool) -> None:
    numbers = ["99", "60", "100", "98", "99", "100", "62", "99", "100", "97", "99", "100"] * 2
    numbers += ["100", "100", "99", "100", "100"]
    company = Valued(date(2016, 5, 31), YearIs.RATIO, values={1: numbers}, denominators=["100"] * 29, unit=unit)
    (may,) = rows(company.laid(tmp_path), "kpi_projection", "period_start = '2016-05-01'")
    assert 0 < may["projection_low"] <= may["projection"] <= may["projection_high"]
    assert (may["projection_high"] == 1) is is_cut
    assert (may["projection_high"] > 1) is not is_cut


def test_a_ratio_says_what_the_rest_has_to_be_by_what_both_sides_are_to_date(tmp_path: Path) -> None:
    """To date 8 * 30 of 8 * 100; the rest of the year weighs 4 * 100."""
    company = Valued(date(2016, 8, 31), YearIs.RATIO, values={1: ["30"] * 32}, denominators=["100"] * 32)
    (august,) = rows(company.laid(tmp_path), "kpi_projection", "period_start = '2016-08-01'")
    assert float(august["projection"]) == pytest.approx(0.3)
    assert (august["to_date_value"], august["weight_passed"]) == (Decimal("0.6"), Decimal(2))
    # A target of 0.35 over the year: 0.35 * (800 + 400) - 240 = 180 of 400, which is 0.45.
    assert Decimal("0.35") * (1 + august["weight_passed"]) - august["to_date_value"] == Decimal("0.45")


def test_the_quarter_that_runs_is_told_from_its_months_and_what_it_was_at_its_end(tmp_path: Path) -> None:
    laid = Valued(date(2016, 8, 31), values={1: [*YEAR, *YEAR, *YEAR[:8]]}, targets=[("sales_west", "quarter")])
    path = laid.laid(tmp_path)
    where = "(grain, period_start) in (('month', '2016-06-01'), ('month', '2016-08-01'), ('quarter', '2016-07-01'))"
    june, quarter, august = rows(path, "kpi_projection", where)
    # What a finished quarter was is no forecast.
    assert [june[f"quarter_projection{end}"] for end in ("", "_low", "_high")] == [150, 150, 150]
    assert float(august["quarter_projection"]) == pytest.approx(70 + 80 + 90, rel=1e-6)
    assert quarter["quarter_projection"] == august["quarter_projection"]


def test_in_the_first_month_of_a_quarter_it_is_the_new_one_and_a_year_has_none(tmp_path: Path) -> None:
    numbers = [*YEAR, *YEAR, *YEAR[:6], "1"]
    path = Valued(date(2016, 7, 20), values={1: numbers}, targets=[("sales_west", "year")]).laid(tmp_path)
    (july,) = rows(path, "kpi_projection", "period_start = '2016-07-01'")
    assert float(july["quarter_projection"]) == pytest.approx(240, rel=1e-6)
    years = rows(path, "kpi_projection", "grain = 'year'")
    assert {row["quarter_projection"] for row in years} == {None}


def test_a_level_is_projected_to_the_end_of_the_year_and_of_the_quarter(tmp_path: Path) -> None:
    laid = Valued(date(2016, 8, 31), YearIs.LEVEL, values={1: [*YEAR, *YEAR, *YEAR[:8]]}).laid(tmp_path)
    (august,) = rows(laid, "kpi_projection", "period_start = '2016-08-01'")
    assert float(august["projection"]) == pytest.approx(120, rel=1e-6)
    assert float(august["quarter_projection"]) == pytest.approx(90, rel=1e-6)
    # What is left to bring has no meaning for a level.
    assert (august["to_date_value"], august["weight_passed"]) == (None, None)


def test_a_distinct_count_is_projected_from_its_counts_to_date(tmp_path: Path) -> None:
    """Each month has 50 customers, and fewer that were not seen in the year yet: 50, 45, 40 and so on."""
    year = [str(sum(50 - 4 * one for one in range(month))) for month in range(1, 13)]
    quarter = ["50", "80", "100"] * 4
    company = Valued(
        date(2016, 8, 31),
        YearIs.COUNT,
        values={1: ["50"] * 32},
        to_date={
            "year_to_date": [*year, *year, *year[:8]],
            "quarter_to_date": [*quarter, *quarter, *quarter[:8]],
        },
    )
    (august,) = rows(company.laid(tmp_path), "kpi_projection", "period_start = '2016-08-01'")
    assert float(august["projection"]) == pytest.approx(12 * 50 - 4 * 66, rel=1e-6)
    assert float(august["quarter_projection"]) == pytest.approx(100, rel=1e-6)
    assert august["projection_state"] == "projected"


def test_without_counts_of_the_quarter_to_date_a_distinct_count_has_its_year_alone(tmp_path: Path) -> None:
    year = [str(10 * month) for month in range(1, 13)]
    company = Valued(
        date(2016, 8, 31), YearIs.COUNT, values={1: ["50"] * 32}, to_date={"year_to_date": [*year, *year, *year[:8]]}
    )
    (august,) = rows(company.laid(tmp_path), "kpi_projection", "period_start = '2016-08-01'")
    assert float(august["projection"]) == pytest.approx(120, rel=1e-6)
    assert august["quarter_projection"] is None


def test_a_median_is_what_it_is_to_date_and_what_the_last_year_was_for_the_rest(tmp_path: Path) -> None:
    """To date 6 by eight months, and four months to come with the 4 of the last twelve."""
    company = Valued(date(2016, 8, 31), YearIs.MIDDLE, values={1: ["4"] * 32}, to_date={"year_to_date": ["6"] * 32})
    laid = company.laid(tmp_path)
    (december,) = rows(laid, "kpi_projection", "period_start = '2015-12-01'")
    (august,) = rows(laid, "kpi_projection", "period_start = '2016-08-01'")
    assert float(august["projection"]) == pytest.approx((6 * 8 + 4 * 4) / 12, rel=1e-6)
    assert (december["projection"], december["projection_low"], december["projection_high"]) == (6, 6, 6)
