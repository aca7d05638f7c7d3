"""Does the organisation hang together: departments, parents, leads, roles, and the stages of the chain?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kpiledger.finding import Finding
from kpiledger.loading.tree import KEY
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown
from kpiledger.specs.organisation import Organisation

# Every day of the calendar is a row: a slip of the pen in a year would make millions.
_FIRST_YEAR, _YEARS_AT_MOST = 1900, 150


def organisation_rules(project: Project) -> Iterable[Finding]:
    """Findings in organisation.yml, chain.yml and calendar.yml."""
    yield from _units(project.organisation)
    yield from _roles(project.organisation)
    yield from _ids_once(project.organisation)
    yield from _stages_once(project)
    yield from _calendar(project)


def _units(organisation: Organisation) -> Iterable[Finding]:
    leads = {*organisation.roles, *organisation.people}
    for name, unit in organisation.units.items():
        path = ("units", name)
        if unit.department:
            known = organisation.departments
            yield from unknown("KPI024", organisation, (*path, "department"), unit.department, known, "department")
        if unit.parent:
            yield from unknown("KPI023", organisation, (*path, "parent"), unit.parent, organisation.units, "unit")
        if unit.lead:
            yield from unknown("KPI023", organisation, (*path, "lead"), unit.lead, leads, "role")
        if name in _above(organisation, name):
            message = f"the unit `{name}` lies below itself"
            yield error(
                "KPI013", organisation, (*path, "parent"), message, "let the chain of parents end at the company"
            )


def _above(organisation: Organisation, name: str) -> list[str]:
    """The parents of a unit, upwards, until one comes twice."""
    above: list[str] = []
    unit = organisation.units.get(name)
    while unit is not None and unit.parent is not None and unit.parent not in above:
        above.append(unit.parent)
        unit = organisation.units.get(unit.parent)
    return above


def _roles(organisation: Organisation) -> Iterable[Finding]:
    for name, role in organisation.roles.items():
        if role.unit:
            path = ("roles", name, "unit")
            yield from unknown("KPI023", organisation, path, role.unit, organisation.units, "unit")
    for person, roles in organisation.people.items():
        for index, held in enumerate(roles):
            yield from unknown("KPI023", organisation, ("people", person, index), held, organisation.roles, "role")


def _ids_once(organisation: Organisation) -> Iterable[Finding]:
    for name in organisation.roles:
        if name in organisation.units:
            message = f"`{name}` is a unit and a role"
            yield error(
                "KPI018",
                organisation,
                ("roles", name, KEY),
                message,
                "give one of them another id: both may hold targets",
            )
    for name in organisation.people:
        if name in organisation.units or name in organisation.roles:
            message = f"`{name}` is a person and a unit or role"
            yield error(
                "KPI018",
                organisation,
                ("people", name, KEY),
                message,
                "give one of them another id: both may hold targets",
            )


def _stages_once(project: Project) -> Iterable[Finding]:
    seen: Counter[str] = Counter()
    for index, stage in enumerate(project.chain.stages):
        seen[stage.stage] += 1
        if seen[stage.stage] == 2:
            message = f"the stage `{stage.stage}` stands twice"
            yield error("KPI018", project.chain, ("stages", index, "stage"), message, "keep one of them")


def _calendar(project: Project) -> Iterable[Finding]:
    calendar = project.calendar
    if calendar.as_of and calendar.as_of < calendar.starts_on:
        message = f"`as_of` is {calendar.as_of}, before `starts_on` {calendar.starts_on}"
        yield error("KPI032", calendar, ("as_of",), message, "write a later day, or leave `as_of` out")
    if calendar.starts_on.year < _FIRST_YEAR:
        message = f"`starts_on` is {calendar.starts_on}, and a calendar begins in {_FIRST_YEAR} or later"
        yield error("KPI106", calendar, ("starts_on",), message, "write the first day that there are numbers of")
    elif calendar.as_of and calendar.as_of.year - calendar.starts_on.year > _YEARS_AT_MOST:
        message = f"`as_of` is {calendar.as_of}, more than {_YEARS_AT_MOST} years after `starts_on`"
        yield error("KPI106", calendar, ("as_of",), message, "write the day that the numbers are as of")
