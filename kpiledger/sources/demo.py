"""Builds the demo's source systems as SQLite databases from the seeds, with documented faults when asked for.

Keys are not enforced, as in many a real system: a duplicate must be able to exist, so that it can be found.
"""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kpiledger.errors import BrokenWorld
from kpiledger.sources.faults import FAULTS


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One table of a source system, the seed it is filled from, and its columns with their types."""

    source: str
    table: str
    seed: str
    columns: tuple[tuple[str, str], ...]


TABLES: tuple[SourceTable, ...] = (
    SourceTable(
        "crm", "customer", "crm/crm_customer.csv",
        (("customer_id", "text"), ("customer_name", "text"), ("segment", "text")),
    ),
    SourceTable(
        "erp", "orders", "erp/erp_order.csv",
        (("order_id", "text"), ("order_date", "date"), ("customer_id", "text"), ("city", "text"),
         ("state", "text"), ("postal_code", "text"), ("region", "text")),
    ),
    SourceTable(
        "erp", "order_line", "erp/erp_order_line.csv",
        (("row_id", "integer"), ("order_id", "text"), ("product_id", "text"), ("quantity", "integer"),
         ("discount", "real"), ("sales", "real"), ("profit", "real")),
    ),
    SourceTable(
        "erp", "product", "erp/erp_product.csv",
        (("product_id", "text"), ("product_name", "text"), ("category", "text"), ("sub_category", "text")),
    ),
    SourceTable(
        "wms", "shipment", "wms/wms_shipment.csv",
        (("order_id", "text"), ("ship_date", "date"), ("ship_mode", "text")),
    ),
    SourceTable(
        "desk", "ticket", "desk/desk_ticket.csv",
        (("ticket_id", "text"), ("order_id", "text"), ("team", "text"), ("opened_at", "timestamp"),
         ("registered_at", "timestamp"), ("solved_at", "timestamp"), ("category", "text"),
         ("status", "text"), ("contact_count", "integer"), ("reason_code", "text")),
    ),
)  # fmt: skip


def build_demo_sources(seeds: Path, out: Path, faults: bool) -> dict[str, Path]:
    """Build every source system anew under `out`; returns the database of each source.

    Each database is written beside its place and renamed over it, so that a reader never sees half of one.
    """
    out.mkdir(parents=True, exist_ok=True)
    built = {}
    for source in dict.fromkeys(table.source for table in TABLES):
        aside, place = out / f"{source}.sqlite.next", out / f"{source}.sqlite"
        aside.unlink(missing_ok=True)
        _build(source, seeds, aside, faults)
        aside.replace(place)
        built[source] = place
    return built


def _build(source: str, seeds: Path, path: Path, faults: bool) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in TABLES:
            if table.source == source:
                _fill(connection, table, seeds / table.seed)
        for fault in FAULTS if faults else ():
            if fault.source == source:
                connection.execute(fault.statement)


def _fill(connection: sqlite3.Connection, table: SourceTable, seed: Path) -> None:
    names = [name for name, _ in table.columns]
    declared = ", ".join(f"{name} {kind}" for name, kind in table.columns)
    connection.execute(f"create table {table.table} ({declared})")
    marks = ", ".join("?" for _ in names)
    connection.executemany(f"insert into {table.table} values ({marks})", _rows(seed, names))


def _rows(seed: Path, names: list[str]) -> list[list[str | None]]:
    if not seed.is_file():
        raise BrokenWorld(f"the seed {seed.name} is missing", f"expected it in {seed.parent}")
    with seed.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    if header != names:
        raise BrokenWorld(
            f"the seed {seed.name} has the columns {', '.join(header)}",
            f"expected {', '.join(names)}",
        )
    return [[value or None for value in row] for row in rows]
