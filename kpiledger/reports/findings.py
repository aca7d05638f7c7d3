"""Findings as a person reads them in a terminal, and as a machine reads them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from kpiledger.finding import Finding, Severity

_EXCERPT_MAX = 120  # characters of a line that are shown; a longer one is cut around its caret
_COLORS = {Severity.ERROR: "\033[31m", Severity.WARNING: "\033[33m", Severity.WAIVED: "\033[36m"}
_FAINT, _BOLD, _PLAIN = "\033[2m", "\033[1m", "\033[0m"


def findings_text(findings: Sequence[Finding], *, color: bool = False) -> str:
    """Each finding with its place, excerpt and hint, then one line that counts them; ends with a line end."""
    blocks = [_block(finding, color) for finding in findings]
    return "\n\n".join([*blocks, summary(findings)]) + "\n"


def findings_json(findings: Sequence[Finding]) -> str:
    """The findings as a JSON list of flat objects; ends with a line end."""
    entries = [
        {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "path": finding.position.path,
            "line": finding.position.line,
            "column": finding.position.column,
            "message": finding.message,
            "hint": finding.hint,
        }
        for finding in findings
    ]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def summary(findings: Sequence[Finding]) -> str:
    """How many errors, warnings and waived findings there are, in how many files."""
    count = Counter(finding.severity for finding in findings)
    files = len({finding.position.path for finding in findings})
    if not findings:
        return "nothing found"
    waived = f"{count[Severity.WAIVED]} waived" if count[Severity.WAIVED] else ""
    found = [_counted(count[Severity.ERROR], "error"), _counted(count[Severity.WARNING], "warning"), waived]
    return f"{' and '.join(part for part in found if part)} in {_counted(files, 'file')}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}" if count else ""


def _block(finding: Finding, color: bool) -> str:
    place = f"{finding.position.path}:{finding.position.line}:{finding.position.column}:"
    label = f"{finding.rule} {finding.severity.value}:"
    if color:
        place, label = f"{_BOLD}{place}{_PLAIN}", f"{_COLORS[finding.severity]}{label}{_PLAIN}"
    lines = [
        f"{place} {label} {finding.message}",
        *_excerpt(finding, color),
        f"  {'' if finding.severity is Severity.WAIVED else 'hint: '}{finding.hint}",
    ]
    return "\n".join(lines)


def _excerpt(finding: Finding, color: bool) -> list[str]:
    text, column = finding.position.excerpt, finding.position.column - 1
    if not text.strip():
        return []
    text = "".join(character if character.isprintable() else "?" for character in text)
    start = max(0, column - _EXCERPT_MAX // 2) if len(text) > _EXCERPT_MAX else 0
    number = str(finding.position.line)
    margin = " " * len(number)
    caret = f"  {margin} | {' ' * (column - start)}^"
    line = f"  {number} | {text[start : start + _EXCERPT_MAX]}"
    return [f"{_FAINT}{line}{_PLAIN}", f"{_FAINT}{caret}{_PLAIN}"] if color else [line, caret]
