"""What do the entries in a file hash to: read in parts, so that a million need little memory and no single processor?

Every byte is read and every entry hashed. A large file is hashed by two processes, half of it each, and so is the tree
over the entries: its left half is a tree of its own.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from kpiledger.collector import uncollected
from kpiledger.ledger.merkle import node_hash

HASH = 32
LINE_END = "\n"
_BEFORE = b"\x00"  # a leaf, as `merkle.leaf_hash` says
_BLOCK = 1 << 18
# In bytes, some 100,000 entries: with fewer, a process takes longer to start than to hash.
_WORTH_A_PROCESS = 150_000_000
_Words = ParamSpec("_Words")
_Found = TypeVar("_Found")
_Peaks = dict[int, tuple[bytes, ...]]


@dataclass(frozen=True, slots=True)
class Hashed:
    """The leaf hashes of a file's whole lines, one after the other; where each line begins, and where the last ends."""

    leaves: bytes
    starts: Sequence[int]

    def first(self, count: int) -> Hashed:
        """Of the first so many lines."""
        return Hashed(self.leaves[: count * HASH], self.starts[: count + 1])

    @property
    def hexadecimal(self) -> bytes:
        """The hashes as the file of leaves has them, a line each."""
        return f"{self.leaves.hex(LINE_END, HASH)}{LINE_END}".encode() if self.leaves else b""

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self.leaves) // HASH


class Hashing:
    """Hashes beside this process where it is worth it, or else when the result is asked for.

    Beside this process the second half of the file is begun with at once.
    """

    def __init__(self, path: Path, aside: ProcessPoolExecutor | None) -> None:
        self._path = path
        self._aside = aside
        end = path.stat().st_size
        self._half = _line_after(path, end // 2) if aside else end
        self._other = self._begun(_hashed_lines, path, self._half, end)

    def lines(self) -> Hashed:
        """The leaf hashes of all whole lines that there were when it was begun."""
        leaves, lengths = _hashed_lines(self._path, 0, self._half)
        more, more_lengths = self._other()
        return Hashed(leaves + more, list(accumulate([*lengths, *more_lengths], initial=0)))

    def peaks(self, leaves: bytes, sizes: Iterable[int]) -> _Peaks:
        """As `merkle.peaks_at`: for each size the roots of the perfect subtrees of the first so many leaves."""
        count = len(leaves) // HASH
        half = 1 << max(0, count - 1).bit_length() - 1 if count > 1 else count
        below, above = (sorted({size for size in sizes if (size <= half) is side}) for side in (True, False))
        other = self._begun(_peaks_of, leaves[half * HASH :], [size - half for size in above])
        found = _peaks_of(leaves[: half * HASH], [*below, half])
        left = found[half]
        return {size: found[size] for size in below} | {
            # Two perfect trees of one height are a perfect tree of the next.
            half + size: (node_hash(*left, *right),) if size == half else left + right
            for size, right in other().items()
        }

    def _begun(
        self, function: Callable[_Words, _Found], *words: _Words.args, **named: _Words.kwargs
    ) -> Callable[[], _Found]:
        if self._aside is None:
            return lambda: function(*words, **named)
        begun: Future[_Found] = self._aside.submit(function, *words, **named)
        return begun.result


@contextmanager
def hashing(path: Path) -> Iterator[Hashing]:
    """Hash a file of entries, beside this process where it is large."""
    if path.stat().st_size < _WORTH_A_PROCESS:
        yield Hashing(path, None)
        return
    # Not a fork, which would copy the locks of threads that a library may have.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as aside:
        yield Hashing(path, aside)


def _line_after(path: Path, place: int) -> int:
    """Where the first line begins that begins at a place or behind it."""
    with path.open("rb") as file:
        file.seek(max(0, place - 1))
        file.readline()
        return file.tell()


@uncollected()
def _hashed_lines(path: Path, start: int, end: int) -> tuple[bytes, array[int]]:
    """The leaf hashes of the whole lines between two places, and the length of each with its line end."""
    hashes: list[bytes] = []
    lengths = array("Q")
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        for leaves, ends in _whole_lines(file, end - start):
            hashes += [sha256(leaves[first:last]).digest() for first, last in pairwise(ends)]
            lengths.extend([last - first for first, last in pairwise(ends)])
    return b"".join(hashes), lengths


def _whole_lines(file: BinaryIO, length: int) -> Iterator[tuple[memoryview, list[int]]]:
    """So many bytes, some at a time: what is hashed of their lines, and where each of these ends and the next begins.

    A leaf is hashed with a zero byte before it. So all line ends become zero bytes, and no line is copied. What follows
    the last line end is none.
    """
    begun = _BEFORE
    while length and (block := file.read(min(_BLOCK, length))):
        length -= len(block)
        whole = begun + block
        ends = [0, *_places_of_line_ends(whole, len(begun))]
        yield memoryview(whole.replace(b"\n", _BEFORE)), ends
        begun = _BEFORE + whole[ends[-1] + 1 :]


def _places_of_line_ends(whole: bytes, place: int) -> Iterator[int]:
    while (place := whole.find(b"\n", place)) >= 0:
        yield place
        place += 1


@uncollected()
def _peaks_of(leaves: bytes, sizes: Sequence[int]) -> _Peaks:
    """As `merkle.peaks_at`, a level of the tree at a time, which takes half as long."""
    levels = [leaves]
    while len(levels[-1]) >= 2 * HASH:
        below = levels[-1]
        pairs = range(0, len(below) // (2 * HASH) * 2 * HASH, 2 * HASH)
        levels.append(b"".join([sha256(b"\x01" + below[at : at + 2 * HASH]).digest() for at in pairs]))
    return {size: tuple(_peaks(levels, size)) for size in sizes}


def _peaks(levels: Sequence[bytes], size: int) -> Iterator[bytes]:
    """Each bit of a size is a perfect subtree, the tallest first, and on its level the last one before that size."""
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            at = ((size >> height) - 1) * HASH
            yield levels[height][at : at + HASH]
