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
CHANGED_TARGETS = """
on-run-start:
  - "update recorded.target_period set target_value = 1 where kpi = 'revenue'"
"""


def not_published(folder: Path, hooks: str) -> str:
    """What is said of a run with these hooks, which ends without a publication."""
    copy_project(folder)
    with (folder / "dbt_project.yml").open("a", encoding="utf-8") as file:
        file.write(hooks)
    ran = run_demo(folder)
    assert ran.returncode == 1, ran.stderr
    assert not (folder / "build" / "warehouse.duckdb").exists()
    return ran.stderr


def test_planted_functions_and_tables_are_not_published(tmp_path: Path) -> None:
    said = not_published(tmp_path / "demo", HOOKS)
    assert "the function kpi.discounted" in said
    assert "the table kpi.fct_bonus" in said
    assert "fct_kpi_value" not in said


def test_targets_that_a_hook_changes_on_their_way_to_readers_are_not_published(tmp_path: Path) -> None:
    """Before any model reads them, so that all tables agree with each other and none with the ledger."""
    said = not_published(tmp_path / "demo", CHANGED_TARGETS)
    assert "rows of kpi.fct_kpi_target are not what the ledger says, the first: {'agreement': " in said
