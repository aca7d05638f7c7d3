"""Stories over several runs: since when an issue is open, when it was fixed, and what a run that cannot ask says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from kpiledger.errors import BrokenWorld
from kpiledger.quality import keep_register, write_quality_tables
from kpiledger.quality.register import read_register
from kpiledger.quality.report import CheckResult, QualityReport, RegistrationIssue
from kpiledger.vocabulary import Outcome

# How a run ended for rule OR-01, and which keys broke it; None: the rule is not there.
Seen = tuple[Outcome, str] | None
FAILED, PASSED, WAIVED, SILENT = Outcome.FAILED, Outcome.PASSED, Outcome.WAIVED, Outcome.COULD_NOT_RUN


def run_at(day: int) -> datetime:
    return datetime(2018, 1, day, 6, 30, tzinfo=UTC)


def report_of(day: int, seen: Seen, rule: str = "OR-01", team: str | None = "West") -> QualityReport:
    if seen is None:
        return QualityReport()
    outcome, keys = seen
    result = CheckResult(
        f"run-{day}", "erp", "orders", "stg_erp__order", rule, "a sentence", "filled_in", "blocking", outcome,
        10, 10, len(keys), None, None, outcome is FAILED, "", run_at(day),
    )  # fmt: skip
    issues = (RegistrationIssue(f"run-{day}", "erp", "orders", rule, key, team, None, run_at(day)) for key in keys)
    return QualityReport((result,), tuple(issues))


def told(path: Path) -> list[str]:
    """Each episode as `key first..last`, with how it ended."""
    return [
        f"{one.record_key} {one.first_seen.day}..{one.last_seen.day} "
        + ("open" if one.is_open else f"fixed {one.fixed_at.day}" if one.fixed_at else "ended")
        for one in read_register(path)
    ]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        pytest.param([(FAILED, "ab")], ["a 1..1 open", "b 1..1 open"], id="found"),
        pytest.param([(FAILED, "ab"), (FAILED, "ab")], ["a 1..2 open", "b 1..2 open"], id="still open"),
        pytest.param([(FAILED, "ab"), (FAILED, "b")], ["a 1..1 fixed 2", "b 1..2 open"], id="one fixed"),
        pytest.param([(FAILED, "a"), (PASSED, ""), (PASSED, "")], ["a 1..1 fixed 2"], id="fixed once, not each run"),
        pytest.param(
            [(FAILED, "a"), (PASSED, ""), (FAILED, "a")], ["a 1..1 fixed 2", "a 3..3 open"], id="it comes back"
        ),
        pytest.param(
            [(FAILED, "a"), (PASSED, ""), (FAILED, "a"), (PASSED, ""), (PASSED, "")],
            ["a 1..1 fixed 2", "a 3..3 fixed 4"],
            id="it comes back and is fixed again",
        ),
        pytest.param([(FAILED, "a"), (SILENT, ""), (FAILED, "a")], ["a 1..3 open"], id="silent in between"),
        pytest.param([(FAILED, "a"), (SILENT, "")], ["a 1..1 open"], id="silence fixes nothing"),
        pytest.param([(PASSED, ""), (SILENT, "a")], [], id="silence opens nothing"),
        pytest.param([(FAILED, "a"), (SILENT, ""), (PASSED, "")], ["a 1..1 fixed 3"], id="fixed when asked again"),
        pytest.param([(FAILED, "a"), (WAIVED, "ab")], ["a 1..2 open", "b 2..2 open"], id="a waived rule is asked"),
        pytest.param([(WAIVED, "a"), (WAIVED, "")], ["a 1..1 fixed 2"], id="fixed while waived"),
        pytest.param([(PASSED, "a"), (PASSED, "a")], ["a 1..2 open"], id="what is allowed is listed too"),
        pytest.param([(FAILED, "a"), None], ["a 1..1 ended"], id="the rule is gone: not fixed, and not open"),
        pytest.param([(FAILED, "a"), None, (FAILED, "a")], ["a 1..1 ended", "a 3..3 open"], id="the rule comes back"),
    ],
)
def test_the_register_follows_each_record_from_run_to_run(
    tmp_path: Path, runs: list[Seen], expected: list[str]
) -> None:
    for day, seen in enumerate(runs, start=1):
        keep_register(tmp_path / "issues.parquet", report_of(day, seen))
    assert told(tmp_path / "issues.parquet") == expected


def test_a_lost_register_begins_anew_and_claims_nothing_of_before(tmp_path: Path) -> None:
    path = tmp_path / "issues.parquet"
    keep_register(path, report_of(1, (FAILED, "a")))
    path.unlink()
    keep_register(path, report_of(2, (FAILED, "a")))
    assert told(path) == ["a 2..2 open"]


def test_a_register_that_is_none_stops_the_run_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "issues.parquet"
    path.write_bytes(b"PAR1 cut off")
    with pytest.raises(BrokenWorld, match="the register of registration issues") as stopped:
        keep_register(path, report_of(1, (FAILED, "a")))
    assert "first seen in that run" in stopped.value.hint
    assert path.read_bytes() == b"PAR1 cut off"


def test_the_same_run_may_check_once_more(tmp_path: Path) -> None:
    path = tmp_path / "issues.parquet"
    for _ in range(2):
        keep_register(path, report_of(1, (FAILED, "ab")))
    assert told(path) == ["a 1..1 open", "b 1..1 open"]
    assert [one.name for one in tmp_path.iterdir()] == ["issues.parquet"]


def test_rules_and_tables_do_not_answer_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "issues.parquet"
    both = report_of(1, (FAILED, "a")), report_of(1, (FAILED, "a"), rule="OR-02")
    keep_register(path, QualityReport(both[0].results + both[1].results, both[0].issues + both[1].issues))
    keep_register(path, QualityReport(report_of(2, (PASSED, "")).results + report_of(2, (SILENT, ""), "OR-02").results))
    assert [(one.rule, one.is_open) for one in read_register(path)] == [("OR-01", False), ("OR-02", True)]


def test_a_record_that_changes_hands_keeps_its_first_day_and_has_its_new_team(tmp_path: Path) -> None:
    path = tmp_path / "issues.parquet"
    keep_register(path, report_of(1, (FAILED, "a"), team="West"))
    keep_register(path, report_of(2, (FAILED, "a"), team="East"))
    (one,) = read_register(path)
    assert (one.team, one.run_id, one.first_seen) == ("East", "run-2", datetime(2018, 1, 1, 6, 30))


def test_the_warehouse_holds_open_and_fixed_issues(tmp_path: Path) -> None:
    path, warehouse = tmp_path / "issues.parquet", tmp_path / "warehouse.duckdb"
    keep_register(path, report_of(1, (FAILED, "ab")))
    report = report_of(2, (FAILED, "b"))
    write_quality_tables(warehouse, report, keep_register(path, report))
    with duckdb.connect(str(warehouse), read_only=True) as link:
        rows = link.execute("""
            select record_key, run_id, first_seen, last_seen, fixed_at, is_open
            from kpi.fct_registration_issue order by record_key
        """).fetchall()
    first, second = datetime(2018, 1, 1, 6, 30), datetime(2018, 1, 2, 6, 30)
    assert rows == [("a", "run-1", first, first, second, False), ("b", "run-2", first, second, None, True)]
