"""`dbt build` in this process: what it reports, and in what state it leaves the process."""

import os
from pathlib import Path

import duckdb
import pytest

from kpiledger.dbt_build import WAREHOUSE_VARIABLE, build
from kpiledger.errors import BrokenWorld
from orchestration.manifest import is_fresh, manifest_path
from tests.orchestration.small_project import small_project

pytestmark = pytest.mark.demo


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "build").mkdir()
    return small_project(tmp_path)


def test_every_node_is_reported_with_its_status(project: Path) -> None:
    result = build(project, project / "build" / "warehouse.duckdb")
    assert {node.name: node.status for node in result.nodes} == {
        "number": "success",
        "first": "success",
        "first.n not_null": "pass",
        "first.n unique": "warn",
        "second": "success",
        "second.n not_null": "pass",
    }
    assert result.failures == ()


def test_a_failing_test_names_model_column_and_rows_and_what_it_kept_from_being_built(project: Path) -> None:
    (project / "seeds" / "number.csv").write_text("n,m\n1,x\n,y\n,z\n")
    result = build(project, project / "build" / "warehouse.duckdb")
    assert [str(failure) for failure in result.failures] == ["test first.n not_null: 2 failing rows"]
    assert [node.name for node in result.skipped] == ["second", "second.n not_null"]


def test_a_model_that_does_not_run_tells_what_the_database_said(project: Path) -> None:
    (project / "models" / "marts" / "second.sql").write_text("select nowhere from {{ ref('first') }}")
    (failure,) = build(project, project / "build" / "warehouse.duckdb").failures
    assert failure.name == "second"
    assert '"nowhere" not found' in failure.message


def test_a_project_that_dbt_cannot_read_is_a_broken_world(project: Path) -> None:
    (project / "models" / "marts" / "second.sql").write_text("select n from {{ ref('missing') }}")
    with pytest.raises(BrokenWorld, match="depends on a node named 'missing' which was not found"):
        build(project, project / "build" / "warehouse.duckdb")


def test_only_what_is_selected_is_built(project: Path) -> None:
    result = build(project, project / "build" / "warehouse.duckdb", select="number")
    assert [node.name for node in result.nodes] == ["number"]


def test_the_process_is_left_as_it_was_and_the_file_can_be_written(project: Path) -> None:
    before = (Path.cwd(), os.environ.get(WAREHOUSE_VARIABLE))
    warehouse = project / "build" / "warehouse.duckdb"
    heard: list[str] = []
    build(project, warehouse, on_event=lambda event: heard.append(event.info.name))
    assert (Path.cwd(), os.environ.get(WAREHOUSE_VARIABLE)) == before
    assert heard.count("LogModelResult") == 2
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create table written_after as select 1 as one")


def test_a_second_build_uses_what_was_parsed_by_the_first(project: Path) -> None:
    heard: list[str] = []
    for _ in range(2):
        heard.clear()
        build(project, project / "build" / "warehouse.duckdb", on_event=lambda event: heard.append(event.info.name))
    assert "UnableToPartialParse" not in heard
    assert "PartialParsingNotEnabled" not in heard


def test_a_manifest_is_made_when_missing_and_again_when_a_model_changed_or_went(project: Path) -> None:
    warehouse = project / "build" / "warehouse.duckdb"
    manifest = manifest_path(project, warehouse)
    assert is_fresh(project, manifest)
    (project / "models" / "marts" / "third.sql").write_text("select n from {{ ref('first') }}")
    assert not is_fresh(project, manifest)
    assert "model.small.third" in manifest_path(project, warehouse).read_text()
    (project / "models" / "marts" / "third.sql").unlink()
    assert not is_fresh(project, manifest)
