"""A waived check does not block, says why, by whom and until when, and counts again from the day after."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError
from test_check_kinds import report_of, row, visits

from kpiledger.quality import QualityReport, check_sources, render_quality, write_quality_tables
from kpiledger.quality.waiving import waived
from kpiledger.specs.waiver import Waiver, Waivers
from kpiledger.vocabulary import Outcome

SAID = {
    "check": "VI-01", "source": "shop", "table": "visit", "reason": "the old till wrote no code",
    "requested_by": "head_of_sales", "approved_by": "cfo", "valid_from": "2024-06-01", "expires_on": "2024-06-30",
}  # fmt: skip
WAIVER = Waiver.model_validate(SAID)


@pytest.fixture
def broken(tmp_path: Path) -> QualityReport:
    return report_of(tmp_path, {"filled_in": ["code"]}, (row(1), row(2, None)))


@pytest.mark.parametrize("day", [date(2024, 6, 1), date(2024, 6, 30)])
def test_on_its_first_and_last_day_a_waiver_sets_the_check_aside(broken: QualityReport, day: date) -> None:
    (result,) = waived(broken, [WAIVER], day, day).results
    assert (result.outcome, result.is_blocking) == (Outcome.WAIVED, False)
    assert (result.waived_until, result.waiver_approved_by) == (date(2024, 6, 30), "cfo")
    assert result.waiver_reason == "the old till wrote no code"
    assert result.message == (
        "1 of 2 tested rows break it; waived until 2024-06-30, approved by cfo: the old till wrote no code"
    )
    assert (result.failing_count, broken.keys_of(result)) == (1, ("2",))


def test_from_the_day_after_the_check_blocks_again_and_says_that_the_waiver_expired(broken: QualityReport) -> None:
    (result,) = waived(broken, [WAIVER], date(2024, 7, 1), date(2024, 7, 1)).results
    assert (result.outcome, result.is_blocking, result.waived_until) == (Outcome.FAILED, True, None)
    assert result.message == "1 of 2 tested rows break it; its waiver expired on 2024-06-30"


@pytest.mark.parametrize(
    ("as_of", "run_on"), [(date(2024, 6, 15), date(2024, 7, 1)), (date(2024, 7, 1), date(2024, 6, 15))]
)
def test_an_earlier_as_of_date_does_not_revive_a_waiver_that_has_expired(
    broken: QualityReport, as_of: date, run_on: date
) -> None:
    (result,) = waived(broken, [WAIVER], as_of, run_on).results
    assert (result.outcome, result.is_blocking) == (Outcome.FAILED, True)
    assert result.message.endswith("; its waiver expired on 2024-06-30")


@pytest.mark.parametrize(
    ("checked_at", "fixed", "outcome"),
    [
        (datetime(2024, 6, 30, 21, 59, tzinfo=UTC), None, Outcome.WAIVED),
        (datetime(2024, 6, 30, 22, 0, tzinfo=UTC), None, Outcome.FAILED),  # already July in Copenhagen
        (datetime(2031, 1, 1, tzinfo=UTC), date(2024, 6, 30), Outcome.WAIVED),  # a calendar that is of another time
        (datetime(2024, 6, 15, tzinfo=UTC), date(2024, 7, 1), Outcome.FAILED),
    ],
)
def test_a_waiver_must_hold_on_the_day_of_the_run_too(
    tmp_path: Path, checked_at: datetime, fixed: date | None, outcome: Outcome
) -> None:
    made, environ = visits(tmp_path, {"filled_in": ["code"]}, (row(1), row(2, None)))
    calendar: Any = SimpleNamespace(as_of=fixed, zone="Europe/Copenhagen")
    waivers = Waivers.model_construct(waivers=(WAIVER,))
    project = replace(made, calendar=calendar, waivers=waivers)
    report = check_sources(project, tmp_path / "none", date(2024, 6, 15), "run-1", checked_at, environ)
    assert [result.outcome for result in report.results] == [outcome]


def test_before_its_first_day_a_waiver_says_nothing(broken: QualityReport) -> None:
    assert waived(broken, [WAIVER], date(2024, 5, 31), date(2024, 5, 31)) == broken


@pytest.mark.parametrize("other", [{"check": "VI-02"}, {"source": "bank"}, {"table": "code"}])
def test_a_waiver_of_another_check_says_nothing(broken: QualityReport, other: dict[str, str]) -> None:
    assert waived(broken, [Waiver.model_validate({**SAID, **other})], date(2024, 6, 15), date(2024, 6, 15)) == broken


def test_what_holds_needs_no_waiver(tmp_path: Path) -> None:
    whole = report_of(tmp_path, {"filled_in": ["code"]}, (row(1),))
    assert waived(whole, [WAIVER], date(2024, 6, 15), date(2024, 6, 15)) == whole


def test_what_could_not_be_verified_cannot_be_waived(tmp_path: Path) -> None:
    silent = report_of(tmp_path, {"filled_in": ["nothing"]}, (row(1),))
    assert waived(silent, [WAIVER], date(2024, 6, 15), date(2024, 6, 15)) == silent
    assert silent.blocking


def test_a_warning_can_be_waived_too(broken: QualityReport) -> None:
    warned = replace(broken.results[0], outcome=Outcome.WARNED, is_blocking=False)
    (result,) = waived(QualityReport((warned,)), [WAIVER], date(2024, 6, 15), date(2024, 6, 15)).results
    assert result.outcome is Outcome.WAIVED


def test_a_waived_check_stands_in_the_report_and_in_the_table(broken: QualityReport, tmp_path: Path) -> None:
    report = waived(broken, [WAIVER], date(2024, 6, 15), date(2024, 6, 15))
    text = render_quality(report)
    assert "waived  shop.visit  VI-01  it holds" in text
    assert "waived until 2024-06-30, approved by cfo: the old till wrote no code" in text
    assert text.endswith("1 checks: 1 waived; nothing stops publishing\n")
    write_quality_tables(tmp_path / "warehouse.duckdb", report)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as link:
        found = link.execute(
            "select outcome, is_blocking, waived_until, waiver_reason, waiver_approved_by from kpi.fct_check_result"
        ).fetchall()
    assert found == [("waived", False, date(2024, 6, 30), "the old till wrote no code", "cfo")]


@pytest.mark.parametrize("check", ["reconciliation", "freshness", "AUTO-KEY", "AUTO-REF:segment", "OR-06"])
def test_every_check_can_be_named(check: str) -> None:
    assert Waiver.model_validate({**SAID, "check": check}).check == check


@pytest.mark.parametrize("check", ["KPI101", "or-06", "everything", ""])
def test_what_is_no_check_is_refused(check: str) -> None:
    with pytest.raises(ValidationError, match="check"):
        Waiver.model_validate({**SAID, "check": check})
