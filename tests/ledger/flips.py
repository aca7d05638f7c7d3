"""How is a byte of a ledger's file changed, and is what was found the place that was changed?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import pytest

from kpiledger.ledger import beginnings, integrity
from kpiledger.ledger.problem import Problem

# Of these parts a problem names the entry; of the others the part.
BY_ENTRY = ("entries", "leaves")


def flipped(content: bytes, place: int) -> bytes:
    """One bit of the byte is another; which one depends on the place."""
    return content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]


def flipped_file(path: Path, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Each place in turn, while the byte there is another by the bits named; then it is as it was."""
    sound = path.read_bytes()
    with path.open("r+b", buffering=0) as file:
        for place, bits in places:
            for value in (sound[place] ^ bits, sound[place]):
                file.seek(place)
                file.write(bytes([value]))
                if value != sound[place]:
                    yield place, bits
    assert path.read_bytes() == sound


def keep_what_is_seen(patch: pytest.MonkeyPatch) -> None:
    """Nearly all lines are the same each time; what is computed of each of them is kept. Nothing else is spared."""
    patch.setattr(integrity, "parse_entry", lru_cache(10_000)(integrity.parse_entry))
    patch.setattr(integrity, "leaf_hash", lru_cache(10_000)(integrity.leaf_hash))
    patch.setattr(integrity, "open_checkpoint", lru_cache(10_000)(integrity.open_checkpoint))
    patch.setattr(beginnings, "open_checkpoint", lru_cache(10_000)(beginnings.open_checkpoint))


def ends_of(content: bytes) -> list[int]:
    """Where each line ends."""
    return list(accumulate(map(len, content.splitlines(keepends=True))))


def is_named(part: str, ends: Sequence[int], place: int, problems: Sequence[Problem]) -> bool:
    """Whether problems tell of the byte at a place: the entry that it belongs to, or else the part."""
    if part in BY_ENTRY:
        return bisect_right(ends, place) + 1 in {problem.seq for problem in problems}
    return bool(problems) and problems[0].name == part
