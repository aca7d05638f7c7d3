"""Where do entries lie, and how is one added so that it is there for good or not at all?

A folder: `entries.jsonl` (one canonical entry a line), `leaves` (their leaf hashes in hexadecimal),
`checkpoint` (size and root, signed), `keys/`, `subjects/` (personal values) and `lock`.

An entry is acknowledged when a checkpoint covers it. What a killed writer left after the last
acknowledged entry is set aside in `torn/` by the next writer, and never read: a batch is recorded as
a whole or not at all, and nobody can have lines signed by placing them in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.checkpoint import Checkpoint, VerifierKey, sign_checkpoint
from kpiledger.ledger.durable import append_to_file, cut_file, locked, replace_file, sync_folder
from kpiledger.ledger.entry import Draft, Entry, write_entry
from kpiledger.ledger.integrity import LEAF_LINE, Examination, Files, examine
from kpiledger.ledger.keys import make_keys, signing_key, trusted_key
from kpiledger.ledger.merkle import root

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger by its folder; opening it is cheap and reads nothing."""

    directory: Path

    @property
    def entries(self) -> Path:
        """The file of entries, one a line."""
        return self.directory / "entries.jsonl"

    @property
    def leaves(self) -> Path:
        """The file of leaf hashes, one a line."""
        return self.directory / "leaves"

    @property
    def checkpoint(self) -> Path:
        """The file of the signed size and root."""
        return self.directory / "checkpoint"

    @property
    def keys(self) -> Path:
        """The folder of the signing key and its public half."""
        return self.directory / "keys"

    @property
    def subjects(self) -> Path:
        """The folder of personal values, which can be erased."""
        return self.directory / "subjects"

    @property
    def lock(self) -> Path:
        """The file that the one writer holds."""
        return self.directory / "lock"

    @property
    def exists(self) -> bool:
        """Whether the ledger was made: it has a checkpoint, or entries whose checkpoint is lost."""
        return self.checkpoint.exists() or (self.entries.exists() and self.entries.stat().st_size > 0)


@dataclass(slots=True)
class Writer:
    """The one writer while it holds the lock; `entries` are all that are acknowledged."""

    ledger: Ledger
    clock: Clock
    entries: tuple[Entry, ...]
    has_failed: bool = False

    def append(self, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
        """Record drafts as one batch: all of them, or none if the process ends before it returns."""
        if not drafts:
            return ()
        if self.has_failed:
            raise BrokenWorld("an append failed half way", "open the ledger again, which mends it, and record again")
        now = self._now()
        first = len(self.entries) + 1
        added = tuple(write_entry(draft, first + index, now) for index, draft in enumerate(drafts))
        try:
            append_to_file(self.ledger.entries, b"".join(entry.line + b"\n" for entry in added))
            append_to_file(self.ledger.leaves, b"".join(f"{entry.entry_hash}\n".encode() for entry in added))
            _write_checkpoint(self.ledger, (*self.entries, *added))
        except OSError as problem:
            self.has_failed = True
            raise BrokenWorld(
                f"the ledger {self.ledger.directory} cannot be written: {problem}",
                "free the disk or mend the rights, then run again; what was recorded before is untouched",
            ) from problem
        self.entries = (*self.entries, *added)
        return added

    def _now(self) -> datetime:
        """The writer's time, never before the last entry's: a clock set back does not reorder history."""
        now = self.clock()
        if now.tzinfo is None:
            raise ValueError("the ledger's clock gives times without a time zone; it must give UTC")
        now = now.astimezone(UTC)
        return max(now, self.entries[-1].recorded_at) if self.entries else now


@contextmanager
def writing(ledger: Ledger, clock: Clock) -> Iterator[Writer]:
    """Hold the ledger alone: make it if it is new, mend a torn tail, verify what is there."""
    ledger.directory.mkdir(parents=True, exist_ok=True)
    with locked(ledger.lock):
        _make(ledger)
        found = _examined(ledger, strict=False)
        _set_torn_aside(ledger, len(found.entries), found.tail)
        yield Writer(ledger, clock, found.entries)


def read_entries(ledger: Ledger) -> tuple[Entry, ...]:
    """Every acknowledged entry, checked against the checkpoint; LedgerDamaged names the first fault."""
    return _examined(ledger, strict=False).entries


def read_checkpoint(ledger: Ledger) -> Checkpoint:
    """The signed size and root, after all entries were checked against it."""
    checkpoint = _examined(ledger, strict=False).checkpoint
    if checkpoint is None:  # an examination without problems has a checkpoint
        raise LedgerDamaged(f"the ledger {ledger.directory} has no checkpoint", "run `kpi verify`")
    return checkpoint


def examine_ledger(ledger: Ledger, key: VerifierKey | None = None) -> Examination:
    """Everything strictly, with all problems found; waits for a writer at work. `key` may be a pinned one."""
    _require(ledger)
    # A copy, or a ledger on a read-only medium, may have no lock file: then nobody writes to it.
    with locked(ledger.lock, shared=True) if ledger.lock.exists() else nullcontext():
        return examine(_files(ledger), key or trusted_key(ledger.keys), strict=True)


def _examined(ledger: Ledger, strict: bool) -> Examination:
    _require(ledger)
    found = examine(_files(ledger), trusted_key(ledger.keys), strict)
    if found.problems:
        more = f" (and {len(found.problems) - 1} more)" if len(found.problems) > 1 else ""
        raise LedgerDamaged(
            f"the ledger {ledger.directory} does not verify: {found.problems[0]}{more}",
            "run `kpi verify` for every problem, then restore the ledger from a copy; do not edit it",
        )
    return found


def _require(ledger: Ledger) -> None:
    if not ledger.exists:
        raise BrokenWorld(f"there is no ledger in {ledger.directory}", "`kpi run` makes it")


def _files(ledger: Ledger) -> Files:
    """The checkpoint is read first: whatever a writer adds meanwhile lies beyond it."""
    checkpoint = _bytes(ledger.checkpoint)
    return Files(_bytes(ledger.entries), _bytes(ledger.leaves), checkpoint)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as problem:
        raise LedgerDamaged(f"the ledger's file {path} is missing", "restore it from a copy") from problem
    except OSError as problem:
        raise BrokenWorld(f"{path} cannot be read: {problem.strerror}", "check its rights") from problem


def _make(ledger: Ledger) -> None:
    """Make what a new ledger needs, the checkpoint last; it is new without checkpoint and entries."""
    if ledger.exists:
        return
    make_keys(ledger.keys)
    for path in (ledger.entries, ledger.leaves):
        append_to_file(path, b"")
    sync_folder(ledger.directory)
    _write_checkpoint(ledger, ())


def _write_checkpoint(ledger: Ledger, entries: Sequence[Entry]) -> None:
    name, private = signing_key(ledger.keys)
    checkpoint = Checkpoint(name, len(entries), root(entry.leaf for entry in entries))
    replace_file(ledger.checkpoint, sign_checkpoint(checkpoint, private))


def _set_torn_aside(ledger: Ledger, size: int, tail: int) -> None:
    """Keep what lies beyond the checkpoint in `torn/`, then cut it off."""
    if tail:
        content = ledger.entries.read_bytes()
        torn = ledger.directory / "torn"
        torn.mkdir(exist_ok=True)
        name = f"after-{size}-{sha256(content[-tail:]).hexdigest()[:16]}.jsonl"
        replace_file(torn / name, content[-tail:])
        cut_file(ledger.entries, len(content) - tail)
    if ledger.leaves.stat().st_size > size * LEAF_LINE:
        cut_file(ledger.leaves, size * LEAF_LINE)
