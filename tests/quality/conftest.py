"""The demo's warehouse, reduced to its staging models, and its source systems with and without faults."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from quality_builders import ROOT, STAGING, demo_root


@pytest.fixture(scope="session")
def demo_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as link:
        link.execute("create schema staging")
        for model, (seed, types) in STAGING.items():
            link.execute(
                f"create table staging.{model} as "
                f"select * replace ({', '.join(f'cast({name} as {kind}) as {name}' for name, kind in types.items())}) "
                f"from read_csv('{ROOT / 'seeds' / seed}', all_varchar = true)"
                if types
                else f"create table staging.{model} as "
                f"select * from read_csv('{ROOT / 'seeds' / seed}', all_varchar = true)"
            )
    return path


@pytest.fixture(scope="session")
def clean_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_root(tmp_path_factory.mktemp("clean"), faults=False)


@pytest.fixture(scope="session")
def faulted_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_root(tmp_path_factory.mktemp("faulted"), faults=True)
