"""Question 26: every row of the tables that were made from the ledger, against the ledger."""

import duckdb
import pytest
from evidence_world import STORY, evidence_world
from ledger_builders import agreements, event, project

from kpiledger.audit.answer import Asked
from kpiledger.audit.questions import q26_projections
from kpiledger.audit.questions.q26_projections import QUESTION
from kpiledger.errors import LedgerDamaged
from kpiledger.folding import agreement_version_rows, fold, target_period_rows
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.store import signed_checkpoint
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.projection import recorded_tables
from kpiledger.recording import record, recorded_definitions
from kpiledger.warehouse import Table, lay_tables
from tests.audit.conftest import EXPECTED, at

NAMES = {"agreement_version": "dim_agreement_version", "target_period": "fct_kpi_target"}


@pytest.fixture
def world(tmp_path):
    return published(evidence_world(tmp_path))


def published(world):
    """Lay the tables of agreements and targets as a run publishes them."""
    versions = fold(recorded_events(world.ledger))
    tables = recorded_tables(
        world.project,
        ("run-1", None, at("2017-10-06T06:00:00")()),
        recorded_definitions(world.ledger),
        agreement_version_rows(versions),
        target_period_rows(versions),
    )
    world.settings.build.mkdir(exist_ok=True)
    laid = [Table(NAMES[table.name], table.columns, table.rows) for table in tables if table.name in NAMES]
    lay_tables(world.settings.warehouse, "kpi", laid)
    return world


def change(path, statement):
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        connection.execute(statement)


def test_tables_that_equal_the_ledger_are_said_to(world, golden):
    golden(EXPECTED / "q26_projections.txt", world.text(26))


def test_a_target_that_was_changed_is_shown_with_both_rows(world):
    change(
        world.settings.warehouse,
        "update kpi.fct_kpi_target set target_value = 17000 "
        "where period_start = '2017-08-01' and agreement_version = 2",
    )
    found = world.ask(26)
    assert not found.holds
    assert [row[:3] for row in found.rows] == [
        ("published", "kpi.fct_kpi_target", "missing"),
        ("published", "kpi.fct_kpi_target", "not in the ledger"),
    ]
    assert [int(row[4]["target_value"]) for row in found.rows] == [18000, 17000]
    assert [row[3] for row in found.rows] == ["target_value", "target_value"]


def test_a_doubled_and_a_dropped_row_are_shown(world):
    change(world.settings.warehouse, "insert into kpi.dim_agreement_version from kpi.dim_agreement_version limit 1")
    change(world.settings.warehouse, "delete from kpi.dim_agreement_version where agreement_version = 3")
    found = [(row[1], row[2], row[4]["agreement_version"]) for row in world.ask(26).rows]
    assert found == [
        ("kpi.dim_agreement_version", "missing", 3),
        ("kpi.dim_agreement_version", "not in the ledger", 1),
    ]


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("event", "update event set reason_text = 'nothing' where agreement_version = 2"),
        ("promise", "delete from promise where seq = 4"),
        ("entry", "update entry set recorded_at = recorded_at - interval 1 day where seq = 4"),
        ("publication", "insert into publication from publication"),
    ],
)
def test_a_changed_row_of_the_index_is_shown(world, table, statement):
    connection = index_in_memory(world.ledger, signed_checkpoint(world.ledger))
    connection.execute(statement)
    asked = Asked(world.settings, world.ledger, lambda: connection, lambda: world.project, {})
    found = QUESTION.answer(asked)
    assert not found.holds
    assert {row[:2] for row in found.rows} == {("index", table)}


def test_what_was_recorded_since_the_publication_is_no_difference(world):
    events = [*STORY[-1][1], event("retired", valid_from="2017-12-01", reason="Team closed")]
    specs = project(agreements(*events), root=world.settings.root)
    record(specs, world.settings.root, world.ledger, at("2017-11-20T09:00:00"))
    found = world.ask(26)
    assert found.holds
    assert "The published tables are those of entry 5; what came later is not published." in found.notes


def test_without_a_publication_the_index_alone_is_looked_at(tmp_path):
    found = evidence_world(tmp_path).ask(26)
    assert found.holds
    assert found.summary[0] == "the index equals the ledger"
    assert found.notes == ("Published tables are not looked at: nothing is published.",)


def test_in_a_large_ledger_the_entries_of_the_index_are_compared_by_their_hashes(tmp_path, monkeypatch):
    monkeypatch.setattr(q26_projections, "MADE_ANEW_UP_TO", 4)
    world = evidence_world(tmp_path)
    assert world.ask(26).holds
    connection = index_in_memory(world.ledger, signed_checkpoint(world.ledger))
    connection.execute("update entry set entry_hash = repeat('0', 64) where seq = 2")
    connection.execute("delete from entry where seq = 5")
    found = QUESTION.answer(Asked(world.settings, world.ledger, lambda: connection, lambda: world.project, {}))
    assert [(row[2], row[4]["seq"]) for row in found.rows] == [("missing", 2), ("missing", 5)]
    path = world.ledger.directory / "leaves"
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))
    with pytest.raises(LedgerDamaged, match="does not have the signed root"):
        QUESTION.answer(Asked(world.settings, world.ledger, lambda: connection, lambda: world.project, {}))
