"""What both storages of a ledger promise: the same words in, the same bytes out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kpiledger.errors import BrokenWorld, BusyError
from kpiledger.ledger.checkpoint import open_checkpoint
from kpiledger.ledger.durable import locked
from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.merkle import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from kpiledger.ledger.postgres_storage import PostgresStorage
from kpiledger.ledger.storage import LEAF_LINE, Storage
from kpiledger.ledger.store import (
    Ledger,
    examine_ledger,
    read_checkpoint,
    read_entries,
    read_entries_after,
    signed_checkpoint,
    writing,
)
from tests.ledger_postgres.laid import new_database
from tests.ledger_postgres.scribe import published
from tests.postgres import Server, needs_postgres

BATCHES = (1, 3, 2, 7)
Made = Callable[[], Ledger]


@pytest.fixture(params=["files", pytest.param("postgres", marks=needs_postgres)])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    """Opens the same ledger each time that it is called."""
    if request.param == "files":
        return lambda: Ledger(tmp_path / "ledger")
    database = new_database(request.getfixturevalue("server"))
    return lambda: Ledger(tmp_path / "ledger", storage=database.storage())


def ticking(start: datetime) -> Callable[[], datetime]:
    moments: Iterator[datetime] = (start + timedelta(milliseconds=step) for step in range(10_000))
    return lambda: next(moments)


def fill(ledger: Ledger, start: datetime | None = None) -> None:
    """Batches of several sizes, each by a writer of its own."""
    clock = ticking(start or datetime.now(UTC))
    number = 0
    for count in BATCHES:
        with writing(ledger, clock) as writer:
            writer.append([published(number + index) for index in range(count)])
        number += count


def test_a_ledger_is_made_by_its_first_writer(made: Made) -> None:
    assert not made().exists
    with pytest.raises(BrokenWorld, match="there is no ledger in"):
        read_entries(made())
    with writing(made(), ticking(datetime.now(UTC))) as writer:
        assert writer.size == 0
    assert made().exists
    assert read_entries(made()) == ()
    assert read_checkpoint(made()).size == 0


def test_what_was_appended_is_read_back_in_order(made: Made) -> None:
    fill(made())
    entries = read_entries(made())
    assert [entry.key for entry in entries] == [f"run-{number}" for number in range(13)]
    assert [entry.seq for entry in entries] == list(range(1, 14))
    assert read_checkpoint(made()).size == 13
    assert made().storage.entry_lines(3, 5) == [entry.line for entry in entries[2:5]]
    assert made().storage.entry_lines(12, 99) == [entry.line for entry in entries[11:]]
    assert made().storage.entry_lines(14, 13) == []
    assert made().storage.leaf_lines(2, 3) == "".join(f"{entry.entry_hash}\n" for entry in entries[1:3]).encode()
    assert made().storage.leaf_lines(14, 20) == b""


def test_everything_is_examined_and_holds(made: Made) -> None:
    fill(made())
    found = examine_ledger(made())
    assert found.problems == ()
    assert found.tail == 0
    assert len(found.entries) == 13


def test_every_checkpoint_is_kept_and_each_is_a_beginning_of_the_next(made: Made) -> None:
    fill(made())
    stored, key = made().storage.everything(), trusted_key(made().keys)
    lines = (stored.checkpoints or b"").splitlines(keepends=True)
    notes = [b"".join(lines[start : start + 5]) for start in range(0, len(lines), 5)]
    kept = [open_checkpoint(note, key) for note in notes]
    assert [checkpoint.size for checkpoint in kept] == [0, 1, 4, 6, 13]
    assert notes[-1] == stored.checkpoint
    leaves = [entry.leaf for entry in read_entries(made())]
    for old in kept[1:]:
        proof = consistency_proof(old.size, leaves)
        assert verify_consistency(old.size, 13, old.root, kept[-1].root, proof)
    for index, leaf in enumerate(leaves):
        assert verify_inclusion(index, 13, leaf, inclusion_proof(index, leaves), kept[-1].root)


def test_the_frontier_is_that_of_all_entries_but_the_last(made: Made) -> None:
    fill(made())
    entries = read_entries(made())[:-1]
    length = sum(len(entry.line) + 1 for entry in entries)
    frontier = Frontier().grown([entry.leaf for entry in entries], length)
    assert made().storage.frontier() == frontier.text
    known = Frontier().grown([entry.leaf for entry in entries[:5]], sum(len(entry.line) + 1 for entry in entries[:5]))
    added, whole = read_entries_after(made(), known)
    assert [entry.seq for entry in added] == list(range(6, 14))
    assert whole.root == signed_checkpoint(made()).root


def test_a_second_writer_waits_and_is_told(made: Made) -> None:
    fill(made())
    with (
        writing(made(), ticking(datetime.now(UTC))),
        pytest.raises(BusyError, match="another process h"),
        impatient(made().storage),
    ):
        pass


def impatient(storage: Storage) -> AbstractContextManager[object]:
    """Another writer, who does not wait."""
    if isinstance(storage, PostgresStorage):
        return PostgresStorage(storage.address, patience=0.05).writing()
    return locked(Path(storage.place) / "lock", patience=0.05)


def test_readers_see_the_last_acknowledged_batch_while_a_writer_is_at_work(made: Made) -> None:
    fill(made())
    with writing(made(), ticking(datetime.now(UTC))) as writer:
        assert len(read_entries(made())) == 13
        writer.append([published(13)])
        assert len(read_entries(made())) == 14


@needs_postgres
def test_both_storages_hold_the_same_bytes(server: Server, tmp_path: Path) -> None:
    files = Ledger(tmp_path / "files")
    start = datetime.now(UTC)
    with writing(files, ticking(start)):
        pass
    shutil.copytree(files.keys, tmp_path / "postgres/keys")
    postgres = Ledger(tmp_path / "postgres", storage=new_database(server).storage())
    for ledger in (files, postgres):
        fill(ledger, start)
    assert postgres.storage.everything() == files.storage.everything()
    assert len(files.storage.everything().leaves) == 13 * LEAF_LINE
