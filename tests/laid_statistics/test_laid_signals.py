"""Signals as they are laid: whose limits they are, where a stretch begins, and what has none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from kpiledger.scales import YearIs
from tests.laid_statistics.valued_warehouse import Valued, rows

# Mean 11, ranges 2 3 2 2 3 2 1: limits 5.3 and 16.7.
EIGHT = ["10", "12", "9", "11", "13", "10", "12", "11"]


def test_each_complete_month_is_held_against_the_limits_of_its_stretch(tmp_path: Path) -> None:
    found = rows(Valued(date(2014, 9, 30), values={1: [*EIGHT, "11"]}).laid(tmp_path), "kpi_signal")
    assert [row["period_start"].month for row in found] == list(range(1, 10))
    assert {row["holder"] for row in found} == {"company"}
    assert {row["signal"] for row in found} == {"noise"}
    assert {row["centre_value"] for row in found} == {Decimal(11)}


def test_a_period_that_runs_and_a_kpi_with_seven_values_have_no_signal(tmp_path: Path) -> None:
    assert rows(Valued(date(2014, 8, 30), values={1: EIGHT}).laid(tmp_path), "kpi_signal") == []


def test_a_new_version_begins_a_stretch_of_its_own(tmp_path: Path) -> None:
    versions = ((1, date(2014, 1, 1), date(2014, 8, 31)), (2, date(2014, 9, 1), None))
    doubled = [str(2 * int(value)) for value in [*EIGHT, *EIGHT]]
    company = Valued(date(2015, 4, 30), versions=versions, values={1: EIGHT, 2: doubled})
    found = rows(company.laid(tmp_path), "kpi_signal")
    assert [(row["centre_value"], row["stretch_start"]) for row in (found[7], found[8])] == [
        (11, date(2014, 1, 1)),
        (22, date(2014, 9, 1)),
    ]
    assert {row["signal"] for row in found} == {"noise"}


def test_an_amendment_with_such_a_reason_begins_a_stretch_for_its_holder_alone(tmp_path: Path) -> None:
    company = Valued(
        date(2015, 4, 30),
        year_is=YearIs.LEVEL,
        values={1: [*EIGHT, *(str(int(value) + 100) for value in EIGHT)]},
        targets=[("sales_west", "month")],
        amendments=[(date(2014, 8, 15), "scope_change"), (date(2015, 1, 1), "correction")],
    )
    laid = company.laid(tmp_path)
    west, whole = (rows(laid, "kpi_signal", f"holder = '{holder}'") for holder in ("sales_west", "company"))
    # From the first month that begins after the amendment; a correction changes no process.
    assert {row["stretch_start"] for row in west} == {date(2014, 1, 1), date(2014, 9, 1)}
    assert {row["signal"] for row in west} == {"noise"}
    assert {row["stretch_start"] for row in whole} == {date(2014, 1, 1)}
    assert "noise" not in {row["signal"] for row in whole}


def test_a_missing_month_is_zero_only_where_the_kpi_says_so(tmp_path: Path) -> None:
    gap = [*EIGHT[:4], None, *EIGHT[4:]]
    for is_zero, centre in ((False, Decimal(11)), (True, Decimal("9.77777778"))):
        folder = tmp_path / str(is_zero)
        folder.mkdir()
        company = Valued(date(2014, 9, 30), is_missing_zero=is_zero, values={1: gap})
        found = rows(company.laid(folder), "kpi_signal")
        assert {row["centre_value"] for row in found} == {centre}
        assert (found[4]["signal"] is None) is not is_zero


def test_the_limits_of_a_share_end_at_one_unless_a_value_lies_beyond(tmp_path: Path) -> None:
    for name, last, is_cut in (("share", "90", True), ("more", "105", False)):
        (tmp_path / name).mkdir()
        above = ["90", "70", "95", "60", "100", "75", "85", "65", last]
        company = Valued(date(2014, 9, 30), YearIs.RATIO, values={1: above}, denominators=["100"] * 9)
        (row, *_) = rows(company.laid(tmp_path / name), "kpi_signal")
        assert (row["upper_limit"] == 1) is is_cut
        assert (row["upper_limit"] > 1) is not is_cut


def test_the_same_values_give_the_same_digits(tmp_path: Path) -> None:
    numbers = [str(1000 + (place * 7919) % 613) for place in range(40)]
    told = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        laid = Valued(date(2017, 4, 30), values={1: numbers}).laid(tmp_path / name)
        told.append((rows(laid, "kpi_signal"), rows(laid, "kpi_projection")))
    assert told[0] == told[1]
