"""The checks of the demo company: exact outcomes on clean data, every injected fault named by its keys."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from quality_builders import demo_expectations, project_of

from kpiledger.quality import QualityReport, check_sources, render_quality, write_quality_tables
from kpiledger.sources import FAULTS
from kpiledger.vocabulary import Outcome

AS_OF, AT = date(2017, 12, 31), datetime(2018, 1, 2, 6, 30)
# Faults that Superstore itself has; the figures were counted outside of this project.
NATURAL = {"OR-05": 5, "OR-06": 219, "OL-02": 16, "SH-05": 12}
REPEATED_ORDER_AND_PRODUCT = 8


def checked(root: Path, warehouse: Path) -> QualityReport:
    return check_sources(project_of(root, demo_expectations()), warehouse, AS_OF, "run-1", AT, {})


@pytest.fixture(scope="module")
def clean(clean_root: Path, demo_warehouse: Path) -> QualityReport:
    return checked(clean_root, demo_warehouse)


@pytest.fixture(scope="module")
def faulted(faulted_root: Path, demo_warehouse: Path) -> QualityReport:
    return checked(faulted_root, demo_warehouse)


def test_clean_data_blocks_nothing_and_warns_of_the_natural_faults_alone(clean: QualityReport) -> None:
    assert clean.blocking == ()
    assert {result.rule: result.failing_count for result in clean.results if result.failing_count} == NATURAL
    assert Counter(result.outcome for result in clean.results) == {Outcome.PASSED: 31, Outcome.WARNED: 4}


def test_the_repeated_products_are_eight_pairs_of_lines(clean: QualityReport, demo_warehouse: Path) -> None:
    lines = [issue.record_key for issue in clean.issues if issue.rule == "OL-02"]
    with duckdb.connect(str(demo_warehouse), read_only=True) as link:
        pairs = link.execute(
            "select count(distinct (order_id, product_id)), count(*) from staging.stg_erp__order_line "
            "where list_contains(?, row_id)",
            [[int(line) for line in lines]],
        ).fetchone()
    assert pairs == (REPEATED_ORDER_AND_PRODUCT, 2 * REPEATED_ORDER_AND_PRODUCT)


def test_both_denominators_are_kept(clean: QualityReport) -> None:
    (same_day,) = [result for result in clean.results if result.rule == "SH-05"]
    assert (same_day.rows_in_table, same_day.rows_tested) == (5009, 264)
    assert str(same_day.failing_share) == "0.0454545455"


def test_an_issue_knows_its_team_and_the_month_of_its_record(clean: QualityReport) -> None:
    issue = next(issue for issue in clean.issues if issue.record_key == "CA-2017-100202")
    assert (issue.rule, issue.team, issue.period_start, issue.found_at) == ("OR-05", "West", date(2016, 12, 1), AT)


def test_every_total_of_the_clean_data_agrees(clean: QualityReport) -> None:
    assert {row.outcome for row in clean.reconciliations} == {Outcome.PASSED}
    first_west = next(
        row for row in clean.reconciliations
        if (row.table_name, row.bucket, row.measure) == ("order_line", "month=2017-12, region=West", "count")
    )  # fmt: skip
    assert first_west.source_value == first_west.warehouse_value == "159"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.table} {fault.kind}")
def test_every_fault_is_named_with_its_exact_keys(fault, faulted: QualityReport) -> None:  # type: ignore[no-untyped-def]
    for rule in fault.found_by:
        (result,) = [
            result for result in faulted.results
            if (result.source, result.table_name, result.rule) == (fault.source, fault.table, rule)
        ]  # fmt: skip
        assert result.is_blocking
        assert set(fault.keys) <= set(faulted.keys_of(result))
        same = [other for other in FAULTS if other.table == fault.table and rule in other.found_by]
        assert set(faulted.keys_of(result)) == {key for other in same for key in other.keys}


def test_the_faults_are_of_the_kinds_they_say(faulted: QualityReport) -> None:
    found = {
        (row.table_name, str(row.difference_kind), row.record_key)
        for row in faulted.reconciliations
        if row.difference_kind
    }
    assert found == {
        ("order_line", "extra", "9006"), ("order_line", "extra", "9007"),
        ("order_line", "missing", "9995"), ("order_line", "missing", "9996"),
        ("order_line", "changed", "5001"), ("order_line", "changed", "5003"),
        ("orders", "duplicate_key", "CA-2016-150077"),
        ("shipment", "extra", "CA-2017-160458"), ("shipment", "changed", "CA-2017-160416"),
        ("ticket", "changed", "T-2017-00903"), ("ticket", "changed", "T-2017-00905"),
        ("ticket", "changed", "T-2017-00906"),
    }  # fmt: skip


def test_nothing_but_the_faults_blocks(faulted: QualityReport) -> None:
    expected = {(fault.source, fault.table, rule) for fault in FAULTS for rule in fault.found_by}
    assert {(result.source, result.table_name, result.rule) for result in faulted.blocking} == expected


def test_a_changed_amount_shows_both_values_and_the_distance(faulted: QualityReport) -> None:
    (row,) = [row for row in faulted.reconciliations if row.record_key == "5001"]
    assert (row.measure, row.source_value, row.warehouse_value) == ("sales", "179.99", "79.9900")
    assert str(row.difference) == "-100.0000000000"


def test_the_text_names_source_rule_sentence_and_every_key(faulted: QualityReport) -> None:
    text = render_quality(faulted)
    for fault in FAULTS:
        assert f"{fault.source}.{fault.table}  {fault.rule}" in text
        assert all(key in text for key in fault.keys)
    assert "TI-02  Every ticket is registered within 2 days of its opening" in text
    assert "2 of 1,314 tested rows break it (table: 1,314 rows, tested: 1,314)" in text
    assert "... and 199 more of 219, all in kpi.fct_registration_issue" in text
    assert text.splitlines()[-1] == "35 checks: 23 passed, 8 failed, 4 warning; 8 stop publishing"


def test_the_tables_hold_the_report_typed_described_and_once(faulted: QualityReport, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    write_quality_tables(warehouse, faulted)
    write_quality_tables(warehouse, faulted)
    with duckdb.connect(str(warehouse), read_only=True) as link:
        assert link.execute("select count(*) from kpi.fct_check_result where is_blocking").fetchone() == (8,)
        issues = link.execute("select count(*) from kpi.fct_registration_issue").fetchone()
        assert issues == (len(faulted.issues),)
        types = link.execute(
            "select data_type from information_schema.columns where table_name = 'fct_reconciliation' "
            "and column_name in ('difference', 'checked_at') order by column_name"
        ).fetchall()
        assert types == [("TIMESTAMP",), ("DECIMAL(38,10)",)]
        undescribed = link.execute(
            "select count(*) from duckdb_columns() where schema_name = 'kpi' and comment is null"
        ).fetchone()
        assert undescribed == (0,)


def test_an_unreachable_source_is_not_verified_and_blocks(faulted_root: Path, demo_warehouse: Path) -> None:
    project = project_of(faulted_root, {"wms": demo_expectations()["wms"], "erp": demo_expectations()["erp"]})
    gone = {"WMS_URL": "sqlite:////nowhere/wms.sqlite"}
    report = check_sources(project, demo_warehouse, AS_OF, "run-1", AT, gone)
    of_wms = [result for result in report.results if result.source == "wms"]
    assert len(of_wms) == 6
    assert {result.outcome for result in of_wms} == {Outcome.COULD_NOT_RUN}
    assert all(result.is_blocking and result.message.startswith("not verified") for result in of_wms)
    assert "does not exist" in of_wms[0].message


def test_a_rule_that_needs_an_unreachable_source_could_not_run(clean_root: Path, demo_warehouse: Path) -> None:
    project = project_of(clean_root, {name: demo_expectations()[name] for name in ("desk", "erp")})
    gone = {"ERP_URL": "sqlite:////nowhere/erp.sqlite"}
    report = check_sources(project, demo_warehouse, AS_OF, "run-1", AT, gone)
    outcomes = {result.rule: result.outcome for result in report.results if result.source == "desk"}
    assert outcomes["TI-05"] is Outcome.COULD_NOT_RUN
    assert outcomes["TI-01"] is outcomes["reconciliation"] is Outcome.PASSED


def test_without_a_warehouse_the_rules_run_and_the_reconciliation_is_not_verified(
    clean_root: Path, tmp_path: Path
) -> None:
    project = project_of(clean_root, {"crm": demo_expectations()["crm"]})
    report = check_sources(project, tmp_path / "none.duckdb", AS_OF, "run-1", AT, {})
    assert {result.rule: str(result.outcome) for result in report.results} == {
        "CU-01": "passed", "CU-02": "passed", "CU-03": "passed", "reconciliation": "could_not_run",
    }  # fmt: skip
    assert [result.rule for result in report.blocking] == ["reconciliation"]
