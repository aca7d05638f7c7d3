"""The line of a year, from vision over objectives and key results to KPIs and who is held to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kpiledger.errors import WrongUse
from kpiledger.objectives.loose_ends import LooseEnd, loose_ends
from kpiledger.objectives.promised import Promised, promised_in
from kpiledger.objectives.signing import holder_of, unsigned
from kpiledger.objectives.standing import Computed, RollUp, Standing
from kpiledger.project import Project
from kpiledger.specs.objective import KeyResult, Objective, ObjectiveFile


@dataclass(frozen=True, slots=True)
class AlignedKpi:
    """A KPI on its way to an objective: it `measures` a key result, `serves` the objective or `supports` a result."""

    kpi: str
    how: str
    chain_stage: str | None
    held: tuple[Promised, ...]


@dataclass(frozen=True, slots=True)
class AlignedResult:
    """A key result, by whom it is promised, and how it stands."""

    key_result: str
    says: str
    kpi: str
    part: str
    agreement: str | None
    holder: str | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class AlignedObjective:
    """An objective with everything that hangs on it."""

    objective: str
    label: str
    purpose: str
    unit: str
    owner: str
    parent: str | None
    is_pilot: bool
    areas: tuple[str, ...]
    signed: tuple[str, ...]
    unsigned: tuple[str, ...]
    results: tuple[AlignedResult, ...]
    kpis: tuple[AlignedKpi, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """The line of a year as of a day, what hangs loose, and which targets add up to those above."""

    year: int
    as_of_on: date
    vision: str
    mission: str
    values: tuple[str, ...]
    objectives: tuple[AlignedObjective, ...]
    loose_ends: tuple[LooseEnd, ...]
    roll_ups: tuple[RollUp, ...]


def file_of(project: Project, year: int | None, as_of_on: date) -> ObjectiveFile:
    """The objectives of a year; without one, of the as-of date's year, else of the last before it, else the first."""
    files = {file.year: file for file in project.objectives}
    if not files:
        raise WrongUse("there are no objectives", "write them into metrics/objectives/<year>.yml")
    if year is not None:
        if year not in files:
            known = ", ".join(map(str, files))
            raise WrongUse(f"there are no objectives of {year}", f"there are those of {known}")
        return files[year]
    now = project.calendar.reckoning.year_of(as_of_on)
    return files[max((one for one in files if one <= now), default=min(files))]


def align(project: Project, file: ObjectiveFile, found: Computed, as_of_on: date) -> Alignment:
    """The line of a file's year, by what a run computed."""
    reckoning = project.calendar.reckoning
    first, end = reckoning.first_of_year(file.year), reckoning.first_of_year(file.year + 1) - timedelta(days=1)
    held = tuple(promised_in(project, first, end))
    return Alignment(
        year=file.year,
        as_of_on=as_of_on,
        vision=_line(file.vision),
        mission=_line(file.mission),
        values=tuple(map(_line, file.values)),
        objectives=tuple(_aligned(project, file, one, found, held, as_of_on) for one in file.objectives),
        loose_ends=tuple(loose_ends(project, file, found.standings, held, as_of_on)),
        roll_ups=tuple(one for one in found.roll_ups if first <= one.period_start <= end),
    )


def _aligned(
    project: Project,
    file: ObjectiveFile,
    objective: Objective,
    found: Computed,
    held: Iterable[Promised],
    as_of_on: date,
) -> AlignedObjective:
    return AlignedObjective(
        objective=objective.id,
        label=objective.label_in(project.calendar.language),
        purpose=_line(objective.purpose),
        unit=objective.unit,
        owner=objective.owner,
        parent=objective.parent,
        is_pilot=objective.is_pilot_on(as_of_on),
        areas=tuple(area.unit for area in objective.pilot.areas) if objective.pilot else (),
        signed=tuple(one.role for one in objective.signed_by),
        unsigned=unsigned(project, file, objective),
        results=tuple(_result(project, file, one, found) for one in objective.key_results),
        kpis=tuple(_kpis(project, objective, tuple(held))),
    )


def _result(project: Project, file: ObjectiveFile, result: KeyResult, found: Computed) -> AlignedResult:
    standing = found.standings.get((file.year, result.id)) or Standing(file.year, result.id)
    holder = holder_of(project, result.agreement) if result.agreement else None
    part = result.member if result.slice else "all"
    return AlignedResult(result.id, _line(result.says), result.kpi, part, result.agreement, holder, standing)


def _kpis(project: Project, objective: Objective, held: tuple[Promised, ...]) -> Iterator[AlignedKpi]:
    """Each KPI once, the nearest way first."""
    results = {result.id: result.kpi for result in objective.key_results}
    ways = [(kpi, "measures") for kpi in results.values()]
    ways += [(name, "serves") for name, kpi in project.kpis.items() if kpi.objective == objective.id]
    ways += [(name, "supports") for name, kpi in project.kpis.items() if kpi.supports in results]
    nearest: dict[str, str] = {}
    for name, how in ways:
        nearest.setdefault(name, how)
    for name, how in nearest.items():
        kpi = project.kpis.get(name)
        own = tuple(one for one in held if one.kpi == name)
        yield AlignedKpi(name, how, kpi.chain_stage if kpi else None, own)


def _line(text: str) -> str:
    return " ".join(text.split())
