"""The main job's graph, and running it here and now."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from kpiledger.claim import release
from orchestration.building import MAIN_JOB, definitions_of
from orchestration.inprocess import execute

pytestmark = [
    pytest.mark.demo,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # raised inside Dagster and dbt
]


@pytest.fixture
def published(published_demo: Path, tmp_path: Path) -> Iterator[Path]:
    """A published demo that a test may change."""
    folder = tmp_path / "demo"
    shutil.copytree(published_demo, folder, symlinks=True)
    yield folder
    release(folder / "build")


def _published_run(folder: Path) -> tuple[str, str]:
    with duckdb.connect(str(folder / "build" / "warehouse.duckdb"), read_only=True) as connection:
        (row,) = connection.execute("select run_id, as_of_on::varchar from recorded.run_context").fetchall()
    return str(row[0]), str(row[1])


def test_lineage_is_whole_from_the_ledger_to_the_publication(published: Path) -> None:
    graph = definitions_of(published).resolve_asset_graph()
    key = dg.AssetKey
    assert key(["recorded", "target_period"]) in graph.get(key(["kpi", "fct_kpi_target"])).parent_keys
    assert key(["erp", "orders"]) in graph.get_ancestor_asset_keys(key(["kpi", "fct_scorecard"]))
    assert key(["staging", "stg_erp__order"]) in graph.get(key("source_checks")).parent_keys
    everything_else = graph.get_all_asset_keys() - {key("published_warehouse")}
    reached = graph.get_ancestor_asset_keys(key("published_warehouse"))
    assert {found.path[0] for found in everything_else - reached} <= {"marts"}  # dimensions nobody counts by


def test_there_is_one_check_for_each_table_and_each_fact_however_many_rules_it_has(published: Path) -> None:
    graph = definitions_of(published).resolve_asset_graph()
    names = {check.name for check in graph.asset_check_keys if check.asset_key == dg.AssetKey("source_checks")}
    tables = {"crm_customer", "desk_ticket", "erp_orders", "erp_order_line", "erp_product", "wms_shipment"}
    facts = {"order_line", "order_state", "sales_order", "shipment", "ticket"}
    assert names == tables | {f"warehouse_{fact}" for fact in facts}


def test_every_step_of_the_main_job_runs_in_one_process_and_in_order(published: Path) -> None:
    job = definitions_of(published).resolve_job_def(MAIN_JOB)
    assert job.executor_def is dg.in_process_executor
    assert [node.name for node in job.nodes_in_topological_order] == [
        "extracts",
        "recorded_agreements",
        "models",
        "source_checks",
        "published_warehouse",
    ]


def test_a_run_says_each_step_and_publishes_as_of_the_day_asked_for(published: Path) -> None:
    said: list[str] = []
    assert execute(published, date(2016, 5, 31), said.append) == 0
    assert _published_run(published)[1] == "2016-05-31"
    firsts = [line.split()[0] for line in said if not line.startswith(" ")]
    assert firsts == ["extracts", "recorded_agreements", "models", "source_checks", "published_warehouse"]
    assert {line.split()[1] for line in said if line.startswith("  dbt")} == {
        "seeds", "staging", "marts", "kpis", "scorecard",
    }  # fmt: skip


def test_a_blocking_failure_names_the_rows_and_leaves_the_publication(published: Path) -> None:
    before = _published_run(published)
    with sqlite3.connect(published / "build" / "sources" / "erp.sqlite") as source:
        source.execute("delete from order_line where row_id = 4711")
    said: list[str] = []
    assert execute(published, None, said.append, extracting=False) == 1
    assert "4711" in said[-1]
    assert "erp.order_line" in said[-1]
    assert _published_run(published) == before


def test_a_failing_dbt_test_stops_the_run_before_the_sources_are_asked(published: Path) -> None:
    before = _published_run(published)
    seed = published / "seeds" / "people" / "people_team.csv"
    lines = seed.read_text(encoding="utf-8").splitlines(keepends=True)
    seed.write_text("".join([*lines, lines[1]]), encoding="utf-8")  # the first line twice
    said: list[str] = []
    assert execute(published, None, said.append) == 1
    assert "stg_people__team.team unique: 1 failing rows" in said[-1]
    assert not any(line.startswith("source_checks") for line in said)
    assert _published_run(published) == before


def test_only_some_models_cannot_be_published(published: Path) -> None:
    definitions = definitions_of(published, say=lambda line: None)
    job = definitions.resolve_implicit_global_asset_job_def()
    chosen = [dg.AssetKey(["staging", "stg_erp__order"])]
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, asset_selection=chosen, raise_on_error=False)
    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "a warehouse is published whole" in failure.step_failure_data.error.to_string()


def test_a_folder_that_is_no_project_is_told_apart_from_a_stopped_run(tmp_path: Path) -> None:
    said: list[str] = []
    assert execute(tmp_path, None, said.append) == 2
    assert "error: " in said[-1]
