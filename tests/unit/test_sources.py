"""The demo's seeds and source systems: made the same every time, and with the faults that are documented."""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from kpiledger.errors import BrokenWorld
from kpiledger.sources import FAULTS, build_demo_sources, connection_url

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_demo_seeds", ROOT / "tools" / "make_demo_seeds.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def test_the_made_up_seeds_are_what_the_generator_writes() -> None:
    for name, text in generator().made_up_seeds(SEEDS).items():
        assert (SEEDS / name).read_text(encoding="utf-8") == text


def test_tickets_are_opened_after_shipping_registered_in_time_and_end_with_the_year(tmp_path: Path) -> None:
    built = build_demo_sources(SEEDS, tmp_path, faults=False)
    shipped = dict(rows(built["wms"], "select order_id, ship_date from shipment"))
    region = dict(rows(built["erp"], "select order_id, region from orders"))
    tickets = rows(built["desk"], "select order_id, team, opened_at, registered_at, status, reason_code from ticket")
    assert 1250 < len(tickets) < 1350
    for order_id, team, opened_at, registered_at, status, reason in tickets:
        opened, registered = (datetime.fromisoformat(str(moment)) for moment in (opened_at, registered_at))
        assert opened.date().isoformat() > str(shipped[order_id])
        assert opened < datetime(2018, 1, 1)
        assert timedelta(0) <= registered - opened <= timedelta(days=2)
        assert team == f"sales_{str(region[order_id]).lower()}"
        assert (status == "cancelled") == (reason is not None)
    assert {row[4] for row in tickets} == {"open", "solved", "cancelled"}


def test_sources_are_built_with_the_same_bytes_each_time_and_leave_nothing_aside(tmp_path: Path) -> None:
    first = build_demo_sources(SEEDS, tmp_path / "first", faults=True)
    second = build_demo_sources(SEEDS, tmp_path / "second", faults=True)
    assert {name: path.read_bytes() for name, path in first.items()} == {
        name: path.read_bytes() for name, path in second.items()
    }
    assert sorted(path.name for path in (tmp_path / "first").iterdir()) == [
        "crm.sqlite", "desk.sqlite", "erp.sqlite", "wms.sqlite",
    ]  # fmt: skip


def test_building_again_without_faults_takes_them_out(tmp_path: Path) -> None:
    build_demo_sources(SEEDS, tmp_path, faults=True)
    built = build_demo_sources(SEEDS, tmp_path, faults=False)
    assert rows(built["wms"], "select count(*) from shipment where ship_mode = 'Drone'") == [(0,)]
    assert rows(built["erp"], "select count(*), count(distinct order_id) from orders") == [(5009, 5009)]


def test_each_fault_changes_exactly_the_records_it_names(tmp_path: Path) -> None:
    clean = build_demo_sources(SEEDS, tmp_path / "clean", faults=False)
    faulted = build_demo_sources(SEEDS, tmp_path / "faulted", faults=True)
    keys = {"order_line": "row_id", "orders": "order_id", "shipment": "order_id", "ticket": "ticket_id"}
    for table, key in keys.items():
        (source,) = {fault.source for fault in FAULTS if fault.table == table}
        query = f"select {key}, * from {table} order by 1"
        before, after = rows(clean[source], query), rows(faulted[source], query)
        touched = {str(row[0]) for row in set(before) ^ set(after)}
        touched |= {str(row[0]) for row in after if after.count(row) > 1} if table == "orders" else set()
        assert touched == {name for fault in FAULTS if fault.table == table for name in fault.keys}


def test_the_environment_names_a_source_and_else_the_demo_is_read(tmp_path: Path) -> None:
    assert connection_url("erp", {"SHOP_URL": "postgresql://shop"}, tmp_path, "SHOP_URL") == "postgresql://shop"
    assert connection_url("erp", {"ERP_URL": "sqlite:///x"}, tmp_path) == "sqlite:///x"
    demo = f"sqlite:///file:{tmp_path / 'build' / 'sources' / 'erp.sqlite'}?mode=ro&uri=true"
    assert connection_url("erp", {"ERP_URL": " "}, tmp_path) == demo
    assert connection_url("erp", {}, Path("elsewhere"), demo_folder=tmp_path / "build" / "sources") == demo


def test_a_missing_seed_says_which_and_where(tmp_path: Path) -> None:
    with pytest.raises(BrokenWorld, match=r"the seed crm_customer.csv is missing"):
        build_demo_sources(tmp_path, tmp_path / "out", faults=False)


def test_a_seed_with_other_columns_says_what_was_expected(tmp_path: Path) -> None:
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "crm_customer.csv").write_text("id,name\n1,A\n", encoding="utf-8")
    with pytest.raises(BrokenWorld, match="expected customer_id, customer_name, segment"):
        build_demo_sources(tmp_path, tmp_path / "out", faults=False)
