"""The warehouse held against a source, with rows made by hand: each way they can differ, and what is none."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from quality_builders import project_of

from kpiledger.quality import CheckResult, QualityReport, ReconciliationRow, check_sources
from kpiledger.specs.expectation import Expectations
from kpiledger.vocabulary import Outcome

AS_OF, AT = date(2024, 6, 30), datetime(2024, 7, 1)
# Columns of sale in the source: shop, number, sold_on, amount, buyer, changed_at
SALE = (
    ("N", 1, "2024-05-01", 10.10, "ann", "2024-05-01 08:00:00"),
    ("N", 2, "2024-05-31", 20.20, None, "2024-05-31 08:00:00"),
    ("S", 1, "2024-06-01", 30.30, "cid", "2024-06-01 08:00:00"),
)
WAREHOUSE_COLUMNS = (
    "shop varchar, number integer, sold_on date, amount decimal(18, 4), buyer varchar, changed_at timestamp"
)
RECONCILE: dict[str, Any] = {
    "totals": {"by": ["month", "shop"], "count": "exact", "sum": {"amount": {"within": "0.01"}}},
    "rows": {"amount": {"within": "0.005"}, "buyer": "exact", "sold_on": "exact", "changed_at": {"within": 1}},
}


def held(
    folder: Path,
    source: tuple[tuple[Any, ...], ...],
    warehouse: tuple[tuple[Any, ...], ...],
    reconcile: dict[str, Any] | None = None,
    table: dict[str, Any] | None = None,
) -> QualityReport:
    database, built = folder / "till.sqlite", folder / "warehouse.duckdb"
    with closing(sqlite3.connect(database)) as link, link:
        link.execute("create table sale (shop text, number integer, sold_on date, amount real, buyer, changed_at)")
        link.executemany("insert into sale values (?, ?, ?, ?, ?, ?)", source)
    with duckdb.connect(str(built)) as link:
        link.execute("create schema staging")
        link.execute(f"create table staging.stg_sale ({WAREHOUSE_COLUMNS})")
        for row in warehouse:
            link.execute("insert into staging.stg_sale values (?, ?, ?, ?, ?, ?)", row)
    sale = {"table": "sale", "model": "stg_sale", "key": ["shop", "number"], "period": "sold_on"}
    said = {
        "source": "till", "connection": "TILL_URL", "owner": "sales_operations",
        "tables": [{**sale, "reconcile": reconcile or RECONCILE, **(table or {})}],
    }  # fmt: skip
    project = project_of(folder, {"till": Expectations.model_validate(said)})
    return check_sources(project, built, AS_OF, "run-1", AT, {"TILL_URL": f"sqlite:///{database}"})


def outcome(report: QualityReport) -> CheckResult:
    (result,) = [result for result in report.results if result.rule == "reconciliation"]
    return result


def different(report: QualityReport) -> list[ReconciliationRow]:
    return [row for row in report.reconciliations if row.difference_kind]


def test_equal_rows_agree_in_every_total_and_record(tmp_path: Path) -> None:
    report = held(tmp_path, SALE, SALE)
    result = outcome(report)
    assert (result.outcome, result.is_blocking, result.rows_in_table, result.rows_tested) == (
        Outcome.PASSED, False, 3, 3,
    )  # fmt: skip
    assert [(row.level, row.bucket, row.measure, row.source_value) for row in report.reconciliations] == [
        ("total", "month=2024-05, shop=N", "count", "2"),
        ("total", "month=2024-06, shop=S", "count", "1"),
        ("total", "month=2024-05, shop=N", "sum of amount", "30.3"),
        ("total", "month=2024-06, shop=S", "sum of amount", "30.3"),
        ("row", None, "records that agree", "3"),
    ]


def test_a_row_only_the_source_has_is_missing(tmp_path: Path) -> None:
    report = held(tmp_path, SALE, SALE[:2])
    (row,) = different(report)
    assert (row.difference_kind, row.record_key, row.bucket) == ("missing", "S / 1", "month=2024-06, shop=S")
    assert (outcome(report).outcome, outcome(report).is_blocking) == (Outcome.FAILED, True)
    assert outcome(report).message == "2 of 4 totals differ, 1 of 3 records differ: 1 missing"


def test_a_row_only_the_warehouse_has_is_extra(tmp_path: Path) -> None:
    (row,) = different(held(tmp_path, SALE[1:], SALE))
    assert (row.difference_kind, row.record_key, row.source_value, row.warehouse_value) == ("extra", "N / 1", "0", "1")


def test_changed_values_are_named_by_column_with_both_values(tmp_path: Path) -> None:
    changed = (("N", 1, "2024-05-02", 10.20, "ann", "2024-05-01 08:00:02"), *SALE[1:])
    rows = different(held(tmp_path, changed, SALE))
    assert {(row.record_key, row.measure, row.source_value, row.warehouse_value) for row in rows} == {
        ("N / 1", "amount", "10.2", "10.1000"),
        ("N / 1", "sold_on", "2024-05-02", "2024-05-01"),
        ("N / 1", "changed_at", "2024-05-01 08:00:02", "2024-05-01 08:00:00"),
    }
    assert {row.measure: row.difference for row in rows} == {
        "amount": Decimal("-0.1"), "sold_on": Decimal(-86400), "changed_at": Decimal(-2),
    }  # fmt: skip


def test_within_its_tolerance_a_figure_or_a_time_agrees(tmp_path: Path) -> None:
    near = (("N", 1, "2024-05-01", 10.105, "ann", "2024-05-01 08:00:01"), *SALE[1:])
    assert outcome(held(tmp_path, near, SALE)).outcome is Outcome.PASSED


def test_just_outside_its_tolerance_a_figure_differs(tmp_path: Path) -> None:
    (row,) = different(held(tmp_path, (("N", 1, "2024-05-01", 10.1051, "ann", SALE[0][5]), *SALE[1:]), SALE))
    assert (row.measure, row.difference, row.tolerance) == ("amount", Decimal("-0.0051"), Decimal("0.005"))


def test_null_equals_null_and_nothing_else(tmp_path: Path) -> None:
    nobody = (("N", 1, "2024-05-01", 10.10, None, SALE[0][5]), ("N", 2, "2024-05-31", None, None, SALE[1][5]), SALE[2])
    rows = different(held(tmp_path, nobody, SALE))
    assert {(row.record_key, row.measure, row.source_value, row.warehouse_value) for row in rows} == {
        ("N / 1", "buyer", None, "ann"), ("N / 2", "amount", None, "20.2000"),
    }  # fmt: skip


def test_a_repeated_key_is_named_once_and_compared_with_nothing(tmp_path: Path) -> None:
    twice = (*SALE, ("N", 1, "2024-05-01", 99.0, "eve", SALE[0][5]))
    (row,) = different(held(tmp_path, twice, SALE))
    assert (row.difference_kind, row.record_key, row.source_value, row.warehouse_value) == (
        "duplicate_key", "N / 1", "2", "1",
    )  # fmt: skip


def test_a_key_repeated_in_the_warehouse_is_named_too(tmp_path: Path) -> None:
    (row,) = different(held(tmp_path, SALE, (*SALE, SALE[2])))
    assert (row.difference_kind, row.record_key, row.warehouse_value) == ("duplicate_key", "S / 1", "2")


def test_a_value_that_is_no_figure_or_time_is_unreadable(tmp_path: Path) -> None:
    odd = (("N", 1, "31.04.2024", "ten", "ann", SALE[0][5]), *SALE[1:])
    rows = different(held(tmp_path, odd, SALE))
    assert {(row.difference_kind, row.measure, row.source_value) for row in rows} == {
        ("unreadable", "amount", "ten"), ("unreadable", "sold_on", "31.04.2024"),
    }  # fmt: skip
    assert {row.record_key for row in rows} == {"N / 1"}


def test_rows_newer_than_the_extract_are_late_and_not_wrong(tmp_path: Path) -> None:
    newer = (*SALE, ("S", 2, "2024-06-02", 5.0, "dan", "2024-06-02 08:00:00"))
    report = held(tmp_path, newer, SALE, {**RECONCILE, "cut_off": "changed_at"})
    assert outcome(report).outcome is Outcome.PASSED
    assert outcome(report).message.endswith("1 rows came after the extract")
    (count,) = [row for row in report.reconciliations if row.measure == "late rows"]
    assert (count.source_value, count.outcome) == ("1", Outcome.WARNED)
    (late,) = different(report)
    assert (late.difference_kind, late.record_key, late.outcome) == ("late", "S / 2", Outcome.WARNED)
    assert late.explanation == (
        "made or changed at 2024-06-02 08:00:00; the warehouse's newest row is of 2024-06-01 08:00:00"
    )
    assert report.keys_of(outcome(report)) == ()


def test_a_record_changed_after_the_extract_is_late_on_both_sides(tmp_path: Path) -> None:
    edited = (SALE[0], ("N", 2, "2024-05-31", 77.0, "bob", "2024-06-03 08:00:00"), SALE[2])
    report = held(tmp_path, edited, SALE, {**RECONCILE, "cut_off": "changed_at"})
    assert (outcome(report).outcome, outcome(report).rows_tested) == (Outcome.PASSED, 2)
    assert [(row.difference_kind, row.record_key) for row in different(report)] == [("late", "N / 2")]


def test_the_extract_says_how_new_it_is_before_the_warehouse_does(tmp_path: Path) -> None:
    newer = (*SALE, ("S", 2, "2024-06-02", 5.0, "dan", "2024-05-31 09:00:00"))
    reconcile = {**RECONCILE, "cut_off": "changed_at"}
    extract = {"columns": {"changed_at": "timestamp"}}
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as link:
        link.execute("create schema kpi")
        link.execute("create table kpi.dim_extract (source varchar, table_name varchar, high_water_mark varchar)")
        link.execute("insert into kpi.dim_extract values ('till', 'sale', '2024-05-31 08:30:00')")
    report = held(tmp_path, newer, SALE, reconcile, {"extract": extract})
    late = {row.record_key: row.explanation for row in different(report)}
    assert late == {
        "S / 1": "made or changed at 2024-06-01 08:00:00; the extract reaches to 2024-05-31 08:30:00",
        "S / 2": "made or changed at 2024-05-31 09:00:00; the extract reaches to 2024-05-31 08:30:00",
    }
    assert outcome(report).outcome is Outcome.PASSED


def test_a_bucket_says_what_is_behind_its_difference(tmp_path: Path) -> None:
    near = (
        ("N", 1, "2024-05-01", 10.104, "ann", SALE[0][5]),
        SALE[1],
        ("S", 2, "2024-06-01", 30.30, "cid", SALE[2][5]),
    )
    report = held(tmp_path, near, SALE)
    told = {(row.bucket, row.measure): row.explanation for row in report.reconciliations if row.level == "total"}
    assert told["month=2024-05, shop=N", "sum of amount"] == "within the tolerance of 0.01"
    assert told["month=2024-05, shop=N", "count"] is None
    assert told["month=2024-06, shop=S", "count"] is None
    shorter = held_again(tmp_path, near[:2], SALE)
    told = {(row.bucket, row.measure): row.explanation for row in shorter.reconciliations if row.level == "total"}
    assert told["month=2024-06, shop=S", "count"] == "behind it: 1 extra"
    assert told["month=2024-06, shop=S", "sum of amount"] == "behind it: 1 extra"


def held_again(folder: Path, *given: Any) -> QualityReport:
    (folder / "again").mkdir()
    return held(folder / "again", *given)


def test_a_share_of_the_figure_may_be_the_tolerance(tmp_path: Path) -> None:
    share = {"within_share": "0.01"}
    reconcile = {"totals": {"by": ["shop"], "sum": {"amount": share}}, "rows": {"amount": share}}
    at_it = (("N", 1, "2024-05-01", 10.00, "ann", SALE[0][5]), *SALE[1:])
    assert outcome(held(tmp_path, at_it, SALE, reconcile)).outcome is Outcome.PASSED
    past_it = (("N", 1, "2024-05-01", 9.99, "ann", SALE[0][5]), *SALE[1:])
    (row,) = different(held_again(tmp_path, past_it, SALE, reconcile))
    assert (row.record_key, row.difference, row.tolerance) == ("N / 1", Decimal("0.11"), Decimal("0.0999"))


def test_a_checksum_sees_what_counts_and_sums_do_not(tmp_path: Path) -> None:
    totals = {"by": ["shop"], "sum": {"amount": "exact"}, "checksum": ["amount", "buyer"]}
    assert outcome(held(tmp_path, SALE, SALE, {"totals": totals})).outcome is Outcome.PASSED
    swapped = (
        ("N", 1, "2024-05-01", 20.20, "ann", SALE[0][5]), ("N", 2, "2024-05-31", 10.10, None, SALE[1][5]), SALE[2],
    )  # fmt: skip
    report = held_again(tmp_path, swapped, SALE, {"totals": totals})
    wrong = {
        (row.measure, row.bucket) for row in report.reconciliations if row.outcome is Outcome.FAILED and row.bucket
    }
    assert ("checksum of amount, buyer", "shop=N") in wrong
    assert {(row.record_key, row.measure) for row in different(report)} == {("N / 1", "amount"), ("N / 2", "amount")}


def test_two_keys_whose_parts_run_together_stay_two(tmp_path: Path) -> None:
    source = (("N / 1", 1, "2024-05-01", 1.0, "a", SALE[0][5]), ("N", 11, "2024-05-01", 2.0, "b", SALE[0][5]))
    assert outcome(held(tmp_path, source, source)).outcome is Outcome.PASSED


def test_two_empty_sides_are_nothing_to_check(tmp_path: Path) -> None:
    result = outcome(held(tmp_path, (), ()))
    assert (result.outcome, result.rows_tested, result.is_blocking) == (Outcome.NOTHING_TO_CHECK, 0, False)


def test_an_empty_warehouse_misses_every_row(tmp_path: Path) -> None:
    report = held(tmp_path, SALE, ())
    assert [row.record_key for row in different(report)] == ["N / 1", "N / 2", "S / 1"]


def test_without_rows_asked_the_keys_are_compared_only_where_a_total_differs(tmp_path: Path) -> None:
    totals = {"totals": RECONCILE["totals"]}
    agreeing = held(tmp_path, SALE, SALE, totals)
    assert {row.level for row in agreeing.reconciliations} == {"total"}
    (tmp_path / "second").mkdir()
    changed = (("N", 1, "2024-05-01", 11.10, "ann", SALE[0][5]), *SALE[1:])
    (row,) = different(held(tmp_path / "second", changed, SALE, totals))
    assert (row.measure, row.record_key, row.difference) == ("amount", "N / 1", Decimal(-1))


def test_opposite_errors_in_one_bucket_are_still_found_by_row(tmp_path: Path) -> None:
    swapped = (
        ("N", 1, "2024-05-01", 20.20, "ann", SALE[0][5]), ("N", 2, "2024-05-31", 10.10, None, SALE[1][5]), SALE[2],
    )  # fmt: skip
    report = held(tmp_path, swapped, SALE)
    assert all(row.outcome is Outcome.PASSED for row in report.reconciliations if row.level == "total")
    assert {row.record_key for row in different(report)} == {"N / 1", "N / 2"}
    assert outcome(report).outcome is Outcome.FAILED


def test_a_column_that_the_warehouse_lacks_is_not_verified(tmp_path: Path) -> None:
    result = outcome(held(tmp_path, SALE, SALE, {**RECONCILE, "rows": {"nothing": "exact"}}))
    assert (result.outcome, result.is_blocking) == (Outcome.COULD_NOT_RUN, True)
    assert "stg_sale" in result.message


def test_a_table_that_the_source_lacks_is_not_verified(tmp_path: Path) -> None:
    result = outcome(held(tmp_path, SALE, SALE, table={"table": "sales"}))
    assert (result.outcome, result.message) == (Outcome.COULD_NOT_RUN, "not verified: no such table: sales")


def test_an_old_youngest_row_is_a_warning_and_its_day_counts_whole(tmp_path: Path) -> None:
    for days, expected in ((29, Outcome.PASSED), (28, Outcome.WARNED)):
        folder = tmp_path / str(days)
        folder.mkdir()
        fresh = {"freshness": {"column": "changed_at", "within": f"{days} days"}}
        report = held(folder, SALE, SALE, table=fresh)
        (result,) = [result for result in report.results if result.rule == "freshness"]
        assert (result.outcome, result.is_blocking) == (expected, False)
        assert "2024-06-01 08:00:00" in result.message
