"""Are all entries those that the newest checkpoint was signed for, and what are the roots of their beginnings?

Every entry is hashed. The files of a ledger are read in parts, and only where something does not fit are they read
whole, to name what does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import BinaryIO

from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.entry import EntryError, decode_entry
from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.hashing import HASH, Hashed, Hashing, hashing
from kpiledger.ledger.integrity import examine_entries
from kpiledger.ledger.merkle import leaf_hash, peaks_at, root_of_peaks
from kpiledger.ledger.storage import LEAF_LINE, Storage


@dataclass(frozen=True, slots=True)
class Whole:
    """What is wrong; and by the size of each beginning its root, and when its last entry was recorded."""

    problems: tuple[str, ...]
    roots: Mapping[int, bytes]
    recorded_at: Mapping[int, datetime]


@contextmanager
def looking_at(storage: Storage) -> Iterator[Callable[[Checkpoint, Set[int]], Whole]]:
    """Begin to hash all entries that are there: to be told of the newest checkpoint and of sizes, and to tell of them.

    A size beyond the newest checkpoint has no root.
    """
    if isinstance(storage, FileStorage) and storage.entries_file.exists() and storage.leaves_file.exists():
        with hashing(storage.entries_file) as at_work:
            yield lambda newest, sizes: _in_parts(storage, at_work, newest, sizes) or _at_once(storage, newest, sizes)
    else:
        yield partial(_at_once, storage)


def _in_parts(storage: FileStorage, at_work: Hashing, newest: Checkpoint, sizes: Set[int]) -> Whole | None:
    """None where anything does not fit."""
    hashed = at_work.lines().first(newest.size)
    if hashed.count < newest.size or storage.leaf_lines(1, newest.size) != hashed.hexadecimal:
        return None
    inside = {size for size in sizes if size <= newest.size}
    peaks = at_work.peaks(hashed.leaves, inside | {newest.size})
    roots = {size: root_of_peaks(found) for size, found in peaks.items()}
    if roots[newest.size] != newest.root:
        return None
    with storage.read_entries() as file:
        return Whole((), roots, _moments(inside, lambda size: _line(file, hashed, size)))


def _line(file: BinaryIO, hashed: Hashed, number: int) -> bytes:
    """A line once more; none where it is not what was hashed before."""
    first, behind = hashed.starts[number - 1 : number + 1]
    file.seek(first)
    line = file.read(behind - first - 1)
    return line if leaf_hash(line) == hashed.leaves[(number - 1) * HASH : number * HASH] else b""


def _at_once(storage: Storage, newest: Checkpoint, sizes: Set[int]) -> Whole:
    stored = storage.everything()
    lines, leaves = stored.entries.split(b"\n")[:-1][: newest.size], stored.leaves[: newest.size * LEAF_LINE]
    hashes = [leaf_hash(line) for line in lines]
    inside = {size for size in sizes if size <= len(hashes)}
    roots = {size: root_of_peaks(found) for size, found in peaks_at(hashes, inside).items()}
    problems = tuple(str(problem) for problem in examine_entries(newest, lines, leaves).problems)
    return Whole(problems, roots, _moments(inside, lambda size: lines[size - 1]))


def _moments(sizes: Set[int], line_of: Callable[[int], bytes]) -> Mapping[int, datetime]:
    """When the last entry of each beginning was recorded; a line that is no entry says nothing."""
    found: dict[int, datetime] = {}
    for size in sorted(sizes - {0}):
        try:
            found[size] = decode_entry(line_of(size)).recorded_at
        except EntryError:
            continue
    return found
