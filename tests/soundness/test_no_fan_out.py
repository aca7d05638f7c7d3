"""Joins never fan out: a key that stands twice in a dimension model stops the run before any number is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kpiledger.rules.contracts import contract_rules
from tests.demo import commit_all, copy_project, run_demo
from tests.soundness.tiny import JANUARY, SALE, computed, fact, kpi, project, simple, value

THROUGH = {"through": "dim_customer", "on": "customer", "column": "segment"}
PROJECT = project(
    [kpi("turnover", simple("amount_sold"), slices=["segment"])],
    [fact(dimensions={"segment": THROUGH})],
    {"fct_sale": SALE, "dim_customer": {"customer": "varchar", "segment": "varchar"}},
)


def test_a_dimension_whose_key_nothing_tests_is_a_finding() -> None:
    assert "KPI027" in {finding.rule for finding in contract_rules(PROJECT)}
    tested = replace(PROJECT, unique_columns={"dim_customer": frozenset({"customer"})})
    assert "KPI027" not in {finding.rule for finding in contract_rules(tested)}


def test_a_dimension_neither_multiplies_nor_loses_rows() -> None:
    rows = [
        (1, "ann", date(2015, 1, 5), None, "N", "10.00"),
        (2, "ann", date(2015, 1, 6), None, "N", "1.00"),
        (3, "bob", date(2015, 1, 6), None, "N", "5.00"),
        (4, None, date(2015, 1, 6), None, "N", "2.00"),
    ]
    company = computed(PROJECT, {"fct_sale": rows, "dim_customer": [("ann", "home"), ("zoe", "work")]})
    found = {member: value(company, "turnover", JANUARY, member, slice="segment") for member in ("home", "(not set)")}
    assert found == {"home": 11, "(not set)": 7}  # bob is unknown, and one sale has no customer
    assert value(company, "turnover") == 18


@pytest.mark.demo
def test_a_customer_that_stands_twice_stops_the_run_and_nothing_is_published(tmp_path: Path) -> None:
    folder = copy_project(tmp_path / "demo")
    model = folder / "models/marts/dim_customer.sql"
    text = model.read_text(encoding="utf-8").replace(
        "select * from final", "select * from final union all (select * from final order by customer_id limit 1)"
    )
    model.write_text(text, encoding="utf-8")
    commit_all(folder, "a customer twice")
    ran = run_demo(folder)
    assert ran.returncode == 1
    assert "test dim_customer.customer_id unique: 1 failing rows" in ran.stderr
    assert not (folder / "build/warehouse.duckdb").exists()
