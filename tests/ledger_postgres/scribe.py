"""Batches made by hand, right and wrong ones, without the code that a ledger is written with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kpiledger.ledger.checkpoint import Checkpoint, sign_checkpoint, sign_note
from kpiledger.ledger.entry import Draft, Entry, write_entry
from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.merkle import root
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.storage import Batch, Storage

ORIGIN = "kpiledger.local/test"


def published(number: int, run: str = "run") -> Draft:
    """What a run records; `number` makes it one of its own."""
    content = {"run_id": f"{run}-{number}", "as_of_on": "2017-12-31", "hashes": {"kpi.fct": f"{number:064x}"}}
    return Draft(EntryKind.RUN_PUBLISHED, f"run-{number}", content)


class Scribe:
    """Knows every entry, so that each root is computed anew from all leaves."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.entries: list[Entry] = []

    def entry(self, seq: int | None = None, at: datetime | None = None, number: int = 0) -> Entry:
        """An entry that follows the last one, unless it is told otherwise."""
        return write_entry(published(number), seq or len(self.entries) + 1, at or datetime.now(UTC))

    def note(self, entries: Sequence[Entry], origin: str = ORIGIN) -> bytes:
        """The signed checkpoint of a ledger of these entries."""
        return sign_checkpoint(Checkpoint(origin, len(entries), root(entry.leaf for entry in entries)), self.key)

    def signed_again(self, note: bytes) -> bytes:
        """What a checkpoint says, signed by this scribe under the name that it gives."""
        text = note.decode().partition("\n\n")[0] + "\n"
        return sign_note(text, text.partition("\n")[0], self.key)

    def batch(self, count: int) -> Batch:
        """The next entries and their checkpoint."""
        for number in range(count):
            self.entries.append(self.entry(number=len(self.entries) + number))
        added = self.entries[len(self.entries) - count :]
        before = self.entries[:-1]
        length = sum(len(entry.line) + 1 for entry in before)
        return Batch(
            lines=[entry.line for entry in added],
            leaves=[entry.entry_hash for entry in added],
            frontier=Frontier().grown([entry.leaf for entry in before], length).text,
            checkpoint=self.note(self.entries),
        )

    def fill(self, storage: Storage, *counts: int) -> None:
        """Make a ledger of a batch for each count."""
        with storage.writing() as writer:
            writer.append(self.batch(0))
            for count in counts:
                writer.append(self.batch(count))
