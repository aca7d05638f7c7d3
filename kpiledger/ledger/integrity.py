"""Do the bytes of a ledger agree with each other, and if not, which entry is at fault?

Pure: the bytes of the three files and a key come in, entries and problems come out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kpiledger.ledger.checkpoint import Checkpoint, CheckpointError, VerifierKey, open_checkpoint
from kpiledger.ledger.entry import Entry, EntryError, decode_entry, parse_entry
from kpiledger.ledger.merkle import leaf_hash, root

# A damaged line may be no JSON any more; this still finds what it was called.
_KEY = re.compile(rb'"format":"1","key":"([^"]*)"')
LEAF_LINE = 65  # 64 hexadecimal digits and a line end


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold; `seq` and `key` name the entry where it is one entry's."""

    name: str
    message: str
    seq: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        place = f"entry {self.seq} ({self.key or 'key unreadable'}): " if self.seq is not None else ""
        return f"{place}{self.message}"


@dataclass(frozen=True, slots=True)
class Files:
    """The bytes of a ledger as they lie on disk."""

    entries: bytes
    leaves: bytes
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Examination:
    """What a ledger holds and what is wrong with it; `tail` counts bytes that no checkpoint covers."""

    checkpoint: Checkpoint | None
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    tail: int = 0


def examine(files: Files, key: VerifierKey, strict: bool) -> Examination:
    """Check files against each other; `strict` also checks that each entry is canonical to the byte.

    Without `strict` the entries are vouched for by the signed root alone, which is as safe as the writer.
    """
    try:
        checkpoint = open_checkpoint(files.checkpoint, key)
    except CheckpointError as problem:
        found = Problem("checkpoint", f"checkpoint: {problem}")
        # Without a trusted size every whole line is looked at, so that more than one fault can be named.
        lines = _lines(files.entries)
        return Examination(
            None, (), (found, *_against_leaves(lines, [leaf_hash(line) for line in lines], files.leaves))
        )
    lines = _lines(files.entries)[: checkpoint.size]
    tail = len(files.entries) - sum(len(line) + 1 for line in lines)
    leaves = files.leaves[: checkpoint.size * LEAF_LINE]
    hashes = [leaf_hash(line) for line in lines]
    problems = [*_missing(lines, files, checkpoint), *_against_leaves(lines, hashes, leaves)]
    if root(hashes) != checkpoint.root:
        problems.append(_root_problem(files, checkpoint))
    elif problems:
        problems.append(Problem("leaves", "the entries agree with the checkpoint, `leaves` does not"))
    entries, unread = _read(lines, parse_entry if strict else decode_entry)
    problems += unread
    problems += _order(entries)
    return Examination(checkpoint, tuple(entries), tuple(problems), tail)


def _lines(content: bytes) -> list[bytes]:
    """The complete lines; what follows the last line end is torn."""
    return content.split(b"\n")[:-1]


def _missing(lines: Sequence[bytes], files: Files, checkpoint: Checkpoint) -> Iterator[Problem]:
    if len(lines) < checkpoint.size:
        yield Problem(
            "missing",
            f"is missing: the checkpoint covers {checkpoint.size} entries, found {len(lines)}",
            len(lines) + 1,
        )
    if len(files.leaves) < checkpoint.size * LEAF_LINE:
        found = len(files.leaves) // LEAF_LINE
        yield Problem("leaves", f"`leaves` has {found} whole lines, expected {checkpoint.size}", found + 1)


def _against_leaves(lines: Sequence[bytes], hashes: Sequence[bytes], leaves: bytes) -> Iterator[Problem]:
    for index, (line, hashed) in enumerate(zip(lines, hashes, strict=True)):
        stored = leaves[index * LEAF_LINE : (index + 1) * LEAF_LINE]
        if stored != hashed.hex().encode() + b"\n":
            recorded = stored.decode(errors="replace").rstrip("\n") or "nothing"
            message = f"its bytes hash to {hashed.hex()}, `leaves` has {recorded}"
            yield Problem("leaf", message, index + 1, key_in(line))


def _root_problem(files: Files, checkpoint: Checkpoint) -> Problem:
    stored = [files.leaves[at : at + 64] for at in range(0, checkpoint.size * LEAF_LINE, LEAF_LINE)]
    try:
        agrees = root(bytes.fromhex(text.decode()) for text in stored) == checkpoint.root
    except ValueError:
        agrees = False
    verdict = "agrees with it, so an entry was changed" if agrees else "does not agree either"
    return Problem("root", f"the entries do not have the root of the signed checkpoint; the file `leaves` {verdict}")


def _read(lines: Sequence[bytes], reader: Callable[[bytes], Entry]) -> tuple[list[Entry], list[Problem]]:
    entries: list[Entry] = []
    problems: list[Problem] = []
    for index, line in enumerate(lines):
        try:
            entry = reader(line)
        except EntryError as problem:
            problems.append(Problem("entry", str(problem), index + 1, key_in(line)))
            continue
        if entry.seq != index + 1:
            problems.append(
                Problem("order", f"stands on line {index + 1} and says seq {entry.seq}", index + 1, entry.key)
            )
        entries.append(entry)
    return entries, problems


def _order(entries: Sequence[Entry]) -> Iterator[Problem]:
    for before, entry in pairwise(entries):
        if entry.recorded_at < before.recorded_at:
            yield Problem(
                "clock",
                f"recorded at {entry.recorded_at.isoformat()}, before entry {before.seq} at "
                f"{before.recorded_at.isoformat()}",
                entry.seq,
                entry.key,
            )


def key_in(line: bytes) -> str | None:
    """The key that a damaged entry's bytes still show."""
    found = _KEY.search(line)
    return found.group(1).decode(errors="replace") if found else None
