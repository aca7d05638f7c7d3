"""What does a ledger hold, and how is one opened to record more?

An entry is acknowledged when a checkpoint covers it: a batch is recorded as a whole or not at all. Where
the bytes lie is a storage's (files or a database); whether they agree is `integrity`'s; what an append
does is `writer`'s. Keys and personal values always lie in the ledger's folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.anchored import remember
from kpiledger.ledger.anchors import keep_anchored, require_none_before, require_not_ahead
from kpiledger.ledger.checkpoint import Checkpoint, CheckpointError, VerifierKey, open_checkpoint
from kpiledger.ledger.entry import Entry, EntryError, decode_entry
from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.integrity import Examination, Reader, examine, examine_entries, read_strictly
from kpiledger.ledger.keys import make_keys, trusted_key
from kpiledger.ledger.merkle import leaf_hash
from kpiledger.ledger.storage import Storage
from kpiledger.ledger.storages import storage_of
from kpiledger.ledger.writer import Clock, Ending, Writer

__all__ = [
    "Clock",
    "Ledger",
    "Writer",
    "examine_ledger",
    "read_checkpoint",
    "read_entries",
    "read_entries_after",
    "signed_checkpoint",
    "writing",
]


@dataclass(frozen=True, slots=True, init=False)
class Ledger:
    """A ledger by its folder; opening it is cheap and reads nothing."""

    directory: Path
    storage: Storage
    anchors: tuple[Path, ...]

    def __init__(self, directory: Path, storage: Storage | None = None, anchors: Sequence[Path] = ()) -> None:
        """Without a storage given, the environment names it: `KPI_LEDGER_URL`, else the folder itself."""
        object.__setattr__(self, "directory", directory)
        object.__setattr__(self, "storage", storage or storage_of(directory, os.environ))
        object.__setattr__(self, "anchors", tuple(anchors))

    @property
    def keys(self) -> Path:
        """The folder of the signing key and its public half."""
        return self.directory / "keys"

    @property
    def subjects(self) -> Path:
        """The folder of personal values, which can be erased."""
        return self.directory / "subjects"

    @property
    def exists(self) -> bool:
        """Whether the ledger was made: it has a checkpoint, or entries whose checkpoint is lost."""
        return self.storage.exists()


@contextmanager
def writing(ledger: Ledger, clock: Clock) -> Iterator[Writer]:
    """Hold the ledger alone: make it if it is new, set a torn tail aside; costs the same however much it holds."""
    with ledger.storage.writing() as storage:
        if not ledger.exists:
            require_none_before(ledger.anchors, ledger.storage.place)
            make_keys(ledger.keys)
            writer = Writer(storage, ledger.keys, ledger.anchors, clock, Ending(Frontier(), None))
            writer.seal((), writer.ending)
        else:
            checkpoint = signed_checkpoint(ledger)
            ending = _ending(ledger, checkpoint)
            storage.settle(ending.whole.size, ending.whole.length)
            require_not_ahead(ledger.anchors, checkpoint, trusted_key(ledger.keys))
            if ledger.anchors:  # where a writer died before it could
                keep_anchored(ledger.anchors, checkpoint, ledger.storage.checkpoint())
                remember(ledger.directory, ledger.anchors, checkpoint.size)
            writer = Writer(storage, ledger.keys, ledger.anchors, clock, ending)
        yield writer


def read_entries(ledger: Ledger) -> tuple[Entry, ...]:
    """Every acknowledged entry, checked against the checkpoint; LedgerDamaged names the first fault."""
    return _read(ledger)[1]


def read_entries_after(ledger: Ledger, known: Frontier) -> tuple[tuple[Entry, ...], Frontier]:
    """The entries after those of a frontier, and the frontier of all: together they have the signed root.

    LedgerDamaged if they do not: then an entry was changed, or the frontier is not of this ledger.
    """
    checkpoint = signed_checkpoint(ledger)
    lines = ledger.storage.entry_lines(known.size + 1, checkpoint.size, known.length)
    whole = _grown(known, lines)
    if (whole.size, whole.root) != (checkpoint.size, checkpoint.root):
        raise LedgerDamaged(
            f"the entries of {ledger.storage.place} after the first {known.size} do not have the signed root",
            "run `kpi verify`, which names what was changed",
        )
    return tuple(map(decode_entry, lines)), whole


def read_checkpoint(ledger: Ledger) -> Checkpoint:
    """The signed size and root, after all entries were checked against it."""
    return _read(ledger)[0]


def signed_checkpoint(ledger: Ledger) -> Checkpoint:
    """The signed size and root; only the signature is checked."""
    _require(ledger)
    try:
        return open_checkpoint(ledger.storage.checkpoint(), trusted_key(ledger.keys))
    except CheckpointError as problem:
        raise _damaged(ledger, f"checkpoint: {problem}") from problem


def examine_ledger(ledger: Ledger, key: VerifierKey | None = None, reader: Reader = read_strictly) -> Examination:
    """Everything strictly, with all problems found; waits for a writer at work. `key` may be a pinned one."""
    _require(ledger)
    return examine(ledger.storage.everything(), key or trusted_key(ledger.keys), reader)


def _read(ledger: Ledger) -> tuple[Checkpoint, tuple[Entry, ...]]:
    """The checkpoint is read first: whatever a writer adds meanwhile lies beyond it."""
    checkpoint = signed_checkpoint(ledger)
    lines = ledger.storage.entry_lines(1, checkpoint.size)
    found = examine_entries(checkpoint, lines, ledger.storage.leaf_lines(1, checkpoint.size))
    if found.problems:
        more = f" (and {len(found.problems) - 1} more)" if len(found.problems) > 1 else ""
        raise _damaged(ledger, f"{found.problems[0]}{more}")
    return checkpoint, found.entries


def _ending(ledger: Ledger, checkpoint: Checkpoint) -> Ending:
    """The last entry and the frontier before it: as they are kept if they have the signed root, else from all."""
    size = checkpoint.size
    known = Frontier.parse(ledger.storage.frontier() or b"")
    if known is not None and known.size == max(0, size - 1):
        ending = _ending_of(known, ledger.storage.entry_lines(size, size, known.length) if size else [])
        if ending and (ending.whole.size, ending.whole.root) == (size, checkpoint.root):
            return ending
    _, entries = _read(ledger)
    before = _grown(Frontier(), [entry.line for entry in entries[:-1]])
    return Ending(before, entries[-1] if entries else None)


def _ending_of(known: Frontier, lines: Sequence[bytes]) -> Ending | None:
    try:
        return Ending(known, decode_entry(lines[0]) if lines else None)
    except EntryError:  # the bytes at the wrong place
        return None


def _grown(frontier: Frontier, lines: Sequence[bytes]) -> Frontier:
    return frontier.grown([leaf_hash(line) for line in lines], sum(map(len, lines)) + len(lines))


def _require(ledger: Ledger) -> None:
    if not ledger.exists:
        raise BrokenWorld(f"there is no ledger in {ledger.storage.place}", "`kpi run` makes it")


def _damaged(ledger: Ledger, what: str) -> LedgerDamaged:
    return LedgerDamaged(
        f"the ledger {ledger.storage.place} does not verify: {what}",
        "run `kpi verify` for every problem, then restore the ledger from a copy; do not edit it",
    )
