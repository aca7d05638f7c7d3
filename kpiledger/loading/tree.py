"""What one YAML file says: plain values, the place of each, and what was refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kpiledger.finding import Finding, Position
from kpiledger.loading.text import Source
from kpiledger.specs.base import Path

KEY = "[key]"  # as a last step, the place of a key itself and not of its value


@dataclass(slots=True)
class Tree:
    """What a file says. `is_whole` is false where a part could not be read, and its shape tells nothing."""

    source: Source
    value: Any = None
    places: dict[Path, Position] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    refused: set[Path] = field(default_factory=set)
    is_whole: bool = True

    def refuse(self, rule: str, mark: Any, message: str, hint: str, *, is_whole: bool = False) -> None:
        """Add a finding at a mark of the parser."""
        self.findings.append(self.source.error(rule, mark.line + 1, mark.column + 1, message, hint))
        self.is_whole = self.is_whole and is_whole
