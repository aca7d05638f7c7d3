"""Rules and reconciliation read dropped files as they read a database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from extract_shop import SALE, Shop

from kpiledger.quality import QualityReport, check_sources
from kpiledger.vocabulary import Outcome

RULES = [
    {"id": "SA-01", "says": "Once", "check": {"unique": ["sale_id"]}, "severity": "blocking"},
    {
        "id": "SA-02",
        "says": "One of our shops",
        "check": {"one_of": {"column": "shop", "values": ["North", "Sønderborg"]}},
        "severity": "blocking",
    },
    {
        "id": "SA-03",
        "says": "An amount that can be",
        "check": {"between": {"column": "amount", "at_least": 0, "at_most": 100}},
        "severity": "blocking",
    },
    {"id": "SA-04", "says": "Filled in", "check": {"filled_in": ["shop"]}, "severity": "warning"},
]
RECONCILE = {"totals": {"by": ["month"], "count": "exact", "sum": {"amount": "exact"}}, "rows": {"shop": "exact"}}
CLEAN = "sale_id;sold_on;shop;amount\n1;02-01-2024;North;10,10\n2;03-02-2024;Sønderborg;99,90\n"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    drop = {
        "file": "sales_*.csv", "delimiter": ";", "encoding": "latin-1", "dates": "%d-%m-%Y", "decimals": "comma",
    }  # fmt: skip
    table: Mapping[str, Any] = {**SALE, "team": "shop", "drop": drop, "rules": RULES, "reconcile": RECONCILE}
    made = Shop(tmp_path, table, {"TILL_URL": tmp_path.as_uri()})
    (tmp_path / "sales_1.csv").write_bytes(CLEAN.encode("latin-1"))
    made.take()
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as link:
        link.execute("create schema staging")
        link.execute(f"create table staging.stg_till__sale as from '{made.extracts}/current/till/sale.parquet'")
    return made


def checked(shop: Shop) -> QualityReport:
    return check_sources(
        shop.project, shop.root / "warehouse.duckdb", date(2024, 12, 31), "run", datetime(2025, 1, 1), shop.environ
    )


def outcomes(report: QualityReport) -> dict[str, Outcome]:
    return {result.rule: result.outcome for result in report.results}


def test_clean_files_pass_every_rule_and_agree_with_the_warehouse_made_of_them(shop: Shop) -> None:
    assert set(outcomes(checked(shop)).values()) == {Outcome.PASSED}


def test_what_is_wrong_in_a_file_dropped_later_is_named_by_its_key(shop: Shop) -> None:
    later = CLEAN.replace("Sønderborg;99,90", "Sonderborg;101,00") + "3;04-02-2024;North;1\n"
    (shop.root / "sales_2.csv").write_bytes(later.encode("latin-1"))
    report = checked(shop)
    found = outcomes(report)
    assert (found["SA-01"], found["SA-02"], found["SA-03"]) == (Outcome.PASSED, Outcome.FAILED, Outcome.FAILED)
    assert found["reconciliation"] is Outcome.FAILED
    assert {(issue.rule, issue.record_key) for issue in report.issues} == {("SA-02", "2"), ("SA-03", "2")}
    differing = {row.record_key for row in report.reconciliations if row.level == "row" and row.record_key}
    assert differing == {"2", "3"}


def test_a_folder_that_is_gone_is_not_verified(shop: Shop) -> None:
    (shop.root / "sales_1.csv").unlink()
    assert set(outcomes(checked(shop)).values()) == {Outcome.COULD_NOT_RUN}
