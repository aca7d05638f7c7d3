"""For which warehouse are the models compiled, and what happens to a run that cannot serve it?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kpiledger.compiling.dialects import Dialect
from kpiledger.errors import WrongUse
from kpiledger.run import begin
from kpiledger.settings import load_settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kpiledger.yml").write_text("dialect: postgres\n", encoding="utf-8")
    return tmp_path


def test_the_dialect_is_duckdb_where_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "kpiledger.yml").write_text("build: build\n", encoding="utf-8")
    assert load_settings(tmp_path, {}).dialect is Dialect.DUCKDB


def test_the_environment_overrides_the_dialect_of_the_file(folder: Path) -> None:
    assert load_settings(folder, {}).dialect is Dialect.POSTGRES
    assert load_settings(folder, {"KPI_DIALECT": "duckdb"}).dialect is Dialect.DUCKDB


@pytest.mark.parametrize("text", ["oracle", "Postgres"])
def test_an_unknown_dialect_is_refused_with_those_there_are(folder: Path, text: str) -> None:
    with pytest.raises(WrongUse, match=f"KPI_DIALECT is '{text}'"):
        load_settings(folder, {"KPI_DIALECT": text})
    (folder / "kpiledger.yml").write_text(f"dialect: {text}\n", encoding="utf-8")
    with pytest.raises(WrongUse, match=r"kpiledger.yml cannot be read: dialect: input should be 'duckdb'"):
        load_settings(folder, {})


def test_a_run_for_another_warehouse_than_duckdb_is_refused_before_it_makes_anything(folder: Path) -> None:
    with pytest.raises(WrongUse, match="builds and publishes a DuckDB file, and the project's dialect is postgres"):
        begin(folder, "run", None, datetime(2017, 1, 1, tzinfo=UTC))
    assert [path.name for path in folder.iterdir()] == ["kpiledger.yml"]
