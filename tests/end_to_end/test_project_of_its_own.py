"""A project of a company that begins: one fact and its KPIs, and no sources, staging, agreements or seeds yet."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.many_specs import facts_and_kpis, mart_models, people_and_stages
from kpiledger.warehouse import open_reader
from tests.demo import ROOT, kpi

pytestmark = pytest.mark.demo

KPIS, ROWS = 4, 2_000
CALENDAR = "starts_on: 2014-01-01\nas_of: 2017-12-31\nzone: Europe/Copenhagen\n"


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """The folder of such a project, compiled."""
    for name in ("dbt_project.yml", "profiles.yml", "macros", "models/scorecard"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    files = {**people_and_stages(), **facts_and_kpis(KPIS, 1, seed=1), **mart_models(1, ROWS)}
    for path, text in {**files, "metrics/calendar.yml": CALENDAR}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    done = kpi(tmp_path, "compile")
    assert done.returncode == 0, done.stdout + done.stderr
    return tmp_path


def test_a_project_of_facts_and_kpis_alone_publishes_their_values(begun: Path) -> None:
    done = kpi(begun, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    with open_reader(begun / "build/warehouse.duckdb") as connection:
        count = connection.execute("select count(distinct kpi) from kpi.fct_kpi_value where value is not null")
        assert count.fetchall() == [(KPIS,)]
        checks = connection.execute("select distinct outcome from kpi.fct_check_result").fetchall()
    assert checks == [("passed",)]
    assert (begun / "build/pages/index.html").is_file()


def test_its_facts_are_checked_without_being_asked(begun: Path) -> None:
    mart = next((begun / "models/marts").glob("fct_*.sql"))
    mart.write_text(
        f"{mart.read_text(encoding='utf-8')}union all\n{mart.read_text(encoding='utf-8')}", encoding="utf-8"
    )
    done = kpi(begun, "run")
    assert done.returncode == 1
    assert "AUTO-KEY" in done.stdout + done.stderr
    assert not (begun / "build/warehouse.duckdb").exists()
