"""What one YAML file says: plain values, the place of each, and what was refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kpiledger.finding import Finding, Position
from kpiledger.loading.text import Source
from kpiledger.specs.base import Path

KEY = "[key]"  # as a last step, the place of a key itself and not of its value


class Places(Mapping[Path, Position]):
    """The place of each value of a file, and of its key; a position is made when it is asked for, few ever are."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._marks: dict[Path, tuple[Any, Any]] = {}

    def note(self, path: Path, mark: Any, key_mark: Any = None) -> None:
        """Remember the parser's marks of a value and of its key."""
        self._marks[path] = mark, key_mark

    def __getitem__(self, path: Path) -> Position:
        mark = self._marks[path[:-1]][1] if path[-1:] == (KEY,) else self._marks[path][0]
        if mark is None:
            raise KeyError(path)
        return self._source.position(mark.line + 1, mark.column + 1)

    def __iter__(self) -> Iterator[Path]:
        return iter(self._marks)

    def __len__(self) -> int:
        return len(self._marks)


@dataclass(slots=True)
class Tree:
    """What a file says. `is_whole` is false where a part could not be read, and its shape tells nothing."""

    source: Source
    places: Places
    value: Any = None
    findings: list[Finding] = field(default_factory=list)
    refused: set[Path] = field(default_factory=set)
    is_whole: bool = True

    def refuse(self, rule: str, mark: Any, message: str, hint: str, *, is_whole: bool = False) -> None:
        """Add a finding at a mark of the parser."""
        self.findings.append(self.source.error(rule, mark.line + 1, mark.column + 1, message, hint))
        self.is_whole = self.is_whole and is_whole
