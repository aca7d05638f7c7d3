"""How is a batch added to a ledger, at a cost that does not grow with what it holds?

The writer knows the frontier of all entries but the last, and the last one: together they must give the
signed root. From them come the next seq, the earliest next time, and the next root.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.anchored import remember
from kpiledger.ledger.anchors import keep_anchored, require_no_fork
from kpiledger.ledger.checkpoint import Checkpoint, sign_checkpoint, verifier_key
from kpiledger.ledger.entry import Draft, Entry, write_entry
from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.keys import signing_key, trusted_key
from kpiledger.ledger.storage import Batch, StorageWriter

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Ending:
    """The last entry, None in an empty ledger, and the frontier of those before it."""

    before: Frontier
    last: Entry | None

    @property
    def whole(self) -> Frontier:
        """The frontier of all entries."""
        return self.followed_by([]) if self.last else self.before

    def followed_by(self, added: Sequence[Entry]) -> Frontier:
        """The frontier of all entries and those added."""
        entries = [*([self.last] if self.last else []), *added]
        return self.before.grown([entry.leaf for entry in entries], sum(len(entry.line) + 1 for entry in entries))


@dataclass(slots=True)
class Writer:
    """The one writer, while it holds the ledger alone."""

    storage: StorageWriter
    keys: Path
    anchors: tuple[Path, ...]
    clock: Clock
    ending: Ending
    has_failed: bool = False

    @property
    def size(self) -> int:
        """How many entries are acknowledged."""
        return self.ending.whole.size

    @property
    def root(self) -> bytes:
        """The root of their tree."""
        return self.ending.whole.root

    def append(self, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
        """Record drafts as one batch: all of them, or none if the process ends before it returns."""
        if not drafts:
            return ()
        if self.has_failed:
            raise BrokenWorld("an append failed half way", "open the ledger again, which mends it, and record again")
        now, first = self._now(), self.size + 1
        added = tuple(write_entry(draft, first + index, now) for index, draft in enumerate(drafts))
        ending = Ending(self.ending.followed_by(added[:-1]), added[-1])
        self.has_failed = True  # until the storage has said otherwise
        self.seal(added, ending)
        self.has_failed = False
        return added

    def seal(self, added: Sequence[Entry], ending: Ending) -> None:
        """Sign what the ledger is with the entries added, have it stored, and anchor it."""
        checkpoint, note = signed(self.keys, ending.whole)
        require_no_fork(self.anchors, checkpoint, note)
        lines, leaves = [entry.line for entry in added], [entry.entry_hash for entry in added]
        self.storage.append(Batch(lines, leaves, ending.before.text, note))
        self.ending = ending
        keep_anchored(self.anchors, checkpoint, note)
        remember(self.keys.parent, self.anchors, checkpoint.size)

    def _now(self) -> datetime:
        """The writer's time, never before the last entry's: a clock set back does not reorder history."""
        now = self.clock()
        if now.tzinfo is None:
            raise ValueError("the ledger's clock gives times without a time zone; it must give UTC")
        now = now.astimezone(UTC)
        last = self.ending.last
        return max(now, last.recorded_at) if last else now


def signed(keys: Path, whole: Frontier) -> tuple[Checkpoint, bytes]:
    """The checkpoint of a tree and its bytes, signed by the key that readers trust."""
    name, private = signing_key(keys)
    if verifier_key(name, private) != trusted_key(keys):
        raise LedgerDamaged(
            f"the signing key in {keys} is not the one that checkpoints are checked with",
            "restore the ledger's keys folder from a copy",
        )
    checkpoint = Checkpoint(name, whole.size, whole.root)
    return checkpoint, sign_checkpoint(checkpoint, private)
