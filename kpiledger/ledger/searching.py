"""Which entries have some bytes in them? A million are looked through in blocks, and most blocks have them nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.storage import Storage

_BLOCK = 1 << 20


def entries_with(storage: Storage, size: int, wanted: bytes) -> Iterator[tuple[int, bytes]]:
    """The number and line of each of the first so many entries that has these bytes, which have no line end."""
    blocks = _blocks_of(storage) if isinstance(storage, FileStorage) else _at_once(storage, size)
    number = 0
    for block in blocks:
        if wanted in block:
            for at, line in enumerate(block.split(b"\n")[:-1], number + 1):
                if at <= size and wanted in line:
                    yield at, line
        number += block.count(b"\n")
        if number >= size:
            return


def _blocks_of(storage: FileStorage) -> Iterator[bytes]:
    """The file of entries in blocks of whole lines; what follows the last line end is none."""
    begun = b""
    with storage.read_entries() as file:
        while block := file.read(_BLOCK):
            whole, end, rest = block.rpartition(b"\n")
            if end:
                yield begun + whole + end
            begun = rest if end else begun + rest


def _at_once(storage: Storage, size: int) -> Iterator[bytes]:
    yield b"".join(line + b"\n" for line in storage.entry_lines(1, size))
