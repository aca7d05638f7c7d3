"""A small shop whose source systems are extracted: expectations, a SQLite database, and a clock that moves."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.extracts.choosing import choose_extracts
from kpiledger.extracts.history import Published
from kpiledger.extracts.manifest import Manifest
from kpiledger.extracts.one_table import Taken, Taking
from kpiledger.extracts.taking import take_extracts
from kpiledger.project import Project
from kpiledger.specs.expectation import Expectations

COLUMNS = {"sale_id": "integer", "sold_on": "date", "shop": "varchar", "amount": "decimal(18,2)"}
SALE: dict[str, Any] = {
    "table": "sale",
    "model": "stg_till__sale",
    "key": ["sale_id"],
    "period": "sold_on",
    "extract": {"columns": COLUMNS, "control_totals": ["amount"], "high_water_mark": "sold_on"},
}
ROWS = [(1, "2024-01-02", "North", "10.10"), (2, "2024-01-03", "South", "20.20"), (3, "2024-02-01", "North", "0.05")]


def extracting(**changed: Any) -> dict[str, Any]:
    """The table with other declarations of its extract."""
    return {**SALE, "extract": {**SALE["extract"], **changed}}


@dataclass
class Shop:
    """A project folder with one source, `till`."""

    root: Path
    table: Mapping[str, Any] = field(default_factory=lambda: SALE)
    environ: dict[str, str] = field(default_factory=dict)
    moment: datetime = datetime(2024, 3, 1, tzinfo=UTC)
    published: Published = field(default_factory=Published)

    @property
    def project(self) -> Project:
        """A project that only has expectations: nothing else of it is read here."""
        spec = {"source": "till", "connection": "TILL_URL", "owner": "controller", "tables": [self.table]}
        nothing: Any = object()
        return Project(
            root=self.root, calendar=nothing, organisation=nothing, chain=nothing, facts={}, kpis={}, agreements=(),
            expectations={"till": Expectations.model_validate(spec)},
        )  # fmt: skip

    @property
    def extracts(self) -> Path:
        """Where its extracts are kept."""
        return self.root / "extracts"

    def fill(
        self, rows: list[tuple[Any, ...]], declared: str = "sale_id integer, sold_on date, shop text, amount text"
    ) -> None:
        """Make the source's table anew."""
        self.change("drop table if exists sale", f"create table sale ({declared})")
        with closing(sqlite3.connect(self.root / "till.sqlite")) as connection, connection:
            connection.executemany(f"insert into sale values ({', '.join('?' * len(declared.split(',')))})", rows)

    def change(self, *statements: str) -> None:
        """Run statements in the source."""
        with closing(sqlite3.connect(self.root / "till.sqlite")) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    def take(self, accepted: str | None = None, kept: int = 3) -> Taken:
        """The extract of the only table, an hour after the last one."""
        self.moment += timedelta(hours=1)
        taking = Taking(self.extracts, kept, self.moment, accepted, self.published)
        (taken,) = take_extracts(self.project, taking, self.environ, self.root)
        return taken

    def choose(self) -> list[Manifest]:
        """The inputs of a run."""
        return choose_extracts(self.project, self.extracts, self.root / "next")

    def publish(self) -> None:
        """A publication made from the newest extract, and its inputs as the ledger has them."""
        shutil.rmtree(self.root / "publication", ignore_errors=True)
        inputs = {one.name: one.sha256 for one in self.choose()}
        (self.root / "next").rename(self.root / "publication")
        self.published = Published(self.root / "publication", inputs, 7)

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of the newest extract."""
        with duckdb.connect() as link:
            found: list[tuple[Any, ...]] = link.execute(f"from '{self.extracts}/current/till/sale.parquet'").fetchall()
        return found
