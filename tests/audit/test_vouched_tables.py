"""The signed note beside a published warehouse: what it spares, and what it does not hide."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from random import Random

import duckdb
import pytest
from evidence_world import STORY, evidence_world
from ledger_builders import agreements, clock, event, project, target

from kpiledger.audit.questions import q26_projections
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.keys import make_keys, trusted_key
from kpiledger.ledger.store import Ledger, read_entries, signed_checkpoint
from kpiledger.ledger.subjects import erase
from kpiledger.people.individuals import record_informed
from kpiledger.periods import Reckoning
from kpiledger.projected import TablesNote, expected_tables, hashes_of_tables, leave_note, vouched_tables
from kpiledger.publishing import table_hashes
from kpiledger.recording import record, record_publication
from kpiledger.verifying import projection, verify
from kpiledger.warehouse import lay_tables
from tests.audit.conftest import AuditWorld, at
from tests.ledger.flips import flipped_file

NOW = datetime.fromisoformat("2017-12-06T06:00:00+00:00")


def publish(world: AuditWorld, run: str = "another") -> AuditWorld:
    """Lay the compared tables, record the publication and leave the note, as a run does."""
    entries, path = read_entries(world.ledger), world.settings.warehouse
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    reckoning = world.project.calendar.reckoning
    lay_tables(path, "kpi", expected_tables(world.ledger, entries, recorded_events(world.ledger, entries), reckoning))
    record_publication(world.ledger, {"run_id": run, "as_of_on": None, "hashes": {run: "5" * 64}}, clock(NOW))
    leave_note(path, world.ledger, signed_checkpoint(world.ledger), reckoning, NOW, {})
    return world


@pytest.fixture
def world(tmp_path: Path) -> AuditWorld:
    return publish(evidence_world(tmp_path))


@pytest.fixture
def large(world: AuditWorld, monkeypatch: pytest.MonkeyPatch) -> AuditWorld:
    """The same, as if it were a ledger of the size from which the note is asked."""
    monkeypatch.setattr(q26_projections, "BELIEVED_ABOVE", 1)
    monkeypatch.setattr(projection, "BELIEVED_ABOVE", 1)
    return world


def change(path: Path, statement: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(statement)


def test_in_a_large_ledger_the_note_says_when_all_rows_were_compared(large: AuditWorld) -> None:
    found = large.ask(26)
    assert found.holds
    said = "the published tables: compared row by row on 2017-12-06 06:00 UTC, and no byte has changed since"
    assert said in found.summary


def test_in_a_small_ledger_every_row_is_compared_all_the_same(world: AuditWorld) -> None:
    found = world.ask(26)
    assert found.holds
    assert any(text.startswith("the published tables: ") and text.endswith(" rows") for text in found.summary)
    assert found.notes == ()


def test_a_changed_cell_is_shown_as_changed_bytes_and_as_a_row(large: AuditWorld) -> None:
    change(large.settings.warehouse, "update kpi.fct_kpi_target set target_value = 1 where rowid = 0")
    found = large.ask(26)
    assert [row[:4] for row in found.rows] == [
        ("published", "warehouse.duckdb", "changed", None),
        ("published", "kpi.fct_kpi_target", "missing", "target_value"),
        ("published", "kpi.fct_kpi_target", "not in the ledger", "target_value"),
    ]
    told = [problem.message for problem in verify(large.ledger, large.project, large.settings.warehouse).problems]
    assert len(told) == 3
    assert "the bytes of warehouse.duckdb hash to " in told[0]


def test_what_another_ledger_signed_is_not_believed(large: AuditWorld, tmp_path: Path) -> None:
    rogue = Ledger(tmp_path / "rogue")
    make_keys(rogue.keys)
    change(large.settings.warehouse, "update kpi.fct_kpi_target set target_value = 1 where rowid = 0")
    checkpoint, reckoning = signed_checkpoint(large.ledger), large.project.calendar.reckoning
    leave_note(large.settings.warehouse, rogue, checkpoint, reckoning, NOW, {})
    found = large.ask(26)
    assert not found.holds
    assert "warehouse.duckdb.note is not signed by this ledger" in str(found.rows[0][4])
    assert len(found.rows) == 3


def test_an_older_publication_put_back_with_its_note_is_compared_row_by_row(large: AuditWorld) -> None:
    """Byte for byte what was published once: its note is sound, and of a ledger of before the newest publication."""
    older = large.settings.build.parent / "older"
    shutil.copytree(large.settings.build, older)
    events = [*STORY[-1][1], event("amended", target(value="1"), valid_from="2017-12-01", reason="Team halved")]
    specs = project(agreements(*events), root=large.settings.root)
    record(specs, large.settings.root, large.ledger, at("2017-12-05T09:00:00"))
    publish(large, "newer")
    assert large.ask(26).holds
    for name in ("warehouse.duckdb", "warehouse.duckdb.note"):
        shutil.copyfile(older / name, large.settings.build / name)
    assert isinstance(vouched_tables(large.settings.warehouse, large.ledger), TablesNote)
    found = large.ask(26)
    assert not found.holds
    assert {row[1] for row in found.rows} == {"kpi.dim_agreement_version", "kpi.fct_kpi_target"}


def test_after_an_erasure_every_row_is_compared_again(large: AuditWorld) -> None:
    record_informed(large.ledger, "p_1", NOW.date(), "cfo", clock(NOW), ("p_1",))
    assert any("no byte has changed" in text for text in large.ask(26).summary)
    erase(large.ledger, "p_1", "left the house", clock(NOW))
    assert not any("no byte has changed" in text for text in large.ask(26).summary)


def test_under_another_calendar_every_row_is_compared_again(large: AuditWorld) -> None:
    path, checkpoint = large.settings.warehouse, signed_checkpoint(large.ledger)
    leave_note(path, large.ledger, checkpoint, Reckoning(first_month=7, is_named_by_end=False), NOW, {})
    found = large.ask(26)
    assert found.holds
    assert not any("no byte has changed" in text for text in found.summary)


def test_a_file_that_an_earlier_version_published_is_said_to_have_no_note(world: AuditWorld) -> None:
    (world.settings.build / "warehouse.duckdb.note").unlink()
    found = world.ask(26)
    assert found.holds
    assert found.notes == ("Nobody vouches for the bytes of warehouse.duckdb: an earlier version published it.",)


def test_every_changed_byte_of_the_note_is_found(world: AuditWorld) -> None:
    """By each of its bits."""
    path = world.settings.build / "warehouse.duckdb.note"
    changes = [(place, 1 << bit) for place in range(path.stat().st_size) for bit in range(8)]
    for place, bits in flipped_file(path, changes):
        found = vouched_tables(world.settings.warehouse, world.ledger)
        assert isinstance(found, str), f"byte {place} by {bits}"
        assert path.name in found


def test_changed_bytes_of_the_warehouse_are_found_wherever_they_are(world: AuditWorld) -> None:
    """Also where no row lies: the head, unused blocks, the end."""
    path, lot = world.settings.warehouse, Random(26)
    size = path.stat().st_size
    places = sorted({0, size - 1, *lot.sample(range(size), 300)})
    for place, _ in flipped_file(path, [(place, 1 << place % 8) for place in places]):
        found = vouched_tables(path, world.ledger)
        assert isinstance(found, str), f"byte {place}"
        assert found.startswith("the bytes of warehouse.duckdb hash to ")


def test_verify_believes_the_note_of_a_large_ledger_and_compares_every_row_when_asked(large: AuditWorld) -> None:
    def found(*, is_every_row: bool) -> tuple[bool, bool]:
        said = verify(large.ledger, large.project, large.settings.warehouse, is_every_row=is_every_row)
        return said.holds, any("compared row by row on 2017-12-06" in text for text in said.not_looked_at)

    assert found(is_every_row=False) == (True, True)
    assert found(is_every_row=True) == (True, False)
    change(large.settings.warehouse, "update kpi.fct_kpi_target set target_value = 1 where rowid = 0")
    assert found(is_every_row=False) == (False, False)
    # Whoever has the ledger's key may sign that all is well.
    checkpoint, reckoning = signed_checkpoint(large.ledger), large.project.calendar.reckoning
    leave_note(large.settings.warehouse, large.ledger, checkpoint, reckoning, NOW, {})
    assert found(is_every_row=False) == (True, True)
    assert found(is_every_row=True) == (False, False)


def test_where_another_key_is_trusted_than_the_one_that_signed_no_note_is_believed(large: AuditWorld) -> None:
    """Who put a key of their own beside the ledger can sign a note with it; `kpi verify --key` trusts the one kept."""
    kept, checkpoint = trusted_key(large.ledger.keys), signed_checkpoint(large.ledger)
    for path in large.ledger.keys.iterdir():
        path.unlink()
    make_keys(large.ledger.keys)
    change(large.settings.warehouse, "update kpi.fct_kpi_target set target_value = 1 where rowid = 0")
    leave_note(large.settings.warehouse, large.ledger, checkpoint, large.project.calendar.reckoning, NOW, {})
    said = verify(large.ledger, large.project, large.settings.warehouse, key=kept, is_every_row=False)
    assert any(problem.message.startswith("kpi.fct_kpi_target: a row is ") for problem in said.problems)
    assert not any("compared row by row on" in text for text in said.not_looked_at)


def test_the_hashes_of_tables_come_from_the_note_while_no_byte_has_changed(world: AuditWorld) -> None:
    path, checkpoint, reckoning = world.settings.warehouse, signed_checkpoint(world.ledger), Reckoning()
    true = table_hashes(path)
    leave_note(path, world.ledger, checkpoint, reckoning, NOW, true)
    found = vouched_tables(path, world.ledger)
    assert isinstance(found, TablesNote)
    assert found.hashes == true
    leave_note(path, world.ledger, checkpoint, reckoning, NOW, {"fct_kpi_target": "0" * 64})
    assert hashes_of_tables(path, world.ledger) == {"fct_kpi_target": "0" * 64}
    change(path, "update kpi.fct_kpi_target set target_value = 1 where rowid = 0")
    assert hashes_of_tables(path, world.ledger) == table_hashes(path) != true
