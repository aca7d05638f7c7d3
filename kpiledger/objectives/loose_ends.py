"""What hangs loose between vision and numbers?

Each is a place where the line breaks: nobody can tell from there whether the vision comes nearer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kpiledger.objectives.promised import Promised, days_of
from kpiledger.objectives.signing import unsigned
from kpiledger.objectives.standing import Name, Standing
from kpiledger.project import Project
from kpiledger.specs.objective import KeyResult, ObjectiveFile


class LooseKind(StrEnum):
    """What is loose."""

    OBJECTIVE_WITHOUT_KPI = "objective_without_kpi"
    """No KPI says that it serves the objective or one of its key results."""
    RESULT_WITHOUT_TARGET = "key_result_without_target"
    """The key result does not say how far it goes."""
    KPI_WITHOUT_OBJECTIVE = "kpi_without_objective"
    """The KPI serves nothing that is wanted in the year."""
    HOLDER_WITHOUT_OBJECTIVE = "holder_without_objective"
    """Nothing that the holder promised in the year serves an objective of it."""
    UNSIGNED = "unsigned"
    """Somebody whom the objective concerns has not put their name to it."""
    NO_CHECK_IN = "no_check_in"
    """Nobody looked at the key result for longer than the project allows."""


@dataclass(frozen=True, slots=True)
class LooseEnd:
    """A loose end: of which kind, at what, and how it is told; `role` did not sign, `last_on` is the last check-in."""

    kind: LooseKind
    name: str
    told: str
    role: str | None = None
    last_on: date | None = None


def loose_ends(
    project: Project,
    file: ObjectiveFile,
    standings: Mapping[Name, Standing],
    held: Collection[Promised],
    as_of_on: date,
) -> Iterator[LooseEnd]:
    """All loose ends of a year, those nearest to the vision first."""
    served = _served(project, file)
    yield from _of_objectives(project, file)
    for name, kpi in project.kpis.items():
        if name not in served and kpi.deprecated is None:
            yield LooseEnd(LooseKind.KPI_WITHOUT_OBJECTIVE, name, f"serves no objective of {file.year}")
    for holder in dict.fromkeys(one.holder for one in held):
        if not any(one.kpi in served for one in held if one.holder == holder):
            told = f"promised nothing in {file.year} that serves an objective"
            yield LooseEnd(LooseKind.HOLDER_WITHOUT_OBJECTIVE, holder, told)
    yield from overdue(project, file, standings, as_of_on)


def overdue(
    project: Project, file: ObjectiveFile, standings: Mapping[Name, Standing], as_of_on: date
) -> Iterator[LooseEnd]:
    """The key results that nobody looked at for too long; what ended needs no more looks."""
    most = int(project.organisation.thresholds.most_days_without_check_in.value)
    for objective in file.objectives:
        for result in objective.key_results:
            standing = standings.get((file.year, result.id))
            last = standing.checked_in_on if standing else None
            begun, ended = _days_to_look(project, file, result)
            day = min(as_of_on, ended)
            if (day - (last or begun)).days > most:
                told = f"last looked at on {last}, {(day - last).days} days before {day}" if last else "never looked at"
                yield LooseEnd(LooseKind.NO_CHECK_IN, result.id, told, last_on=last)


def _days_to_look(project: Project, file: ObjectiveFile, result: KeyResult) -> tuple[date, date]:
    """The days of the year on which there is something to look at: an agreement may begin later or end sooner."""
    reckoning = project.calendar.reckoning
    first, last = reckoning.first_of_year(file.year), reckoning.first_of_year(file.year + 1) - timedelta(days=1)
    promised = days_of(project, result.agreement) if result.agreement else None
    return (max(first, promised[0]), min(last, promised[1])) if promised else (first, last)


def _of_objectives(project: Project, file: ObjectiveFile) -> Iterator[LooseEnd]:
    for objective in file.objectives:
        names = {objective.id, *(result.id for result in objective.key_results)}
        if not any(kpi.objective in names or kpi.supports in names for kpi in project.kpis.values()):
            yield LooseEnd(LooseKind.OBJECTIVE_WITHOUT_KPI, objective.id, "no KPI says that it serves it")
        for result in objective.key_results:
            if result.agreement is None and result.target is None:
                yield LooseEnd(LooseKind.RESULT_WITHOUT_TARGET, result.id, "does not say how far it goes")
        for role in unsigned(project, file, objective):
            yield LooseEnd(LooseKind.UNSIGNED, objective.id, f"not signed by {role}", role)


def _served(project: Project, file: ObjectiveFile) -> frozenset[str]:
    """The KPIs that something in the year hangs on."""
    results = {result.id: result.kpi for one in file.objectives for result in one.key_results}
    wanted = {one.id for one in file.objectives}
    serving = (name for name, kpi in project.kpis.items() if kpi.objective in wanted or kpi.supports in results)
    return frozenset({*results.values(), *serving})
