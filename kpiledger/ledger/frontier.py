"""How can a tree grow without reading its leaves: the roots of its perfect subtrees, tallest first.

The ledger keeps the frontier of all entries but the last one. With the last entry it must give the
signed root, so a wrong one is seen at once, and so is a wrong last entry. As a file:

    <number of entries before the last>
    <bytes of their lines, with line ends>
    <hexadecimal root of a perfect subtree>, a line each, tallest first
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kpiledger.ledger.merkle import grown_peaks, root_of_peaks

_FORM = re.compile(rb"(0|[1-9][0-9]{0,17})\n(0|[1-9][0-9]{0,17})\n((?:[0-9a-f]{64}\n)*)")


@dataclass(frozen=True, slots=True)
class Frontier:
    """The first `size` entries, whose lines with line ends are `length` bytes."""

    size: int = 0
    length: int = 0
    peaks: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The root of the tree of these entries."""
        return root_of_peaks(self.peaks)

    @property
    def text(self) -> bytes:
        """The bytes of the file."""
        lines = [str(self.size), str(self.length), *(peak.hex() for peak in self.peaks)]
        return "".join(f"{line}\n" for line in lines).encode()

    def grown(self, leaves: Sequence[bytes], length: int) -> Frontier:
        """With more entries: their leaf hashes, and the bytes of their lines with line ends."""
        return Frontier(self.size + len(leaves), self.length + length, grown_peaks(self.peaks, self.size, leaves))

    @classmethod
    def parse(cls, text: bytes) -> Frontier | None:
        """Read the file; None if these bytes are not the one form of a frontier."""
        found = _FORM.fullmatch(text)
        if found is None:
            return None
        size, peaks = int(found[1]), found[3].decode().split()
        if len(peaks) != size.bit_count():
            return None
        return cls(size, int(found[2]), tuple(bytes.fromhex(peak) for peak in peaks))
