"""The contract with dagster-dbt's internals: dbt in this process gives the events that its own way gives."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster_dbt import DbtCliResource, dbt_assets

from kpiledger.dbt_build import WAREHOUSE_VARIABLE, build
from orchestration.dbt_events import ByFolder, asset_events, is_result
from orchestration.manifest import manifest_path
from tests.orchestration.small_project import small_project

pytestmark = [
    pytest.mark.demo,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # raised inside Dagster and dbt
]


def test_events_equal_those_of_dagster_dbts_own_subprocess(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = small_project(tmp_path)
    warehouse = project / "warehouse.duckdb"
    manifest = json.loads(manifest_path(project, warehouse).read_bytes())

    @dbt_assets(manifest=manifest, dagster_dbt_translator=ByFolder())
    def in_process(context: dg.AssetExecutionContext) -> Iterator[Any]:
        heard: list[Any] = []
        build(project, warehouse, on_event=lambda event: heard.append(event) if is_result(event) else None)
        yield from asset_events(heard, manifest, ByFolder(), context)

    @dbt_assets(manifest=manifest, dagster_dbt_translator=ByFolder())
    def in_subprocess(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        yield from dbt.cli(["build"], context=context).stream()

    ours = _events(dg.materialize([in_process], raise_on_error=True))
    monkeypatch.setenv(WAREHOUSE_VARIABLE, str(warehouse))
    resource = DbtCliResource(project_dir=str(project), profiles_dir=str(project))
    theirs = _events(dg.materialize([in_subprocess], resources={"dbt": resource}, raise_on_error=True))

    assert ours == theirs
    assert len(ours) == 6
    assert ("check", ("first",), "unique_first_n", False, "WARN") in {event[:5] for event in ours}


def _events(result: dg.ExecuteInProcessResult) -> list[tuple[Any, ...]]:
    """What a reader sees of each event; times and invocation ids differ from run to run."""
    assert result.success
    materialized = [
        ("asset", tuple(found.asset_key.path), tuple(sorted(found.metadata)), _status(found.metadata))
        for found in (
            event.step_materialization_data.materialization for event in result.get_asset_materialization_events()
        )
    ]
    checked = [
        (
            "check",
            tuple(found.asset_key.path),
            found.check_name,
            found.passed,
            found.severity.name,
            tuple(sorted(found.metadata)),
            _status(found.metadata),
        )
        for found in result.get_asset_check_evaluations()
    ]
    return sorted([*materialized, *checked], key=str)


def _status(metadata: Any) -> str:
    return str(metadata["status"].value)
