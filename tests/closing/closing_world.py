"""A small company that closes its books: real specs, ledger, models and publications, and marts of a few rows.

`run` does what the main job does, with the models run in DuckDB directly: closing is tried in seconds and not minutes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.approvals import approvals_of
from kpiledger.checking import check_folder
from kpiledger.closing.attempts import attempts_in
from kpiledger.closing.close import Closed, Wish, close_period
from kpiledger.closing.doing import Pair, Place
from kpiledger.closing.laying import lay_closes
from kpiledger.closing.override import ToOverride, override_check
from kpiledger.closing.quick_check import Accepted, QuickQuestion
from kpiledger.closing.reopen import reopen_period
from kpiledger.closing.restate import Restated, restate_period
from kpiledger.closing.restating import lay_restatements
from kpiledger.closing.standing import closes_in
from kpiledger.closing.verified import require_unchanged
from kpiledger.compiling import compile_project
from kpiledger.extracts.choosing import chosen_inputs
from kpiledger.folding import agreement_version_rows, fold, target_period_rows
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.mart_hashes import said_of_inputs
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.projection import recorded_tables
from kpiledger.publishing import swap, table_hashes
from kpiledger.recipe import recipe_hash
from kpiledger.recording import record, record_publication, recorded_definitions
from kpiledger.settings import Settings, load_settings
from kpiledger.warehouse import lay_tables
from tests.compiled_models import in_order

BASE = Path(__file__).parents[1] / "findings" / "base"
SCORECARD = Path(__file__).parents[2] / "models" / "scorecard"
WEST = "metrics/agreements/2017/sales_west.yml"
PER_SHIPMENT = """\
kpi: revenue_per_shipment
label: {en: Revenue per shipment}
description: Revenue over the orders shipped.
owner: finance_controller
department: finance
chain_stage: order
timing: lagging
effect: outcome
aspect: quality
level: team
direction: increase
unit: currency
currency: USD
cadence: month
grains: [month]
spans: [period]
slices: []
counter_kpis: [gross_margin]
versions:
  - version: 1
    valid_from: 2014-01-01
    change: {reason: first definition, requested_by: finance_controller}
    formula:
      type: derived
      expr: income / shipped
      inputs: {income: {kpi: revenue}, shipped: {kpi: orders_shipped}}
"""
AUTHORITY = """\
required_from: 2017-07-01
authorities:
  - role: cfo
    units: [company]
"""
PAIR = Pair("p1002", "p1001")
PEOPLE = "  p1001: [cfo]\n  p1002: [finance_controller]\n"
_MARTS = """
    create schema marts;
    create table marts.fct_order_line (order_line_id integer, ordered_on date, customer_id varchar, region varchar,
        sales_amount decimal(18, 4), profit_amount decimal(18, 4));
    create table marts.fct_shipment (order_id varchar, shipped_on date, ordered_on date, region varchar,
        open_count integer);
    create table marts.dim_customer (customer_id varchar, segment varchar);
    create schema kpi;
    create table kpi.fct_check_result (run_id varchar, source varchar, table_name varchar, rule varchar,
        severity varchar, outcome varchar, is_blocking boolean, message varchar);
    create table kpi.fct_reconciliation (source varchar, table_name varchar, outcome varchar);
"""
_RULES = {"DM-01": "blocking", "DM-02": "warning", "DM-03": "warning", "DM-04": "info", "reconciliation": "blocking"}


@dataclass
class ClosingWorld:
    """The company: its folder, what the marts hold, how the checks end, and the time."""

    root: Path
    settings: Settings
    lines: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    shipments: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    customers: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=lambda: dict.fromkeys(_RULES, "passed"))
    now: datetime = datetime(2017, 6, 2, 9, tzinfo=UTC)
    as_of: str = "2017-05-31"
    gone: str = ""  # a KPI that no table has any more
    runs: int = 0
    laid: Callable[[Path], None] | None = None  # lays what a publication was made from

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.settings.ledger, anchors=self.settings.anchors)

    @property
    def project(self) -> Project:
        project, findings = check_folder(self.root)
        assert project is not None
        assert [one for one in findings if one.severity == "error"] == []
        return project

    @property
    def place(self) -> Place:
        return Place(self.settings, self.project, self.ledger, self.tick)

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def close(self, period: str, done_by: str = "p1002", approved_by: str = "p1001", **more: Any) -> Closed:
        return close_period(self.place, Period.parse(period), Wish(done_by, approved_by, **more))

    def reopen(self, period: str, reason: str = "A mistake", pair: Pair = PAIR) -> Entry:
        return reopen_period(self.place, Period.parse(period), reason, pair, None)

    def restate(self, period: str, pair: Pair = PAIR) -> Restated:
        return restate_period(self.place, Period.parse(period), "The source was corrected", pair)

    def override(
        self, check: str, period: str, source: str = "crm", pair: Pair = PAIR, until: date | None = None
    ) -> Entry:
        what = ToOverride.parse(check, source)
        return override_check(self.place, what, Period.parse(period), "The tool was down", pair, until)

    def accept_all(self) -> list[Accepted]:
        return [Accepted("*", question, "accepted for a test") for question in QuickQuestion]

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def run(self) -> None:
        """Record, lay, build, check, compare with what was closed, publish."""
        self.runs += 1
        run_id, settings, project = f"run-{self.runs}", self.settings, self.project
        shutil.rmtree(settings.next, ignore_errors=True)
        (settings.next / "pages").mkdir(parents=True)
        warehouse = settings.next / "warehouse.duckdb"
        record(project, self.root, self.ledger, self.tick)
        entries = read_entries(self.ledger)
        versions = fold(recorded_events(self.ledger, entries), approvals_of(self.ledger, entries))
        tables = recorded_tables(
            project,
            (run_id, project.calendar.as_of, self.now),
            recorded_definitions(self.ledger),
            agreement_version_rows(versions),
            target_period_rows(versions, project.calendar.reckoning),
        )
        lay_tables(warehouse, "recorded", tables)
        closes = closes_in(entries)
        require_unchanged(settings.closes, closes)
        lay_closes(warehouse, self.ledger, closes, settings.closes, attempts_in(entries))
        self._build(warehouse, project, run_id)
        lay_restatements(warehouse, project, closes, settings.closes)
        content: dict[str, Any] = {"run_id": run_id, "as_of_on": self.as_of, "hashes": table_hashes(warehouse)}
        if self.laid:
            self.laid(settings.next)
            content |= {"recipe": recipe_hash(settings.next), "inputs": chosen_inputs(settings.next)}
        record_publication(self.ledger, content | said_of_inputs(warehouse, project), self.tick)
        swap(settings, run_id)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of the published warehouse."""
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            result = connection.execute(query)
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _build(self, warehouse: Path, project: Project, run_id: str) -> None:
        models = {**compile_project(project), **{path.name: path.read_text() for path in SCORECARD.glob("*.sql")}}
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute(_MARTS)
            connection.executemany(
                "insert into marts.fct_order_line values (?, ?, ?, ?, ?, ?)",
                [(key, *row) for key, row in self.lines.items()],
            )
            connection.executemany(
                "insert into marts.fct_shipment values (?, ?, ?, ?, ?)",
                [(key, *row) for key, row in self.shipments.items()],
            )
            connection.executemany("insert into marts.dim_customer values (?, ?)", list(self.customers.items()))
            connection.executemany(
                "insert into kpi.fct_check_result values (?, 'crm', 'meeting', ?, ?, ?, ?, '1 of 9 rows breaks it')",
                [
                    (run_id, rule, _RULES[rule], outcome, outcome in ("failed", "could_not_run"))
                    for rule, outcome in self.outcomes.items()
                ],
            )
            connection.execute("set search_path = 'kpi,marts,recorded'")
            for name, sql in in_order(models):
                connection.execute(f"create table kpi.{name} as {sql}")
                if name in ("dim_kpi", "dim_kpi_version", "fct_kpi_value"):
                    connection.execute(f"delete from kpi.{name} where kpi = ?", [self.gone])
            connection.execute("drop table kpi.held_period")


def new_world(root: Path) -> ClosingWorld:
    """The company with two regions and two customers, three months of 2017 and the year before, and no run yet."""
    shutil.copytree(BASE, root)
    (root / "metrics/kpis/order/revenue_per_shipment.yml").write_text(PER_SHIPMENT, encoding="utf-8")
    (root / "metrics/approvers").mkdir()
    (root / "metrics/approvers/authority.yml").write_text(AUTHORITY, encoding="utf-8")
    (root / "kpiledger.yml").write_text("build: build\n", encoding="utf-8")
    calendar = root / "metrics/calendar.yml"
    text = calendar.read_text(encoding="utf-8").replace("2014-01-01", "2016-01-01").replace("2017-12-31", "2017-05-31")
    calendar.write_text(text, encoding="utf-8")
    organisation = root / "metrics/organisation.yml"
    organisation.write_text(organisation.read_text(encoding="utf-8").rstrip() + "\n" + PEOPLE, encoding="utf-8")
    # The second event comes in June, so that it can be tried what it does to closed months.
    west = root / WEST
    west.write_text(west.read_text(encoding="utf-8").split("  - event: amended")[0], encoding="utf-8")
    world = ClosingWorld(root, load_settings(root, {}))
    world.customers = {"c1": "Consumer", "c2": "Corporate"}
    number = 0
    for year, months in ((2016, range(1, 13)), (2017, range(1, 6))):
        for month in months:
            for region, customer, sales in (("West", "c1", 22000), ("East", "c2", 9000)):
                number += 1
                day = f"{year}-{month:02}-10"
                world.lines[number] = (day, customer, region, sales + month, 3000)
                world.shipments[f"o{number}"] = (day, day, region, 0)
    return world


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The entries of a ledger of files."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
