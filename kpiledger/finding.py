"""One problem in what a user wrote: where it stands, what was found, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error stops the run, a warning is shown."""

    ERROR = "error"
    """It must be mended: nothing is compiled or run."""
    WARNING = "warning"
    """It may be right and is worth a second look; nothing stops."""
    WAIVED = "waived"
    """It is accepted for a while; its hint says why, by whom and until when."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; line and column count from 1, `excerpt` is the line itself."""

    path: str
    line: int
    column: int
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not hold at a position; `hint` says what would mend it and is never empty."""

    rule: str
    severity: Severity
    position: Position
    message: str
    hint: str

    def __post_init__(self) -> None:
        if not self.hint:
            raise ValueError(f"a finding of {self.rule} has no hint")


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by file, line, column, rule and message, each once."""
    unique = dict.fromkeys(findings)
    return sorted(unique, key=lambda f: (f.position.path, f.position.line, f.position.column, f.rule, f.message))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding must stop the run."""
    return any(finding.severity is Severity.ERROR for finding in findings)
