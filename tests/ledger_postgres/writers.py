"""What the processes do that write to one ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from kpiledger.ledger.postgres_connection import address_of
from kpiledger.ledger.postgres_storage import PostgresStorage
from kpiledger.ledger.store import Ledger, writing
from tests.ledger_postgres.scribe import published


def now() -> datetime:
    """The clock of a writer that is no replay."""
    return datetime.now(UTC)


def append_many(folder: str, url: str, first: int, number: int) -> None:
    """One entry at a time, each by a writer of its own."""
    ledger = Ledger(Path(folder), storage=PostgresStorage(address_of(url)))
    for index in range(first, first + number):
        with writing(ledger, now) as writer:
            writer.append([published(index)])


def append_until_killed(folder: str, url: str, first: str) -> None:
    """Batches of three, each said once it is acknowledged."""
    ledger = Ledger(Path(folder), storage=PostgresStorage(address_of(url)))
    for index in count(int(first), 3):
        with writing(ledger, now) as writer:
            writer.append([published(index + step) for step in range(3)])
        print(index, flush=True)
