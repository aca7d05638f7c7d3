"""What a rule of good KPI work is: its code, the lines it comes from, how it weighs, and what breaks it.

What a reader learns of a rule is the docstring of its file, in five parts: the rule in a sentence, `For example`,
`Why`, `Remedy` and, where it has one, `Limit`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from kpiledger.finding import Finding, Severity
from kpiledger.rules.governance.looking import Looking
from kpiledger.specs.base import Path, SpecFile
from kpiledger.specs.governance import Thresholds

_PART = re.compile(r"^(For example|Why|Remedy|Limit): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Broken:
    """That a rule does not hold of a KPI, holder, agreement, fact, stage or department, and where that is written."""

    of: str
    spec: SpecFile
    path: Path
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a rule teaches; `limits` are the names of its thresholds, and where each lies when nobody sets it."""

    rule: str
    example: str
    why: str
    remedy: str
    limits: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of good KPI work. `from_lines` are the lines of docs/guide/seeds.md that ask for it."""

    code: str
    from_lines: tuple[str, ...]
    broken: Callable[[Looking], Iterable[Broken]]
    severity: Severity = Severity.WARNING

    @property
    def lesson(self) -> Lesson:
        """What the docstring of its file says."""
        return lesson_of(inspect.getdoc(inspect.getmodule(self.broken)) or "")

    def finding(self, broken: Broken) -> Finding:
        """What its user is shown."""
        place = broken.spec.place(*broken.path)
        return Finding(self.code, self.severity, place, broken.message, broken.hint)


def lesson_of(text: str) -> Lesson:
    """The parts of a rule's docstring, each on one line."""
    first, *parts = _PART.split(inspect.cleandoc(text))
    said = {name: " ".join(words.split()) for name, words in zip(parts[::2], parts[1::2], strict=True)}
    names = said["Limit"].split(", ") if "Limit" in said else []
    limits = tuple((name, Thresholds.model_fields[name].default.value) for name in names)
    return Lesson(" ".join(first.split()), said["For example"], said["Why"], said["Remedy"], limits)
