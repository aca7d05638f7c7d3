"""Every fact's key, dates and dimension keys are checked without being asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from quality_builders import project_of

from kpiledger.project import Project
from kpiledger.quality import QualityReport, check_sources
from kpiledger.specs.fact import Fact
from kpiledger.specs.waiver import Waiver, Waivers
from kpiledger.vocabulary import Outcome

AS_OF, AT = date(2024, 6, 30), datetime(2024, 7, 2, 6, 0)
FACT = Fact.model_validate(
    {
        "fact": "visit", "model": "fct_visit", "description": "One row per visit.", "key": ["shop_id", "visit_number"],
        "time": "visited_on", "times": ["paid_at"], "source": ["till"],
        "dimensions": {
            "region": "region",
            "segment": {"through": "dim_customer", "on": "customer_id", "column": "segment"},
            "country": {"through": "dim_customer", "on": "customer_id", "column": "country"},
        },
        "measures": {"visits": {"agg": "count"}},
    }
)  # fmt: skip
ROWS = """
create schema staging; create schema marts;
create table marts.fct_visit (shop_id text, visit_number integer, visited_on date, paid_at timestamp, customer_id text);
insert into marts.fct_visit values
    ('A', 1, '2024-05-01', '2024-05-02 10:00', 'C1'), ('A', 2, '2024-05-02', null, 'C2'),
    ('B', 1, '2024-07-02', '2024-07-02 23:59', null);
create table marts.dim_customer (customer_id text, segment text, country text);
insert into marts.dim_customer values ('C1', 'Home', 'DK'), ('C2', 'Home', 'SE'), ('C3', 'Work', 'NO');
"""
NAMES = ["AUTO-KEY", "AUTO-TIME", "AUTO-SPAN", "AUTO-REF:segment", "AUTO-DIM:segment"]


def project(folder: Path) -> Project:
    calendar = SimpleNamespace(starts_on=date(2020, 1, 1), as_of=None, zone="UTC")
    return replace(project_of(folder, {}), facts={"visit": FACT}, calendar=calendar)  # type: ignore[arg-type]


def report_of(folder: Path, change: str = "", waivers: Waivers | None = None) -> QualityReport:
    warehouse = folder / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as link:
        link.execute(ROWS + change)
    asked = replace(project(folder), waivers=waivers)
    return check_sources(asked, warehouse, AS_OF, "run-1", AT, {})


def test_a_clean_fact_passes_them_all_with_both_denominators(tmp_path: Path) -> None:
    results = report_of(tmp_path).results
    assert [(one.rule, one.outcome, one.rows_in_table, one.rows_tested) for one in results] == [
        ("AUTO-KEY", Outcome.PASSED, 3, 3),
        ("AUTO-TIME", Outcome.PASSED, 3, 3),
        ("AUTO-SPAN", Outcome.PASSED, 3, 3),
        ("AUTO-REF:segment", Outcome.PASSED, 3, 2),
        ("AUTO-DIM:segment", Outcome.PASSED, 3, 3),
    ]
    assert {(one.source, one.table_name) for one in results} == {("warehouse", "visit")}
    assert [one.model for one in results] == [*["fct_visit"] * 4, "dim_customer"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("update marts.fct_visit set visit_number = 1", {"AUTO-KEY": ["A / 1"]}),
        ("update marts.fct_visit set shop_id = null where shop_id = 'B'", {"AUTO-KEY": ["(empty) / 1"]}),
        ("update marts.fct_visit set visited_on = null where shop_id = 'B'", {"AUTO-TIME": ["B / 1"]}),
        (
            "update marts.fct_visit set visited_on = '0204-05-01' where shop_id = 'B'",
            {"AUTO-TIME": ["B / 1"], "AUTO-SPAN": ["B / 1"]},
        ),
        ("update marts.fct_visit set visited_on = '2019-12-31' where shop_id = 'B'", {"AUTO-SPAN": ["B / 1"]}),
        ("update marts.fct_visit set paid_at = '2024-07-03' where shop_id = 'B'", {"AUTO-SPAN": ["B / 1"]}),
        ("update marts.fct_visit set customer_id = 'C9' where shop_id = 'B'", {"AUTO-REF:segment": ["B / 1"]}),
        ("insert into marts.dim_customer values ('C3', 'Home', 'FI')", {"AUTO-DIM:segment": ["C3"]}),
        ("insert into marts.dim_customer values (null, 'Home', 'FI')", {"AUTO-DIM:segment": ["(empty)"]}),
    ],
)
def test_what_is_broken_is_named_by_its_keys_and_blocks_unless_it_is_only_outside_the_calendar(
    change: str, found: dict[str, list[str]], tmp_path: Path
) -> None:
    report = report_of(tmp_path, change)
    broken = {one.rule: one for one in report.results if one.outcome is not Outcome.PASSED}
    assert {rule: list(report.keys_of(one)) for rule, one in broken.items()} == found
    for rule, one in broken.items():
        assert one.is_blocking == (rule != "AUTO-SPAN")
        assert one.outcome is (Outcome.WARNED if rule == "AUTO-SPAN" else Outcome.FAILED)


def test_an_empty_fact_is_no_pass(tmp_path: Path) -> None:
    results = report_of(tmp_path, "delete from marts.fct_visit").results
    assert [one.outcome for one in results] == [*[Outcome.NOTHING_TO_CHECK] * 4, Outcome.PASSED]


def test_a_model_that_is_not_there_is_not_verified(tmp_path: Path) -> None:
    results = report_of(tmp_path, "drop table marts.dim_customer").results
    assert [(one.rule, one.outcome, one.is_blocking) for one in results] == [
        (name, Outcome.COULD_NOT_RUN, name != "AUTO-SPAN") for name in NAMES
    ]
    assert "the model dim_customer is not in the warehouse" in results[0].message


def test_without_a_warehouse_nothing_is_verified(tmp_path: Path) -> None:
    report = check_sources(project(tmp_path), tmp_path / "none.duckdb", AS_OF, "run-1", AT, {})
    assert {one.outcome for one in report.results} == {Outcome.COULD_NOT_RUN}
    assert len(report.results) == len(NAMES)


def test_a_check_of_a_fact_can_be_waived(tmp_path: Path) -> None:
    waiver = Waiver(
        check="AUTO-KEY", source="warehouse", table="visit", reason="mended in July", requested_by="head_of_sales",
        approved_by="cfo", valid_from=date(2024, 6, 1), expires_on=date(2024, 7, 31),
    )  # fmt: skip
    report = report_of(tmp_path, "update marts.fct_visit set visit_number = 1", Waivers(waivers=(waiver,)))
    assert (report.results[0].outcome, report.blocking) == (Outcome.WAIVED, ())


def test_a_failure_names_the_kpis_that_depend_on_it(tmp_path: Path) -> None:
    known = project(tmp_path)
    kpis = {}
    for name, measure in (("visits_made", "visits"), ("unrelated", "sales")):
        formula = SimpleNamespace(inputs={"input": SimpleNamespace(measure=measure)})
        kpis[name] = SimpleNamespace(kpi=name, versions=[SimpleNamespace(formula=formula)])
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as link:
        link.execute(ROWS + "update marts.fct_visit set visit_number = 1")
    asked = replace(known, kpis=kpis)  # type: ignore[arg-type]
    report = check_sources(asked, tmp_path / "warehouse.duckdb", AS_OF, "run-1", AT, {})
    assert report.results[0].message == "2 of 3 tested rows break it; KPIs that depend on it: visits_made"
