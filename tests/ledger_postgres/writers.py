"""What the processes do that write to one ledger."""

from __future__ import annotations

from datetime import UTC, datetime
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


def append_batch(folder: Path, url: str, size: int, first: int) -> None:
    """One batch, by a writer with a connection of its own."""
    with writing(Ledger(folder, storage=PostgresStorage(address_of(url))), now) as writer:
        writer.append([published(first + index) for index in range(size)])
