"""The page of objectives: along the customer chain first, then each objective with its key results, then what is loose.

It shows the as-of date's year; other years are told by `kpi alignment --year`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpiledger.objectives.alignment import AlignedObjective, Alignment, align, file_of
from kpiledger.objectives.loose_ends import LooseEnd, LooseKind
from kpiledger.objectives.standing import computed
from kpiledger.pages.dates import day_text
from kpiledger.pages.key_results import ResultLine, result_line
from kpiledger.pages.provenance import in_language, person_text
from kpiledger.pages.roll_ups import roll_up_text
from kpiledger.pages.statuses import counted, worst
from kpiledger.project import Project
from kpiledger.vocabulary import Status

_LOOSE = {
    LooseKind.OBJECTIVE_WITHOUT_KPI: "Objective without a KPI",
    LooseKind.RESULT_WITHOUT_TARGET: "Key result without a target",
    LooseKind.KPI_WITHOUT_OBJECTIVE: "KPI without an objective",
    LooseKind.HOLDER_WITHOUT_OBJECTIVE: "Holder without an objective",
    LooseKind.UNSIGNED: "Not signed",
    LooseKind.NO_CHECK_IN: "No check-in",
}


@dataclass(frozen=True, slots=True)
class ObjectiveCard:
    """An objective with its key results."""

    objective: str
    label: str
    purpose: str
    unit: str
    owner: str
    above: str
    trial: str
    signed: tuple[str, ...]
    unsigned: tuple[str, ...]
    results: tuple[ResultLine, ...]


@dataclass(frozen=True, slots=True)
class StageStep:
    """A stage of the chain with the key results that are measured there."""

    label: str
    question: str
    status: Status
    results: tuple[ResultLine, ...]


@dataclass(frozen=True, slots=True)
class ObjectivesPage:
    """The line of a year."""

    year: int
    vision: str
    mission: str
    values: tuple[str, ...]
    counts: tuple[tuple[Status, int], ...]
    stages: tuple[StageStep, ...]
    objectives: tuple[ObjectiveCard, ...]
    loose_ends: tuple[tuple[str, tuple[str, ...]], ...]
    roll_ups: tuple[str, ...]


def objectives_page(project: Project, warehouse: Path, as_of_on: date | None) -> ObjectivesPage | None:
    """The page, from a warehouse; None where the project has no objectives."""
    day = as_of_on or project.calendar.as_of
    if not project.objectives or day is None:
        return None
    found = align(project, file_of(project, None, day), computed(warehouse), day)
    cards = tuple(_card(project, found, one) for one in found.objectives)
    lines = [line for card in cards for line in card.results]
    return ObjectivesPage(
        year=found.year,
        vision=found.vision,
        mission=found.mission,
        values=found.values,
        counts=counted(line.status for line in lines),
        stages=tuple(_stages(project, lines)),
        objectives=cards,
        loose_ends=tuple(_loose(project, found)),
        roll_ups=tuple(roll_up_text(project, one) for one in found.roll_ups),
    )


def _card(project: Project, found: Alignment, one: AlignedObjective) -> ObjectiveCard:
    labels = {other.objective: other.label for other in found.objectives}
    areas = ", ".join(person_text(project, area) for area in one.areas)
    return ObjectiveCard(
        objective=one.objective,
        label=one.label,
        purpose=one.purpose,
        unit=person_text(project, one.unit),
        owner=person_text(project, one.owner),
        above=labels.get(one.parent or "", ""),
        trial=f"Pilot in {areas}, not binding" if one.is_pilot else "",
        signed=tuple(person_text(project, role) for role in one.signed),
        unsigned=tuple(person_text(project, role) for role in one.unsigned),
        results=tuple(result_line(project, result) for result in one.results),
    )


def _stages(project: Project, lines: Iterable[ResultLine]) -> Iterable[StageStep]:
    """The stages in the order that a customer passes them; one without a key result is a step too."""
    held = list(lines)
    for stage in project.chain.stages:
        own = tuple(one for one in held if one.chain_stage == stage.stage)
        status = worst(one.status for one in own)
        yield StageStep(in_language(project, stage.label), stage.question, status, own)


def _loose(project: Project, found: Alignment) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Of each kind its heading and what is loose."""
    named = {one.objective: one.label for one in found.objectives}
    named |= {result.key_result: result.says for one in found.objectives for result in one.results}
    named |= {name: kpi.label_in(project.calendar.language) for name, kpi in project.kpis.items()}
    for kind, heading in _LOOSE.items():
        ends = [end for end in found.loose_ends if end.kind is kind]
        told = tuple(_told(project, end, named.get(end.name) or person_text(project, end.name)) for end in ends)
        if told:
            yield heading, told


def _told(project: Project, end: LooseEnd, name: str) -> str:
    if end.kind is LooseKind.UNSIGNED:
        return f"{name}, by {person_text(project, end.role or '')}"
    if end.kind is LooseKind.NO_CHECK_IN:
        return f"{name}, since {day_text(end.last_on)}" if end.last_on else f"{name}, ever"
    return name
