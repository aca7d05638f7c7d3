"""A small world with a warehouse: a KPI of two versions, a person's baseline, and what a run published of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from ledger_builders import agreed, agreements, kpi, project, target, version

from kpiledger import compiled_files
from kpiledger.compiling import compile_project
from kpiledger.ledger.store import Ledger
from kpiledger.publishing import PUBLISHED_TABLES, table_hashes
from kpiledger.recording import record, record_publication, recorded_definitions
from kpiledger.settings import load_settings
from tests.audit.conftest import AuditWorld, at

# Version 1 of revenue in the first half of 2016, and what version 2 gives for the same months and one more.
OLD = {1: "10.00", 2: "20.00", 3: "30.00", 4: "100.00", 5: None, 6: "60.00"}
NEW = {4: "100.00", 5: "55.00", 6: "66.00", 7: "70.00"}
BASELINE = {
    "from": "2016-01", "to": "2016-06", "method": "mean", "value": "30.00", "source": "erp",
    "exclude": [{"month": "2016-04", "reason": "one large order"}],
}  # fmt: skip
LEARNED = "docs/decisions/2016-07-half-year.md"
VERSIONS = [
    version(1, "2014-01-01", valid_to="2016-12-31"),
    version(2, "2017-01-01", computed_from="2016-04-01", formula={"type": "simple", "measure": "lines"}),
]
VALUE_COLUMNS = """
    kpi varchar, version integer, grain varchar, span varchar, period_start date, period_end date, slice varchar,
    member varchar, numerator decimal(38,12), denominator decimal(38,12), value decimal(38,12), row_count bigint,
    is_complete boolean
"""
VERSION_COLUMNS = (
    "kpi varchar, version integer, valid_from date, valid_to date, definition_hash varchar, entry_hash varchar"
)


def kpi_world(root: Path) -> AuditWorld:
    """Recorded on 2016-12-20, published on 2017-01-10."""
    root.mkdir(parents=True)
    (root / "kpiledger.yml").write_text("build: build\nledger: build/ledger\n", encoding="utf-8")
    settings = load_settings(root, {})
    ledger = Ledger(settings.ledger)
    west = agreements(agreed(target(baseline={**BASELINE, "post_mortem": LEARNED}, influence="0.6")))
    own = agreements(
        agreed(target(baseline={**BASELINE, "value": "31.00", "method": "median"}), agreement="own_2017"),
        holder="p1001",
        path="metrics/agreements/2017/p1001.yml",
    )
    specs = project(west, own, kpis=[kpi(versions=VERSIONS, counter_kpis=[])], root=root)
    record(specs, root, ledger, at("2016-12-20T09:00:00"))
    (root / "models/kpis").mkdir(parents=True)
    compiled_files.write(root, compile_project(specs))
    world = AuditWorld(settings, ledger, specs)
    publish(world)
    return world


def publish(world: AuditWorld) -> None:
    """What a run leaves: the warehouse, and the hashes of its tables in the ledger."""
    world.settings.build.mkdir(exist_ok=True)
    recorded = recorded_definitions(world.ledger)
    with duckdb.connect(str(world.settings.warehouse)) as connection:
        connection.execute("create schema kpi")
        connection.execute(f"create table kpi.fct_kpi_value ({VALUE_COLUMNS})")
        connection.execute(f"create table kpi.dim_kpi_version ({VERSION_COLUMNS})")
        for table in set(PUBLISHED_TABLES) - {"fct_kpi_value", "dim_kpi_version"}:
            connection.execute(f"create table kpi.{table} (nothing varchar)")
        for number, values in ((1, OLD), (2, NEW)):
            for month, value in values.items():
                connection.execute(
                    "insert into kpi.fct_kpi_value values "
                    "('revenue', ?, 'month', 'period', ?, ?, 'region', 'West', null, null, ?, 1, true)",
                    [number, date(2016, month, 1), date(2016, month, 28), value],
                )
        for (name, number), found in recorded.items():
            last = date(2016, 12, 31) if number == 1 else None
            connection.execute(
                "insert into kpi.dim_kpi_version values (?, ?, ?, ?, ?, ?)",
                [name, number, VERSIONS[number - 1]["valid_from"], last, found.definition_hash, found.entry_hash],
            )
    content = {"run_id": "one", "as_of_on": None, "hashes": table_hashes(world.settings.warehouse)}
    record_publication(world.ledger, content, lambda: datetime(2017, 1, 10, tzinfo=UTC))
