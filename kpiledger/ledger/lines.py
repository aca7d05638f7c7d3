"""How are the bytes of entries read without holding all of them: those after the ones known, and single ones again?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from typing import Protocol

from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.storage import Storage

Place = tuple[int, int, int]  # the seq of an entry, its first byte among all lines, and its length


class Lines(Protocol):
    """The lines of a ledger, without their line ends."""

    def after(self, known: Frontier, size: int) -> Iterator[bytes]:
        """The entries behind those known, up to entry `size`; LedgerDamaged where there are fewer."""

    def at(self, places: Iterable[Place]) -> Iterator[bytes]:
        """Single entries again."""


class FileLines:
    """Lines of the open file of entries; a million of them need no memory."""

    def __init__(self, file: BufferedReader) -> None:
        self._file = file

    def after(self, known: Frontier, size: int) -> Iterator[bytes]:
        """Read on from the last byte known."""
        self._file.seek(known.length)
        for _ in range(size - known.size):
            line = self._file.readline()
            if not line.endswith(b"\n"):
                raise _too_few(size)
            yield line[:-1]

    def at(self, places: Iterable[Place]) -> Iterator[bytes]:
        """Seek and read."""
        for _, first_byte, length in places:
            self._file.seek(first_byte)
            yield self._file.read(length)


class StoredLines:
    """Lines of any other storage, asked for by number; those that came once are kept to be read again."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._kept: dict[int, bytes] = {}

    def after(self, known: Frontier, size: int) -> Iterator[bytes]:
        """Ask for all of them at once."""
        found = self._storage.entry_lines(known.size + 1, size, known.length)
        if len(found) < size - known.size:
            raise _too_few(size)
        self._kept = dict(enumerate(found, known.size + 1))
        return iter(found)

    def at(self, places: Iterable[Place]) -> Iterator[bytes]:
        """Ask for each by its number."""
        for seq, first_byte, _ in places:
            kept = self._kept.get(seq)
            yield kept if kept is not None else b"".join(self._storage.entry_lines(seq, seq, first_byte))


@contextmanager
def lines_of(storage: Storage) -> Iterator[Lines]:
    """The lines of a ledger, open for reading."""
    if isinstance(storage, FileStorage):
        try:
            file = storage.entries_file.open("rb")
        except FileNotFoundError as problem:
            raise LedgerDamaged(f"{storage.entries_file} is missing", "restore it from a copy") from problem
        with file:
            yield FileLines(file)
    else:
        yield StoredLines(storage)


# By where the ledger lies and how many entries it has.
_held: dict[tuple[str, int], Sequence[bytes]] = {}


def held_lines(storage: Storage, size: int) -> Sequence[bytes]:
    """All lines of a ledger, read once by a process that is asked for one part of them after the other."""
    ledger_as_it_is = storage.place, size
    if ledger_as_it_is not in _held:
        _held.clear()
        with lines_of(storage) as lines:
            _held[ledger_as_it_is] = list(lines.after(Frontier(), size))
    return _held[ledger_as_it_is]


def _too_few(size: int) -> LedgerDamaged:
    return LedgerDamaged(f"the ledger has fewer than the {size} entries of its checkpoint", "run `kpi verify`")
