"""The demo's conflicts as the command, the table and the page tell them: the same everywhere."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from tests.demo import kpi

pytestmark = pytest.mark.demo


def test_the_command_tells_each_pair_with_who_holds_it_together(published_demo: Path) -> None:
    told = kpi(published_demo, "conflicts")
    assert told.returncode == 0, told.stderr
    assert "gross_margin and revenue\n  between sales and finance\n" in told.stdout
    assert "  structure: revenue does well by more of `revenue`, gross_margin by less of it\n" in told.stdout
    assert "  held together by company (0.25 and 0.2), sales_central (0.35 and 0.25)" in told.stdout
    assert "seen together is not shown to be a cause" in told.stdout


def test_json_csv_and_the_table_say_the_same(published_demo: Path) -> None:
    conflicts = json.loads(kpi(published_demo, "conflicts", "--output", "json").stdout)["conflicts"]
    lines = list(csv.DictReader(kpi(published_demo, "conflicts", "--output", "csv").stdout.splitlines()))
    with duckdb.connect(str(published_demo / "build/warehouse.duckdb"), read_only=True) as reader:
        rows = reader.execute("select kpi, other_kpi, basis, says from kpi.fct_conflict").fetchall()
    named = [(one["kpi"], one["other_kpi"], one["basis"], one["says"]) for one in conflicts]
    assert named == [(one["kpi"], one["other_kpi"], one["basis"], one["says"]) for one in lines]
    assert sorted(named) == sorted(rows)
    assert named


def test_it_can_be_asked_for_one_kpi_or_one_department(published_demo: Path) -> None:
    of_kpi = json.loads(kpi(published_demo, "conflicts", "--kpi", "revenue", "--output", "json").stdout)
    assert of_kpi["conflicts"]
    assert all("revenue" in (one["kpi"], one["other_kpi"]) for one in of_kpi["conflicts"])
    of_finance = json.loads(kpi(published_demo, "conflicts", "--department", "finance", "--output", "json").stdout)
    assert all("finance" in (one["department"], one["other_department"]) for one in of_finance["conflicts"])
    assert of_finance["conflicts"]


@pytest.mark.parametrize(("option", "thing"), [("--kpi", "KPI"), ("--department", "department")])
def test_an_unknown_name_is_wrong_use_and_the_known_ones_are_told(
    published_demo: Path, option: str, thing: str
) -> None:
    told = kpi(published_demo, "conflicts", option, "nonsense")
    assert told.returncode == 2
    assert f"there is no {thing} `nonsense`" in told.stderr


def test_the_page_shows_the_chain_the_departments_and_what_to_talk_about(published_demo: Path) -> None:
    page = (published_demo / "build/pages/conflicts.html").read_text(encoding="utf-8")
    assert "Along the customer chain" in page
    assert "Between departments" in page
    assert "Revenue does well by more of “revenue”, Gross margin by less of it" in page
    assert 'href="#gross_margin-revenue"' in page
    assert 'href="conflicts.html"' in (published_demo / "build/pages/index.html").read_text(encoding="utf-8")
