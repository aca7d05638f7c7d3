"""Questions 16 to 18 where a month differs from its source, checks failed, and people let some of them pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from ledger_builders import project

from kpiledger.extracts.manifest import Manifest, manifests_bytes
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, writing
from kpiledger.publishing import swap
from kpiledger.quality.report import CheckResult, QualityReport, ReconciliationRow, RegistrationIssue
from kpiledger.quality.tables import write_quality_tables
from kpiledger.recipe import FILE
from kpiledger.settings import load_settings
from kpiledger.specs.waiver import Waivers
from kpiledger.vocabulary import Outcome
from tests.audit.conftest import EXPECTED, AuditWorld, at

CHECKED = datetime(2017, 7, 3, 6, tzinfo=UTC).replace(tzinfo=None)
WAIVER = {
    "check": "OR-06", "source": "erp", "table": "orders", "reason": "Until the form asks for it",
    "requested_by": "head_of_sales", "approved_by": "cfo", "valid_from": "2017-06-15", "expires_on": "2017-09-30",
}  # fmt: skip


def result(rule: str, outcome: Outcome, **more: object) -> CheckResult:
    counts = (9, 9, 2, Decimal("0.2"), None)
    said = ("erp", "orders", "stg_order", rule, f"What {rule} asks for", "filled_in", "blocking", outcome)
    return replace(CheckResult("one", *said, *counts, False, "2 of 9 rows break it", CHECKED), **more)


def total(month: str, source: str, ours: str, outcome: Outcome, why: str | None = None) -> ReconciliationRow:
    difference = Decimal(ours) - Decimal(source)
    figures = (source, ours, difference, Decimal("0.5"), outcome)
    bucket = f"month={month}, region=West"
    return ReconciliationRow(
        "one", "erp", "orders", "stg_order", "total", bucket, "sum of sales", *figures, None, None, CHECKED, why
    )


REPORT = QualityReport(
    (
        result("OR-01", Outcome.PASSED),
        result("OR-02", Outcome.FAILED),
        result("OR-03", Outcome.COULD_NOT_RUN, failing_count=None, message="not verified: no answer"),
        result(
            "OR-06", Outcome.WAIVED, waived_until=date(2017, 9, 30), waiver_reason="Until the form asks for it",
            waiver_approved_by="cfo",
        ),
    ),
    tuple(
        RegistrationIssue("one", "erp", "orders", "OR-02", key, None, date(2017, month, 1), CHECKED)
        for key, month in (("a", 5), ("b", 6))
    ),
    (
        total("2017-05", "10", "20", Outcome.FAILED),
        total("2017-06", "100.25", "100.25", Outcome.PASSED),
        total("2017-06", "50", "47.5", Outcome.FAILED, "2 orders are missing"),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> AuditWorld:
    """One run of 3 July, with an override for June and a waiver from the middle of June on."""
    root = tmp_path_factory.mktemp("broken") / "project"
    root.mkdir()
    (root / "kpiledger.yml").write_text("build: build\nledger: ledger\n", encoding="utf-8")
    settings = load_settings(root, {})
    settings.next.mkdir(parents=True)
    (settings.next / "pages").mkdir()
    write_quality_tables(settings.next / "warehouse.duckdb", REPORT)
    seed = {"name": "budget", "schema": "raw", "path": "seeds/budget.csv", "columns": {"n": "INTEGER"}, "rows": [["1"]]}
    (settings.next / FILE).write_bytes(canonical_bytes({"statements": [], "seeds": [seed], "sources": []}))
    taken = Manifest(
        "x1", "erp", "orders", "2017-07-03T05:00:00", "", {}, 9, {}, None, None, None, "0" * 64,
        accepted="Two orders were deleted by the shop",
    )  # fmt: skip
    (settings.next / "extracts.json").write_bytes(manifests_bytes([taken]))
    swap(settings, "one")
    ledger = Ledger(settings.ledger)
    override = {
        "check": "OR-02", "source": "erp", "period": "2017-06", "reason": "The tool was down",
        "overridden_by": "finance_controller", "approved_by": "cfo",
    }  # fmt: skip
    with writing(ledger, at("2017-07-03T08:00:00")) as writer:
        writer.append([Draft(EntryKind.CHECK_OVERRIDDEN, "2017-06/erp/OR-02", override)])
    specs = replace(project(root=root), waivers=Waivers.model_validate({"waivers": [WAIVER]}))
    return AuditWorld(settings, ledger, specs)


@pytest.mark.parametrize("number", [16, 17, 18])
def test_the_answer_on_a_broken_month_is_as_it_was_read(world, golden, number):
    golden(EXPECTED / f"q{number}_broken.txt", world.text(number, period="2017-06"))


def test_a_total_that_differs_shows_by_how_much_what_is_allowed_and_why(world):
    found = world.ask(16, period="2017-06")
    assert not found.holds
    (row,) = (row for row in world.rows(16, period="2017-06") if row["outcome"] == "failed")
    assert (row["difference"], row["tolerance"], row["explanation"]) == (
        Decimal("-2.5"),
        Decimal("0.5"),
        "2 orders are missing",
    )


def test_totals_of_other_months_are_not_of_the_period(world):
    assert [row["bucket"] for row in world.rows(16, period="2017-05")] == ["month=2017-05, region=West"]
    assert world.rows(16, period="2017-04") == []


def test_a_failed_check_that_was_overridden_names_who_and_why_and_one_that_was_not_does_not_hold(world):
    rows = {row["rule"]: row for row in world.rows(18, period="2017-06")}
    assert set(rows) == {"OR-02", "OR-03", "OR-06"}
    assert (rows["OR-02"]["accepted_by"], rows["OR-02"]["until"]) == ("cfo", "the close of 2017-06, 2017-08-03 at most")
    assert rows["OR-02"]["failing_in_period"] == 1
    assert (rows["OR-06"]["accepted_by"], rows["OR-06"]["until"]) == ("cfo", date(2017, 9, 30))
    assert rows["OR-03"]["accepted_by"] is None
    assert not world.ask(18, period="2017-06").holds


def test_an_override_is_of_its_period_and_of_those_that_it_lies_in(world):
    for period, there in (("2017-06", True), ("2017-Q2", True), ("2017", True), ("2017-05", False)):
        assert any(row["kind"] == "override" for row in world.rows(17, period=period)) is there


def test_a_waiver_is_of_the_periods_that_have_a_day_of_it(world):
    for period, there in (("2017-05", False), ("2017-06", True), ("2017-09", True), ("2017-10", False)):
        assert any(row["kind"] == "waiver" for row in world.rows(17, period=period)) is there
