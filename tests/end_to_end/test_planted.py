"""What dbt is made to plant in the warehouse, by a hook or a package, stops the publication and is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo import copy_project, run_demo

pytestmark = pytest.mark.demo

HOOKS = """
on-run-start:
  - "create schema if not exists kpi"
  - "create or replace macro kpi.discounted(x) as x * 2"
on-run-end:
  - "create or replace table kpi.fct_bonus as select 1 as amount"
"""


def test_planted_functions_and_tables_are_not_published(tmp_path: Path) -> None:
    folder = copy_project(tmp_path / "demo")
    with (folder / "dbt_project.yml").open("a", encoding="utf-8") as file:
        file.write(HOOKS)

    ran = run_demo(folder)

    assert ran.returncode == 1, ran.stderr
    assert "the function kpi.discounted" in ran.stderr
    assert "the table kpi.fct_bonus" in ran.stderr
    assert "fct_kpi_value" not in ran.stderr
    assert not (folder / "build" / "warehouse.duckdb").exists()
