"""In which lines of which files is a person named?

An id counts where it is a word or a part of one between underscores (`p_1008` in `p_1008_2017`), so that
`p_100` is not found in `p_1008`. In the specs it does not count where it is a part of another person's id, as `p_1`
in `p_1_2`: erasing the one must not wait for the other to go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from kpiledger.errors import WrongUse
from kpiledger.finding import Position
from kpiledger.vocabulary import is_name

# What a project's files say of people: the specs, then what is written or compiled from them.
SPECS = ("metrics", "expectations", "models", "kpiledger.yml")


def pattern_of(person: str) -> re.Pattern[bytes]:
    """Matches the id of a person in bytes; WrongUse where the id could be none."""
    if not is_name(person):
        raise WrongUse(f"{person!r} is no id of a person", "write the id as metrics/organisation.yml has it, as p_1001")
    return _pattern(re.escape(person.encode()))


def named_in_specs(root: Path, person: str) -> list[Position]:
    """Each line of the project's own files that names the person, and each file that is named after them."""
    own, longer = pattern_of(person), _longer_ids(root, person)
    # Whoever has a longer id is taken for themselves first, so that what is left is the person's.
    others = _pattern(b"(?:" + b"|".join(re.escape(one.encode()) for one in longer) + b")") if longer else None
    return list(_named(root, own, others))


def is_named(content: bytes, person: str) -> bool:
    """Whether some bytes name the person."""
    return pattern_of(person).search(content) is not None


def _pattern(ids: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?<![A-Za-z0-9])" + ids + rb"(?![A-Za-z0-9])")


def _longer_ids(root: Path, person: str) -> list[str]:
    """The ids of other people that have this one as a part, the longest first."""
    path = root / "metrics/organisation.yml"
    try:
        said = yaml.safe_load(path.read_bytes()) if path.is_file() else None
    except yaml.YAMLError:  # a finding of `kpi check`; every line that may name the person is shown then
        return []
    people: Iterable[object] = (said.get("people") or {}) if isinstance(said, dict) else ()
    found = [str(one) for one in people if one != person and is_named(str(one).encode(), person)]
    return sorted(found, key=lambda one: (-len(one), one))


def _named(root: Path, pattern: re.Pattern[bytes], others: re.Pattern[bytes] | None) -> Iterator[Position]:
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        if pattern.search(_without(name.encode(), others)):
            yield Position(name, 1, 1, "")
        content = _without(path.read_bytes(), others)
        if pattern.search(content):
            yield from _lines(name, path.read_bytes(), content, pattern)


def _without(content: bytes, others: re.Pattern[bytes] | None) -> bytes:
    """The bytes with the ids of others blackened, each byte at its place."""
    return others.sub(lambda found: b"#" * len(found[0]), content) if others else content


def _files(root: Path) -> Iterator[Path]:
    for name in SPECS:
        path = root / name
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.is_file())


def _lines(name: str, content: bytes, searched: bytes, pattern: re.Pattern[bytes]) -> Iterator[Position]:
    lines = zip(content.split(b"\n"), searched.split(b"\n"), strict=True)
    for number, (line, looked_at) in enumerate(lines, 1):
        found = pattern.search(looked_at)
        if found:
            column = len(line[: found.start()].decode(errors="replace")) + 1
            yield Position(name, number, column, line.decode(errors="replace"))
