"""Where may the bytes of a ledger lie, and what must such a place be able to do?

A storage knows bytes and not what they mean: it neither signs nor checks. It keeps five parts: entry
lines, leaf hashes, the newest checkpoint, every checkpoint there ever was, and the frontier. All give
and take the same bytes, which `docs/ledger-format.md` describes; `kpiledger.ledger.store` gives them
meaning. Keys and personal values are not here: they always lie in the ledger's folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

LEAF_LINE = 65  # a leaf hash as it is kept: 64 lower-case hexadecimal digits and a line end
NOTE_LINES = 5  # a checkpoint as it is kept: origin, size, root, an empty line, one signature


@dataclass(frozen=True, slots=True)
class Batch:
    """What one append adds. Its lines are acknowledged, all of them, once its checkpoint is the newest."""

    lines: Sequence[bytes]
    """The bytes of each new entry, without a line end."""
    leaves: Sequence[str]
    """The leaf hash of each line, in hexadecimal."""
    frontier: bytes
    """Takes the place of the former frontier."""
    checkpoint: bytes
    """Takes the place of the newest checkpoint, and is added to all checkpoints."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Every byte of a ledger at one moment, as the files hold them."""

    entries: bytes
    """Each line with its line end, in order; whatever lies behind the acknowledged ones too."""
    leaves: bytes
    """A leaf hash a line, LEAF_LINE bytes each."""
    checkpoint: bytes
    checkpoints: bytes | None
    """All checkpoints one after the other, the newest last; None in a ledger from before they were kept."""
    frontier: bytes | None
    """None in a ledger from before it was kept."""


class StorageWriter(Protocol):
    """What only the one writer can do, between entering and leaving `Storage.writing`."""

    def settle(self, size: int, length: int) -> None:
        """Set aside what lies behind the first `size` entries, whose lines with line ends are `length` bytes.

        Such bytes were never acknowledged. They are kept where nobody reads them by mistake; a storage
        that cannot hold any raises LedgerDamaged if it does. Called once, before the first `append`.
        """

    def append(self, batch: Batch) -> None:
        """Add a batch so that it is there for good when this returns, or not at all.

        The first one makes the ledger and has no lines. BrokenWorld says what the world refused; then
        nothing of the batch was acknowledged, and this writer must not be used again.
        """


class Storage(Protocol):
    """A place of one ledger."""

    @property
    def place(self) -> str:
        """Where it is, for messages; no password in it."""

    def exists(self) -> bool:
        """Whether the ledger was made: it has a checkpoint, or entries whose checkpoint is lost."""

    def checkpoint(self) -> bytes:
        """The newest checkpoint; LedgerDamaged if there is none."""

    def checkpoints(self) -> bytes | None:
        """All checkpoints, as in `Stored`."""

    def frontier(self) -> bytes | None:
        """The frontier that was appended last, as in `Stored`."""

    def entry_lines(self, first: int, last: int, offset: int | None = None) -> list[bytes]:
        """The lines of entries `first` to `last`, without line ends; fewer where they are missing.

        `offset` says how many bytes the lines before `first` have, with line ends. It may be wrong
        (then so are the lines, and the caller's hashes show it). It saves a storage of files the
        search; a storage that knows its rows by number needs none.
        """

    def leaf_lines(self, first: int, last: int) -> bytes:
        """The leaf hashes of entries `first` to `last`, LEAF_LINE bytes each; fewer where they are missing."""

    def everything(self) -> Stored:
        """All bytes at one moment: no append lies half in them. Waits for a writer at work."""

    def writing(self) -> AbstractContextManager[StorageWriter]:
        """Hold the ledger alone; BusyError if another process has held it for too long."""
