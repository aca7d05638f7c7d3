"""KPI166: a member that an agreement names is held against the published figures, where there are any."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from finding_case import WEST

from kpiledger.checking import check_against_published, check_folder
from kpiledger.reports.findings import findings_text

BASE = Path(__file__).parent / "base"
LOADED = "import sys; from click.testing import CliRunner; from kpiledger.cli import kpi; "
LOADED += "done = CliRunner().invoke(kpi, ['--project', '{}', 'check']); print(done.exit_code, 'duckdb' in sys.modules)"


def publish(path: Path, *members: tuple[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema kpi")
        connection.execute("create table kpi.fct_kpi_value (kpi varchar, slice varchar, member varchar)")
        for name, member in members:
            connection.execute("insert into kpi.fct_kpi_value values ('gross_margin', ?, ?)", [name, member])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The base project, whose two events have a member that is misspelt."""
    shutil.copytree(BASE, tmp_path / "project")
    agreements = tmp_path / "project" / WEST
    agreements.write_text(agreements.read_text("utf-8").replace("West}", "Wset}"), encoding="utf-8")
    (tmp_path / "project/kpiledger.yml").write_text("build: build\n", encoding="utf-8")
    return tmp_path / "project"


def found(root: Path) -> str:
    project, _ = check_folder(root)
    assert project is not None
    return findings_text(check_against_published(project, root / "build/warehouse.duckdb"))


def test_a_misspelt_member_is_told_with_the_nearest_that_has_figures(root: Path) -> None:
    publish(root / "build/warehouse.duckdb", ("region", "West"), ("region", "East"), ("all", "all"))
    assert found(root).startswith(
        "metrics/agreements/2017/sales_west.yml:13:25: KPI166 warning: no figure of region `Wset` is published\n"
        "  13 |         slice: {region: Wset}\n"
        "     |                         ^\n"
        "  hint: did you mean `West`? a member that is new has no figure before the next run\n"
    )
    assert found(root).endswith("2 warnings in 1 file\n")


def test_a_member_like_no_other_is_told_with_those_there_are(root: Path) -> None:
    other = root / "other.duckdb"
    publish(other, ("region", "Ost"), ("region", "Nord"))
    project, _ = check_folder(root)
    assert project is not None
    first, *_ = check_against_published(project, other)
    assert "the members of region are Nord, Ost;" in first.hint


def test_a_slice_without_figures_or_a_warehouse_without_the_table_says_nothing(root: Path) -> None:
    assert "KPI166" not in found(root)
    publish(root / "build/warehouse.duckdb", ("segment", "Consumer"))
    assert "KPI166" not in found(root)
    (root / "build/warehouse.duckdb").write_bytes(b"no database")
    assert "KPI166" not in found(root)
    (root / "build/warehouse.duckdb").unlink()
    duckdb.connect(str(root / "build/warehouse.duckdb")).close()
    assert "KPI166" not in found(root)


@pytest.mark.parametrize(("is_published", "told"), [(False, "0 False"), (True, "0 True")])
def test_the_command_loads_duckdb_only_where_something_is_published(root: Path, is_published: bool, told: str) -> None:
    if is_published:
        publish(root / "build/warehouse.duckdb", ("region", "West"))
    done = subprocess.run([sys.executable, "-c", LOADED.format(root)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == told
