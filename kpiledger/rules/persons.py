"""Who is behind a name on a day: whoever has the role, whoever leads the unit, or the person alone."""

from __future__ import annotations

from datetime import date

from kpiledger.project import Project
from kpiledger.specs.authority import appointments_of
from kpiledger.specs.organisation import covers


def people_behind(project: Project, name: str, day: date) -> frozenset[str]:
    """The people of a role, of whoever leads a unit, or a person; nobody where the files do not say."""
    organisation = project.organisation
    if name in organisation.units:
        lead = organisation.units[name].led_on(day)
        return people_behind(project, lead.role, day) if lead and lead.role not in organisation.units else frozenset()
    if name in organisation.people:
        return frozenset((name,))
    dated = appointments_of(organisation, project.authority)
    return frozenset(held.person for held in dated if held.role == name and covers(held, day))


def one_person(project: Project, first: str, second: str, day: date) -> str | None:
    """Who alone is behind both names on a day, if anybody is."""
    behind = people_behind(project, first, day)
    if len(behind) != 1 or behind != people_behind(project, second, day):
        return None
    return min(behind)
