"""Each warehouse is filled and built once a session; nothing runs where the data does not lie beside the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from kpiledger.compiling.dialects import Dialect
from kpiledger.ledger.store import Ledger
from kpiledger.projection import SCHEMA
from kpiledger.server_warehouse import lay_tables_on
from kpiledger.warehouse import lay_tables
from tests.adventureworks.adventureworks import (
    DATA,
    Key,
    Row,
    by_key,
    lay_in_duckdb,
    lay_in_postgres,
    make_project,
    rows_in_duckdb,
    rows_in_postgres,
)
from tests.postgres import dbt_build, needs_postgres, postgres_server
from tests.recorded import tables_of


@dataclass
class Built:
    """A warehouse with all models built: its rows by query, and the values of every KPI by key."""

    rows: Callable[[str], list[Row]]

    @cached_property
    def values(self) -> dict[Key, Row]:
        """`fct_kpi_value` by the columns that name a row."""
        return by_key(self.rows("select * from kpi.fct_kpi_value"))


@pytest.fixture(scope="session")
def in_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Built:
    if not DATA.exists():
        pytest.skip(f"there is no data in {DATA}")
    folder = tmp_path_factory.mktemp("adventureworks") / "duckdb"
    warehouse = folder / "warehouse.duckdb"
    project = make_project(folder, Dialect.DUCKDB)
    lay_in_duckdb(warehouse)
    lay_tables(warehouse, SCHEMA, tables_of(project, Ledger(folder / "ledger")))
    dbt_build(folder, "duckdb", {"KPI_WAREHOUSE": str(warehouse)})
    return Built(lambda query: rows_in_duckdb(warehouse, query))


@pytest.fixture(scope="session")
def in_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    if not DATA.exists():
        pytest.skip(f"there is no data in {DATA}")
    folder: Path = tmp_path_factory.mktemp("adventureworks") / "postgres"
    project = make_project(folder, Dialect.POSTGRES)
    with postgres_server() as server:
        lay_in_postgres(server.engine)
        lay_tables_on(server.engine, SCHEMA, tables_of(project, Ledger(folder / "ledger")))
        dbt_build(folder, "postgres", server.variables)
        yield Built(lambda query: rows_in_postgres(server.engine, query))


@pytest.fixture(params=["in_duckdb", pytest.param("in_postgres", marks=needs_postgres)])
def built(request: pytest.FixtureRequest) -> Built:
    """Each warehouse in turn."""
    found: Built = request.getfixturevalue(request.param)
    return found
