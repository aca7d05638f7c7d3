"""A warehouse of another version, or one that is damaged, is said to be one when briefs read it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from kpiledger.errors import BrokenWorld, DamagedFile
from kpiledger.pages.briefs.reading import Talk, read_talk


def warehouse(folder: Path, *statements: str) -> Path:
    path = folder / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in ("create schema kpi", *statements):
            connection.execute(statement)
    return path


def test_a_publication_of_before_there_was_talk_has_none(tmp_path: Path) -> None:
    assert read_talk(warehouse(tmp_path)) == Talk()


def test_tables_without_a_column_are_said_to_be_of_another_version(tmp_path: Path) -> None:
    tables = ("create table kpi.fct_review_due (due_on date)", "create table kpi.fct_decision (seq integer)")
    with pytest.raises(BrokenWorld, match="was made by another version: Binder Error") as caught:
        read_talk(warehouse(tmp_path, *tables))
    assert caught.value.hint == "run `kpi run` to make it anew"


@pytest.mark.parametrize("length", [0, 100, 20_000])
def test_a_warehouse_that_was_cut_is_named_as_damaged_or_as_none(tmp_path: Path, length: int) -> None:
    path = warehouse(tmp_path, "create table kpi.fct_review_due as from range(100_000)")
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(DamagedFile, match=f"the warehouse {path} is damaged: "):
        read_talk(path)
