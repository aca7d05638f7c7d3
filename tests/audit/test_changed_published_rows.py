"""A cell of each column of the tables made from the ledger is changed in a published warehouse: it is found and named.

The tables are copied from the finished demo into a file of their own, changed there, and read as readers' are.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zlib import crc32

import duckdb
import pytest
from ledger_builders import clock

from kpiledger.checking import check_folder
from kpiledger.folding import RecordedEvent
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries, writing
from kpiledger.periods import Reckoning
from kpiledger.projected import RowDifference, compared, comparing, expected_tables
from kpiledger.projected.comparing import KEYS
from kpiledger.reviews.decisions import decisions_in
from kpiledger.reviews.tables import FCT_DECISION, decision_row
from kpiledger.settings import load_settings
from kpiledger.warehouse import Table, lay_tables
from tests.audit.conftest import AuditWorld
from tests.audit.test_changed_tables import changed

pytestmark = pytest.mark.demo

# Computed from figures, so that no ledger knows it: the hash of the table tells of a change.
FROM_FIGURES = {"fct_trigger_fired": {"is_still_so"}}
# So are the figures of targets that are relative to the year before.
RECORDED = {"fct_kpi_target": "where reference is distinct from 'same_period_last_year'"}
DECISION = {
    "holder": "sales_west", "period": "2017-06", "kpi": "revenue", "says": "Discounts end in July",
    "decided_by": "head_of_sales", "decided_on": "2017-07-03", "closes": None, "evidence": None,
}  # fmt: skip
_COLUMNS = """
    select column_name, data_type from information_schema.columns where table_schema = 'kpi' and table_name = ?
"""


@pytest.fixture(scope="module")
def world(published_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> AuditWorld:
    """The tables of the demo, and a decision, which it has none of, laid as a run lays it."""
    settings, root = load_settings(published_demo, {}), tmp_path_factory.mktemp("rows")
    specs, _ = check_folder(published_demo)
    assert specs is not None
    copied = replace(settings, build=root / "build", ledger=root / "ledger")
    copied.build.mkdir()
    shutil.copytree(settings.ledger, copied.ledger)
    ledger = Ledger(copied.ledger)
    with writing(ledger, clock(datetime.fromisoformat("2027-01-05T09:00:00+00:00"))) as writer:
        writer.append([Draft(EntryKind.DECISION_NOTED, "decision/1", DECISION)])
    with duckdb.connect(str(copied.warehouse)) as connection:
        connection.execute(f"attach '{settings.warehouse}' as published (read_only)")
        connection.execute("create schema kpi")
        for table in KEYS:
            connection.execute(f"create table kpi.{table} as from published.kpi.{table}")
    rows = [decision_row(specs.calendar.reckoning, one) for one in decisions_in(ledger, read_entries(ledger))]
    lay_tables(copied.warehouse, "kpi", [FCT_DECISION.table(rows)])
    return AuditWorld(copied, ledger, specs)


def differing(world: AuditWorld) -> tuple[RowDifference, ...]:
    """What question 26 and `kpi verify` compare: the tables as they lie there, read anew."""
    entries = read_entries(world.ledger)
    events, reckoning = recorded_events(world.ledger, entries), world.project.calendar.reckoning
    return compared(world.settings.warehouse, world.ledger, entries, events, reckoning).differences


def keys_of(path: Path, table: str) -> list[tuple[object, ...]]:
    """The row id and the key of each row of which all is recorded."""
    with duckdb.connect(str(path), read_only=True) as connection:
        query = f"select rowid, {', '.join(KEYS[table])} from kpi.{table} {RECORDED.get(table, '')} order by all"
        return list(connection.execute(query).fetchall())


@pytest.fixture
def folded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger stays as it is: it is folded once, and once as the last publication knew it; tables are read anew."""
    known: dict[int, tuple[Table, ...]] = {}

    def fold_new(
        ledger: Ledger, entries: Sequence[Entry], events: Sequence[RecordedEvent], reckoning: Reckoning
    ) -> tuple[Table, ...]:
        if len(entries) not in known:
            known[len(entries)] = expected_tables(ledger, entries, events, reckoning)
        return known[len(entries)]

    monkeypatch.setattr(comparing, "expected_tables", fold_new)


@pytest.mark.usefixtures("folded_once")
@pytest.mark.parametrize("table", KEYS)
def test_a_changed_cell_of_a_published_table_is_found_with_its_row_and_column(world: AuditWorld, table: str) -> None:
    """In each column, in another row each."""
    path = world.settings.warehouse
    sound, keys = path.read_bytes(), keys_of(path, table)
    assert differing(world) == ()
    with duckdb.connect(str(path), read_only=True) as connection:
        kinds = dict(connection.execute(_COLUMNS, [table]).fetchall())
    for column in kinds.keys() - FROM_FIGURES.get(table, set()):
        row, *key = keys[crc32(column.encode()) % len(keys)]
        with duckdb.connect(str(path)) as connection:
            value = changed(column, kinds[column])
            connection.execute(f"update kpi.{table} set {column} = {value} where rowid = {row}")
        found = differing(world)
        path.write_bytes(sound)
        assert [(one.table, one.is_missing) for one in found] == [(table, True), (table, False)], column
        assert found[0].key == tuple(key)
        # Where the key itself was changed, nothing tells which row it was.
        assert {one.apart for one in found} == {() if column in KEYS[table] else (column,)}
        assert {name for name in found[0].row if found[0].row[name] != found[1].row[name]} == {column}


@pytest.mark.parametrize("table", KEYS)
def test_question_26_shows_the_row_as_recorded_and_as_changed(world: AuditWorld, table: str) -> None:
    path, column = world.settings.warehouse, {"fct_decision": "says"}.get(table, "agreement")
    sound = path.read_bytes()
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"update kpi.{table} set {column} = 'another' where rowid = 0")
    found = world.ask(26)
    path.write_bytes(sound)
    assert not found.holds
    assert [row[:3] for row in found.rows] == [
        ("published", f"kpi.{table}", "missing"),
        ("published", f"kpi.{table}", "not in the ledger"),
    ]
    assert ["another" in str(row[4]) for row in found.rows] == [False, True]
