"""What is wrong with an extract: the table, what was found, what was expected, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpiledger.errors import RunStopped


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason not to use an extract; `kind` is a word or two, as `empty` or `key stands twice`."""

    source: str
    table: str
    kind: str
    found: str
    expected: str
    hint: str

    def __str__(self) -> str:
        place = f"{self.source}.{self.table}" if self.table else self.source
        return f"{place} {self.kind}: found {self.found}, expected {self.expected}\n  hint: {self.hint}"


def stop_on(problems: Sequence[Problem]) -> None:
    """RunStopped with all problems, if there are any."""
    if problems:
        counted = "1 extract cannot" if len(problems) == 1 else f"{len(problems)} extracts cannot"
        told = "\n".join(str(problem) for problem in problems)
        raise RunStopped(
            f"{counted} be used\n{told}",
            "mend it at the source and run again; what was published before stays readable",
        )
