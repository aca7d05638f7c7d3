"""Many writers at once and writers killed at any moment: nothing lost, doubled, out of order or half-done."""

from __future__ import annotations

import contextlib
import random
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from kpiledger.errors import BrokenWorld
from kpiledger.ledger.merkle import root
from kpiledger.ledger.store import Ledger, examine_ledger, read_entries, writing
from tests.killed import killed_after
from tests.ledger_postgres.laid import Database
from tests.ledger_postgres.scribe import Scribe, published
from tests.ledger_postgres.writers import append_batch, append_many, now
from tests.postgres import needs_postgres

pytestmark = needs_postgres

WRITERS, APPENDS = 8, 500
KILLS, BATCH = 100, 3


def test_eight_processes_lose_and_double_nothing(database: Database, tmp_path: Path) -> None:
    context = get_context("spawn")
    ledger = Ledger(tmp_path, storage=database.storage())
    with writing(ledger, now):  # the keys are made by one
        pass
    words = [(str(tmp_path), database.url(), 10_000 * number, APPENDS) for number in range(WRITERS)]
    workers = [context.Process(target=append_many, args=word) for word in words]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * WRITERS
    found = examine_ledger(ledger)
    assert found.problems == ()
    assert [entry.seq for entry in found.entries] == list(range(1, WRITERS * APPENDS + 1))
    numbers = [int(entry.key.removeprefix("run-")) for entry in found.entries]
    for first in range(0, 10_000 * WRITERS, 10_000):  # each writer's own entries stand in the order it wrote them
        assert [number for number in numbers if first <= number < first + 10_000] == list(range(first, first + APPENDS))


def test_a_killed_writer_leaves_whole_batches_and_the_next_one_goes_on(database: Database, tmp_path: Path) -> None:
    """Each writer says a batch's number once it is acknowledged; whatever was said must be there, in whole batches."""
    ledger = Ledger(tmp_path, storage=database.storage())
    with writing(ledger, now):
        pass
    chance = random.Random(4)
    acknowledged: list[int] = []
    for attempt in range(KILLS):
        append = partial(append_batch, tmp_path, database.url(), BATCH)
        acknowledged += killed_after(append, 1000 * attempt, chance.uniform(0, 0.06), BATCH)
        found = examine_ledger(ledger)
        assert found.problems == ()
        assert found.tail == 0
    numbers = [int(entry.key.removeprefix("run-")) for entry in read_entries(ledger)]
    batches = [numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH)]
    assert all(batch == list(range(batch[0], batch[0] + BATCH)) for batch in batches)
    recorded = [batch[0] for batch in batches]
    assert set(acknowledged) <= set(recorded)
    assert len(acknowledged) >= KILLS
    assert len(recorded) - len(acknowledged) <= KILLS  # committed, and killed before it could say so
    with writing(ledger, now) as last:
        last.append([published(1)])
    assert len(read_entries(ledger)) == len(numbers) + 1


def test_a_batch_that_is_refused_is_recorded_in_no_part(database: Database) -> None:
    scribe = Scribe()
    scribe.fill(database.storage(), 2)
    before = database.storage().everything()
    wrong = Scribe()
    wrong.batch(2)
    with database.storage().writing() as writer:
        with pytest.raises(BrokenWorld, match="refused what was to be recorded: the line of entry 3 says seq 1"):
            writer.append(Scribe().batch(3))
        with pytest.raises(BrokenWorld, match="does not have the root of the entries"):
            writer.append(wrong.batch(2))
        with contextlib.suppress(BrokenWorld):
            writer.append(Scribe().batch(0))
    assert database.storage().everything() == before
    assert root(entry.leaf for entry in scribe.entries)
