"""Which checks on a KPI's sources did not simply pass, so that a number never stands without its doubt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpiledger.pages.dates import day_text
from kpiledger.pages.formatting import count_of
from kpiledger.pages.provenance import person_text
from kpiledger.pages.queries import CheckRow
from kpiledger.project import Project
from kpiledger.specs.automatic import WAREHOUSE
from kpiledger.specs.expectation import Entered
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
_BY_HAND = {Entered.MANUAL: "entered by hand", Entered.SURVEY: "from a survey"}


@dataclass(frozen=True, slots=True)
class DataNote:
    """A sentence about how a KPI's sources are filled in and checked, and the first source to look at."""

    text: str
    source: str


def sources_of(project: Project, kpi: Kpi) -> tuple[str, ...]:
    """The source systems behind a KPI, by the facts of its measures."""
    found: dict[str, None] = {}
    for fact, _ in project.measured_by(kpi):
        found.update(dict.fromkeys(fact.source))
    return tuple(found)


def data_note(project: Project, kpi: Kpi, checks: Sequence[CheckRow]) -> DataNote | None:
    """Which of a KPI's sources are filled in by hand, and what the checks say against them; None where nothing is."""
    checked = sources_note((*sources_of(project, kpi), WAREHOUSE), concerning(project, kpi, checks))
    known = [one for one in sources_of(project, kpi) if one in project.expectations]
    entered = {one: project.expectations[one].entered for one in known}
    told = {one: f"{one}: {_BY_HAND[how]}" for one, how in entered.items() if how in _BY_HAND}
    if not told:
        return checked
    said = [*told.values(), *([checked.text] if checked else [])]
    return DataNote("; ".join(said), checked.source if checked else next(iter(told)))


def waived_checks(project: Project, kpi: Kpi, checks: Sequence[CheckRow]) -> tuple[str, ...]:
    """The broken checks behind a KPI that are accepted for a while: which, why, by whom and until when."""
    return tuple(
        f"{one.says} ({one.rule}, {one.source}.{one.table_name}) is broken and waived until "
        f"{day_text(one.waived_until)}, approved by {person_text(project, one.waiver_approved_by or '')}: "
        f"{one.waiver_reason}"
        for one in concerning(project, kpi, checks)
        if one.waived_until is not None
    )


def concerning(project: Project, kpi: Kpi, checks: Iterable[CheckRow]) -> list[CheckRow]:
    """The checks that a KPI depends on: of its sources, and of its facts in the warehouse."""
    sources, facts = set(sources_of(project, kpi)), {fact.fact for fact, _ in project.measured_by(kpi)}
    return [one for one in checks if (one.table_name in facts if one.source == WAREHOUSE else one.source in sources)]


def sources_note(sources: Iterable[str], checks: Sequence[CheckRow]) -> DataNote | None:
    """What the checks say against some sources, None where nothing does."""
    parts: list[str] = []
    first: str | None = None
    for source in sources:
        own = [check for check in checks if check.source == source]
        outcomes = [check.outcome for check in own]
        counts = [(outcome, outcomes.count(outcome)) for outcome in _NOTED if outcome in outcomes]
        if counts:
            first = first or source
            said = ", ".join(f"{count_of(n, 'check', 'checks')} {_VERBS[outcome]}" for outcome, n in counts)
            parts.append(f"{source}: {said}{_until(own)}")
    return DataNote("; ".join(parts), first) if first else None


def _until(checks: Iterable[CheckRow]) -> str:
    """The checks that are waived, each with its last day: who reads the number knows when it is looked at again."""
    told = [f"{one.rule} until {day_text(one.waived_until)}" for one in checks if one.waived_until is not None]
    return f" ({', '.join(told)})" if told else ""
