"""A storage in memory: what a ledger in files does, without a disk, for tests that make ten thousand of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kpiledger.ledger.storage import LEAF_LINE, Batch, Stored


@dataclass
class MemoryStorage:
    """All five parts as attributes; it is its own writer."""

    place: str = "memory"
    lines: list[bytes] = field(default_factory=list)
    leaves: bytes = b""
    notes: list[bytes] = field(default_factory=list)
    kept: bytes | None = None

    def exists(self) -> bool:
        return bool(self.notes)

    def checkpoint(self) -> bytes:
        return self.notes[-1]

    def checkpoints(self) -> bytes:
        return b"".join(self.notes)

    def frontier(self) -> bytes | None:
        return self.kept

    def entry_lines(self, first: int, last: int, offset: int | None = None) -> list[bytes]:
        return self.lines[first - 1 : last]

    def leaf_lines(self, first: int, last: int) -> bytes:
        return self.leaves[(first - 1) * LEAF_LINE : last * LEAF_LINE]

    def everything(self) -> Stored:
        entries = b"".join(line + b"\n" for line in self.lines)
        return Stored(entries, self.leaves, self.checkpoint(), self.checkpoints(), self.kept)

    @contextmanager
    def writing(self) -> Iterator[MemoryStorage]:
        yield self

    def settle(self, size: int, length: int) -> None:
        assert (len(self.lines), sum(map(len, self.lines)) + len(self.lines)) == (size, length)

    def append(self, batch: Batch) -> None:
        self.lines += batch.lines
        self.leaves += "".join(f"{leaf}\n" for leaf in batch.leaves).encode()
        self.notes.append(batch.checkpoint)
        self.kept = batch.frontier
