"""What kind of holder is held to a target: a single person, a team, a department, or the company as a whole?"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from kpiledger.project import Project
from kpiledger.specs.organisation import Organisation


class HolderKind(StrEnum):
    """Who is held."""

    INDIVIDUAL = "individual"
    """A person, or a role that leads nobody."""
    TEAM = "team"
    """A team, or the role that leads it."""
    DEPARTMENT = "department"
    """A department, or the role that leads it."""
    COMPANY = "company"
    """The company, or the role that leads it."""


def kind_of_holder(project: Project, holder: str) -> HolderKind:
    """What kind a holder is; a role that leads a unit answers for the whole of it."""
    organisation = project.organisation
    unit = organisation.units.get(holder) or next((organisation.units[name] for name in led_by(project, holder)), None)
    return HolderKind(unit.kind) if unit else HolderKind.INDIVIDUAL


def led_by(project: Project, holder: str) -> Iterator[str]:
    """The units that a role or person leads, those first that stand first in the file."""
    roles = {holder, *project.organisation.people.get(holder, ())}
    return (name for name, role in project.leads.items() if role in roles)


def unit_of(project: Project, holder: str) -> str | None:
    """The unit that a holder is or works in."""
    organisation = project.organisation
    if holder in organisation.units:
        return holder
    for role in (holder, *organisation.people.get(holder, ())):
        if role in organisation.roles and organisation.roles[role].unit:
            return organisation.roles[role].unit
    return next(led_by(project, holder), None)


def department_of(project: Project, holder: str) -> str | None:
    """The department that a holder is or works in; None for the company."""
    unit = project.organisation.units.get(unit_of(project, holder) or "")
    return unit.department if unit else None


def units_above(organisation: Organisation, unit: str) -> tuple[str, ...]:
    """The units above one, upwards, each once."""
    above: list[str] = []
    found = organisation.units.get(unit)
    while found is not None and found.parent is not None and found.parent not in above:
        above.append(found.parent)
        found = organisation.units.get(found.parent)
    return tuple(above)
