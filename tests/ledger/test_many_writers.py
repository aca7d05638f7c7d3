"""Eight processes append to one ledger of files: nothing is lost, doubled or out of order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kpiledger.ledger.store import Ledger, examine_ledger, writing
from tests.ledger.ledgers import published

WRITERS, APPENDS, APART = 8, 500, 10_000
MEMORY = Path("/dev/shm")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where there is such a place: who waits for whom is the same, waiting for the disk is not the point."""
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir=MEMORY) as found:
        yield Path(found)


def now() -> datetime:
    return datetime.now(UTC)


def append_many(folder: Path, first: int) -> None:
    """One entry at a time, each by a writer of its own."""
    for number in range(first, first + APPENDS):
        with writing(Ledger(folder), now) as writer:
            writer.append([published(number)])


def test_eight_processes_lose_and_double_nothing_and_keep_the_order(folder: Path) -> None:
    context = get_context("spawn")
    workers = [context.Process(target=append_many, args=(folder, APART * number)) for number in range(WRITERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * WRITERS
    found = examine_ledger(Ledger(folder))
    assert (found.problems, found.tail) == ((), 0)
    assert [entry.seq for entry in found.entries] == list(range(1, WRITERS * APPENDS + 1))
    numbers = [int(entry.key.removeprefix("run-")) for entry in found.entries]
    for first in range(0, APART * WRITERS, APART):  # each writer's own entries stand in the order it wrote them
        assert [number for number in numbers if first <= number < first + APART] == [*range(first, first + APPENDS)]
