"""What an export or an import has to say for itself, as a person and as a machine reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from kpiledger.finding import Finding, Position


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """A thing and why it was left out, or what is not said of it; `place` is where it stands, if in a file."""

    name: str
    reason: str
    place: Position | None = None

    def __str__(self) -> str:
        where = f"{self.place.path}:{self.place.line}:{self.place.column}: " if self.place else ""
        return f"{where}{self.name}: {self.reason}"

    def plain(self) -> dict[str, str | int]:
        """Its parts as a machine reads them."""
        place = self.place
        at: dict[str, str | int] = {"path": place.path, "line": place.line, "column": place.column} if place else {}
        return {"name": self.name, "reason": self.reason, **at}


@dataclass(frozen=True, slots=True)
class Answer:
    """The files that were written, what was left out, what is not said of the rest, and findings in YAML read."""

    files: tuple[str, ...]
    left_out: tuple[Told, ...]
    remarks: tuple[Told, ...] = ()
    findings: tuple[Finding, ...] = ()


def as_text(answer: Answer) -> str:
    """What was left out and what is not said, a line each under a title that counts them; empty where nothing was."""
    return _listed("left out", answer.left_out) + _listed("not said", answer.remarks)


def files_text(answer: Answer) -> str:
    """The files that were written, one a line."""
    return "".join(f"{path}\n" for path in answer.files)


def as_json(answer: Answer) -> str:
    """The answer as a JSON object of lists."""
    plain = {
        "files": list(answer.files),
        "left_out": [told.plain() for told in answer.left_out],
        "remarks": [told.plain() for told in answer.remarks],
        "findings": [
            {"rule": one.rule, "path": one.position.path, "line": one.position.line, "message": one.message}
            for one in answer.findings
        ],
    }
    return json.dumps(plain, indent=2, ensure_ascii=False)


def _listed(title: str, told: Iterable[Told]) -> str:
    lines = [f"  {one}\n" for one in told]
    return f"{title}: {len(lines)}\n{''.join(lines)}" if lines else ""
