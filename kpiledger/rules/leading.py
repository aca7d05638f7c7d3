"""Who leads, holds and reports to whom: do the days fit together, and does every line end at the top?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown
from kpiledger.specs.base import Path
from kpiledger.specs.organisation import Appointment, Lead, Organisation


def leading_rules(project: Project) -> Iterable[Finding]:
    """Findings about leads, appointments and reporting lines in organisation.yml."""
    organisation = project.organisation
    leads = {*organisation.roles, *organisation.people}
    for name, unit in organisation.units.items():
        path = ("units", name, "leads")
        for index, lead in enumerate(unit.leads):
            yield from unknown("KPI023", organisation, (*path, index, "role"), lead.role, leads, "role")
        yield from _days(organisation, path, unit.leads)
        yield from _one_at_a_time(organisation, path, unit.leads)
    for index, held in enumerate(organisation.appointments):
        place = ("appointments", index)
        yield from unknown("KPI023", organisation, (*place, "role"), held.role, organisation.roles, "role")
        yield from unknown("KPI023", organisation, (*place, "person"), held.person, organisation.people, "person")
    yield from _days(organisation, ("appointments",), organisation.appointments)
    yield from _lines(organisation)


def _days(organisation: Organisation, path: Path, dated: Sequence[Lead | Appointment]) -> Iterator[Finding]:
    for index, one in enumerate(dated):
        if one.valid_from and one.valid_to and one.valid_to < one.valid_from:
            message = f"`valid_to` is {one.valid_to}, before `valid_from` {one.valid_from}"
            yield error("KPI032", organisation, (*path, index, "valid_to"), message, "write a later day")


def _one_at_a_time(organisation: Organisation, path: Path, leads: Sequence[Lead]) -> Iterator[Finding]:
    for (_, earlier), (index, later) in combinations(enumerate(leads), 2):
        if earlier.valid_to is None or later.valid_from is None or later.valid_from <= earlier.valid_to:
            message = f"`{earlier.role}` and `{later.role}` lead the unit on the same days, or stand in another order"
            hint = "let each lead begin after the one before ends: a unit is led by one at a time"
            yield error("KPI256", organisation, (*path, index), message, hint)


def _lines(organisation: Organisation) -> Iterator[Finding]:
    for name, role in organisation.roles.items():
        if role.reports_to is None:
            continue
        path = ("roles", name, "reports_to")
        yield from unknown("KPI023", organisation, path, role.reports_to, organisation.roles, "role")
        if name in _above(organisation, name):
            message = f"the role `{name}` reports to itself in the end"
            yield error("KPI257", organisation, path, message, "let every line end at a role that reports to nobody")


def _above(organisation: Organisation, name: str) -> list[str]:
    """The roles above one, upwards, until one comes twice."""
    above: list[str] = []
    role = organisation.roles.get(name)
    while role is not None and role.reports_to is not None and role.reports_to not in above:
        above.append(role.reports_to)
        role = organisation.roles.get(role.reports_to)
    return above
