"""In which lines of which files is a person named?

An id counts where it is a word or a part of one between underscores (`p_1008` in `p_1008_2017`), so that
`p_100` is not found in `p_1008`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kpiledger.errors import WrongUse
from kpiledger.finding import Position
from kpiledger.vocabulary import is_name

# What a project's files say of people: the specs, then what is written or compiled from them.
SPECS = ("metrics", "expectations", "models", "kpiledger.yml")


def pattern_of(person: str) -> re.Pattern[bytes]:
    """Matches the id of a person in bytes; WrongUse where the id could be none."""
    if not is_name(person):
        raise WrongUse(f"{person!r} is no id of a person", "write the id as metrics/organisation.yml has it, as p_1001")
    return re.compile(rb"(?<![A-Za-z0-9])" + re.escape(person.encode()) + rb"(?![A-Za-z0-9])")


def named_in_specs(root: Path, person: str) -> list[Position]:
    """Each line of the project's own files that names the person, and each file that is named after them."""
    return list(_named(root, pattern_of(person)))


def is_named(content: bytes, person: str) -> bool:
    """Whether some bytes name the person."""
    return pattern_of(person).search(content) is not None


def _named(root: Path, pattern: re.Pattern[bytes]) -> Iterator[Position]:
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        if pattern.search(name.encode()):
            yield Position(name, 1, 1, "")
        content = path.read_bytes()
        if pattern.search(content):
            yield from _lines(name, content, pattern)


def _files(root: Path) -> Iterator[Path]:
    for name in SPECS:
        path = root / name
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.is_file())


def _lines(name: str, content: bytes, pattern: re.Pattern[bytes]) -> Iterator[Position]:
    for number, line in enumerate(content.split(b"\n"), 1):
        found = pattern.search(line)
        if found:
            column = len(line[: found.start()].decode(errors="replace")) + 1
            yield Position(name, number, column, line.decode(errors="replace"))
