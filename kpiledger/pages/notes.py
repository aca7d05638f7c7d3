"""Which checks on a KPI's sources did not simply pass, so that a number never stands without its doubt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpiledger.pages.formatting import count_of
from kpiledger.pages.queries import CheckRow
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Outcome

# What a reader of a number should know of; nothing to check is no doubt about what is there.
_NOTED = (Outcome.FAILED, Outcome.COULD_NOT_RUN, Outcome.WARNED, Outcome.WAIVED)
_VERBS = {
    Outcome.FAILED: "failed",
    Outcome.COULD_NOT_RUN: "could not run",
    Outcome.WARNED: "warned",
    Outcome.WAIVED: "waived",
}


@dataclass(frozen=True, slots=True)
class DataNote:
    """A sentence about the checks of a KPI's sources, and the first source to look at."""

    text: str
    source: str


def sources_of(project: Project, kpi: Kpi) -> tuple[str, ...]:
    """The source systems behind a KPI, by the facts of its measures."""
    found: dict[str, None] = {}
    for fact, _ in project.measured_by(kpi):
        found.update(dict.fromkeys(fact.source))
    return tuple(found)


def data_note(project: Project, kpi: Kpi, checks: Sequence[CheckRow]) -> DataNote | None:
    """What the checks say against a KPI's sources, None where nothing does."""
    return sources_note(sources_of(project, kpi), checks)


def sources_note(sources: Iterable[str], checks: Sequence[CheckRow]) -> DataNote | None:
    """What the checks say against some sources, None where nothing does."""
    parts: list[str] = []
    first: str | None = None
    for source in sources:
        outcomes = [check.outcome for check in checks if check.source == source]
        counts = [(outcome, outcomes.count(outcome)) for outcome in _NOTED if outcome in outcomes]
        if counts:
            first = first or source
            said = ", ".join(f"{count_of(n, 'check', 'checks')} {_VERBS[outcome]}" for outcome, n in counts)
            parts.append(f"{source}: {said}")
    return DataNote("; ".join(parts), first) if first else None
