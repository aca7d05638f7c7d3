"""A small world of one person: held to a target, told of it late, exported, named in files and pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
from ledger_builders import agreed, agreements, event, project, target

from kpiledger.ledger.store import Ledger
from kpiledger.people.individuals import record_export, record_informed
from kpiledger.recording import record
from kpiledger.settings import load_settings
from tests.audit.conftest import AuditWorld, at

PERSON = "p1001"
OWN = "metrics/agreements/2017/p1001.yml"


def people_world(root: Path) -> AuditWorld:
    """Agreed on 2016-12-12 for 2017, amended on 2017-05-02 for July; told on 2016-12-20 and on 2017-05-02."""
    (root / "metrics/agreements/2017").mkdir(parents=True)
    (root / OWN).write_text("holder: p1001\nevents: []\n", encoding="utf-8")
    (root / "kpiledger.yml").write_text("notice: 6 weeks\nledger: ledger\n", encoding="utf-8")
    settings = load_settings(root, {})
    ledger = Ledger(settings.ledger, anchors=settings.anchors)
    events = [
        agreed(target(), agreement="own_2017", reason="Own goals"),
        event("amended", target(value="9000"), agreement="own_2017", reason="Came back", decided_on="2017-05-02"),
    ]
    specs = project(agreements(*events, holder=PERSON, path=OWN), root=root)
    record(specs, root, ledger, at("2016-12-15T09:00:00"))
    record_informed(ledger, PERSON, date(2016, 12, 20), "head_of_sales", at("2016-12-20T09:00:00"), (PERSON,))
    record_informed(ledger, PERSON, date(2017, 5, 2), "cfo", at("2017-05-02T09:00:00"), (PERSON,), "own_2017")
    record_export(ledger, "cfo", "audit bundle", [PERSON], "external audit", at("2017-06-01T09:00:00"), (PERSON,))
    _publish(settings.build)
    return AuditWorld(settings, ledger, specs)


def _publish(build: Path) -> None:
    pages = build / "pages"
    pages.mkdir(parents=True)
    (pages / "p1001.html").write_text("<h1>p1001</h1>", encoding="utf-8")
    (pages / "index.html").write_text("<h1>Company</h1>", encoding="utf-8")
    with duckdb.connect(str(build / "warehouse.duckdb")) as connection:
        connection.execute("create schema kpi")
        connection.execute("create table kpi.fct_kpi_target (agreement varchar, holder varchar, target_value integer)")
        connection.execute("insert into kpi.fct_kpi_target values ('own_2017', 'p1001', 1), ('west', 'p10011', 2)")
