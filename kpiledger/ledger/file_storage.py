"""How does a ledger lie in a folder of files, so that a batch is there for good or not at all?

`entries.jsonl` (one entry a line), `leaves`, `checkpoint`, `checkpoints`, `frontier`, and `lock`, which
the one writer holds. A batch is acknowledged by the rename that puts its checkpoint in place. What a
killed writer left behind the last acknowledged entry is set aside in `torn/` by the next one, and never
read: nobody can have lines signed by placing them in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.durable import append_to_file, cut_file, locked, read_from, replace_file, size_of
from kpiledger.ledger.storage import LEAF_LINE, NOTE_LINES, Batch, StorageWriter, Stored

_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class FileStorage:
    """A ledger in a folder; opening it is cheap and reads nothing."""

    directory: Path

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.directory)

    @property
    def entries_file(self) -> Path:
        """The entries, one a line."""
        return self.directory / "entries.jsonl"

    @property
    def leaves_file(self) -> Path:
        """The leaf hashes, one a line."""
        return self.directory / "leaves"

    @property
    def checkpoint_file(self) -> Path:
        """The newest checkpoint."""
        return self.directory / "checkpoint"

    @property
    def checkpoints_file(self) -> Path:
        """Every checkpoint, the newest last."""
        return self.directory / "checkpoints"

    @property
    def frontier_file(self) -> Path:
        """The frontier, so that an append need not read all leaves."""
        return self.directory / "frontier"

    @property
    def lock_file(self) -> Path:
        """Held by the one writer; empty."""
        return self.directory / "lock"

    def exists(self) -> bool:
        """Whether there is a checkpoint, or are entries whose checkpoint is lost."""
        return self.checkpoint_file.exists() or size_of(self.entries_file) > 0

    def checkpoint(self) -> bytes:
        """The newest checkpoint."""
        return _needed(self.checkpoint_file)

    def checkpoints(self) -> bytes | None:
        """All checkpoints, None if the ledger is from before they were kept."""
        return read_from(self.checkpoints_file)

    def frontier(self) -> bytes | None:
        """The frontier, None if the ledger is from before it was kept."""
        return read_from(self.frontier_file)

    def entry_lines(self, first: int, last: int, offset: int | None = None) -> list[bytes]:
        """The lines from `first` to `last`; without `offset` the file is read from its beginning."""
        if last < first:
            return []
        skipped = first - 1 if offset is None else 0
        found = _needed_lines(self.entries_file, offset or 0, skipped, skipped + last - first + 1)
        # What follows the last line end is torn, and no line.
        return [line[:-1] for line in found if line.endswith(b"\n")]

    @contextmanager
    def read_entries(self) -> Iterator[BinaryIO]:
        """The file of entries, open from its beginning on."""
        with _readable(self.entries_file), self.entries_file.open("rb", buffering=0) as file:
            yield file

    def leaf_lines(self, first: int, last: int) -> bytes:
        """The lines of leaf hashes from `first` to `last`."""
        return _needed(self.leaves_file, (first - 1) * LEAF_LINE)[: (last - first + 1) * LEAF_LINE]

    def everything(self) -> Stored:
        """Every byte, while no writer is at work."""
        with self.held_still():
            return Stored(
                entries=_needed(self.entries_file),
                leaves=_needed(self.leaves_file),
                checkpoint=self.checkpoint(),
                checkpoints=self.checkpoints(),
                frontier=self.frontier(),
            )

    @contextmanager
    def held_still(self) -> Iterator[None]:
        """No writer is at work meanwhile, so that the files fit together."""
        # A copy, or a ledger on a read-only medium, may have no lock file: then nobody writes to it.
        with locked(self.lock_file, shared=True) if self.lock_file.exists() else nullcontext():
            yield

    @contextmanager
    def writing(self) -> Iterator[StorageWriter]:
        """Hold the lock file alone; the system lets go of it when a process dies."""
        with _world(self.place):
            self.directory.mkdir(parents=True, exist_ok=True)
        with locked(self.lock_file):
            yield FileWriter(self)


@dataclass(frozen=True, slots=True)
class FileWriter:
    """The one writer, while it holds the lock."""

    storage: FileStorage

    def settle(self, size: int, length: int) -> None:
        """Keep what lies behind the acknowledged entries in `torn/`, cut it off, complete `checkpoints`."""
        files = self.storage
        with _world(files.place):
            self._complete_checkpoints()
            tail = read_from(files.entries_file, length) or b""
            if tail:
                files.frontier_file.unlink(missing_ok=True)  # it may be of the batch that was torn
                torn = files.directory / "torn"
                torn.mkdir(exist_ok=True)
                replace_file(torn / f"after-{size}-{sha256(tail).hexdigest()[:16]}.jsonl", tail)
                cut_file(files.entries_file, length)
            if size_of(files.leaves_file) > size * LEAF_LINE:
                cut_file(files.leaves_file, size * LEAF_LINE)

    def append(self, batch: Batch) -> None:
        """Lines, leaves and frontier first, then the checkpoint that acknowledges them by its rename."""
        files = self.storage
        with _world(files.place):
            if files.exists():
                self._complete_checkpoints()
            append_to_file(files.entries_file, b"".join(line + b"\n" for line in batch.lines))
            append_to_file(files.leaves_file, "".join(f"{leaf}\n" for leaf in batch.leaves).encode())
            # Not durable on its own: one that a power cut spoils is seen and made anew from the leaves.
            replace_file(files.frontier_file, batch.frontier, is_durable=False)
            replace_file(files.checkpoint_file, batch.checkpoint)
        # The batch is acknowledged, whatever happens to this copy: the next append or writer completes it.
        with suppress(OSError):
            append_to_file(files.checkpoints_file, batch.checkpoint)

    def _complete_checkpoints(self) -> None:
        """Add the newest checkpoint where a writer died, or the disk was full, right after it was put in place."""
        path, newest = self.storage.checkpoints_file, self.storage.checkpoint()
        length = size_of(path)
        if read_from(path, max(0, length - len(newest))) == newest:
            return
        content = read_from(path) or b""
        if newest in content:
            raise LedgerDamaged(
                f"{path} has checkpoints after the newest one: an older checkpoint was put back",
                "run `kpi verify`, then restore the ledger from a copy",
            )
        lines = content.splitlines(keepends=True)
        whole = sum(map(len, lines[: content.count(b"\n") // NOTE_LINES * NOTE_LINES]))
        if whole < length:  # a copy that was torn
            cut_file(path, whole)
        append_to_file(path, newest)


@contextmanager
def _world(place: str) -> Iterator[None]:
    """What the system refuses, as a sentence on what to do."""
    try:
        yield
    except OSError as problem:
        raise BrokenWorld(
            f"the ledger {place} cannot be written: {problem}",
            "free the disk or mend the rights, then run again; what was recorded before is untouched",
        ) from problem


def _needed(path: Path, offset: int = 0) -> bytes:
    with _readable(path):
        content = read_from(path, offset)
        if content is None:
            raise FileNotFoundError
        return content


def _needed_lines(path: Path, offset: int, first: int, end: int) -> list[bytes]:
    """Some lines of a file, with their line ends, without reading what lies behind them."""
    with _readable(path), path.open("rb", buffering=_BLOCK) as file:
        file.seek(offset)
        return list(islice(file, first, end))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as problem:
        raise LedgerDamaged(f"the ledger's file {path} is missing", "restore it from a copy") from problem
    except OSError as problem:
        raise BrokenWorld(f"{path} cannot be read: {problem.strerror}", "check its rights") from problem
