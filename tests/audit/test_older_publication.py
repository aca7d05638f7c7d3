"""A publication of another version lacks columns: questions say so, and none of them takes it for damage."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from kpiledger.audit.answer import Answer
from kpiledger.checking import check_folder
from kpiledger.errors import BrokenWorld
from kpiledger.ledger.store import Ledger
from kpiledger.settings import load_settings
from tests.audit.conftest import AuditWorld

pytestmark = pytest.mark.demo

WEST = {"kpi": "revenue", "period": "2017-06", "member": "West"}
MONTH = {"period": "2017-06"}
# Of each question a column that it reads.
ASKED = [
    (13, WEST, "fct_kpi_value", "span"),
    (15, WEST, "fct_kpi_value", "span"),
    (16, MONTH, "fct_reconciliation", "explanation"),
    (18, MONTH, "fct_check_result", "waiver_reason"),
    (21, MONTH, "fct_restatement", "close_period"),
    (22, MONTH, "fct_restatement", "close_period"),
    (26, {}, "fct_kpi_target", "target_value"),
]


@pytest.fixture(scope="module")
def world(published_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> AuditWorld:
    settings = load_settings(published_demo, {})
    specs, _ = check_folder(published_demo)
    assert specs is not None
    copied = replace(settings, build=tmp_path_factory.mktemp("older") / "build")
    copied.build.mkdir()
    return AuditWorld(copied, Ledger(settings.ledger, anchors=settings.anchors), specs)


def ask_without(world: AuditWorld, published_demo: Path, number: int, table: str, column: str, **words: str) -> Answer:
    """The answer, from a copy of the demo's warehouse that lacks a column."""
    path = world.settings.warehouse
    shutil.copyfile(published_demo / "build/warehouse.duckdb", path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"alter table kpi.{table} drop column {column}")
    return world.ask(number, **words)


@pytest.mark.parametrize(("number", "words", "table", "column"), ASKED)
def test_a_question_says_that_another_version_made_the_warehouse(
    world: AuditWorld, published_demo: Path, number: int, words: dict[str, str], table: str, column: str
) -> None:
    with pytest.raises(BrokenWorld, match=f"was made by another version: .*{column}") as caught:
        ask_without(world, published_demo, number, table, column, **words)
    assert caught.value.hint == "run `kpi run` to make it anew"


@pytest.mark.parametrize(
    ("table", "column"), [("fct_kpi_target", "named_version"), ("dim_agreement_version", "fired_trigger")]
)
def test_question_26_takes_no_column_for_damage_that_a_version_did_not_have_yet(
    world: AuditWorld, published_demo: Path, table: str, column: str
) -> None:
    found = ask_without(world, published_demo, 26, table, column)
    assert found.holds, found.rows
    note = f"The published tables are of another version, which had no {column}: not compared."
    assert note in found.notes
