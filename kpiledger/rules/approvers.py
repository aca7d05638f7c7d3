"""Do the files on who may approve name roles, units and people that there are, on days that follow each other?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.finding import Finding, Severity
from kpiledger.nearest import suggestion
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown
from kpiledger.specs.authority import Authority, Grant
from kpiledger.specs.organisation import Appointment
from kpiledger.specs.signing import CLOSE_NAMESPACE, SIGNERS


def approver_rules(project: Project) -> Iterable[Finding]:
    """Findings in authority.yml and allowed_signers."""
    if "organisation" in project.unread:
        return
    yield from _signers(project)
    if project.authority is not None:
        yield from _grants(project, project.authority)
        yield from _appointments(project, project.authority)
        yield from _close_signatures(project, project.authority)


def _signers(project: Project) -> Iterable[Finding]:
    people = project.organisation.people
    for signer in project.signers:
        if signer.person not in people:
            hint = suggestion(signer.person, people, "people of organisation.yml")
            yield Finding("KPI023", Severity.ERROR, signer.position, f"there is no person `{signer.person}`", hint)


def _grants(project: Project, authority: Authority) -> Iterable[Finding]:
    organisation = project.organisation
    for index, grant in enumerate(authority.authorities):
        path = ("authorities", index)
        yield from unknown("KPI023", authority, (*path, "role"), grant.role, organisation.roles, "role")
        for position, unit in enumerate(grant.units):
            yield from unknown("KPI023", authority, (*path, "units", position), unit, organisation.units, "unit")
        yield from _days(authority, path, grant)


def _appointments(project: Project, authority: Authority) -> Iterable[Finding]:
    organisation = project.organisation
    for index, held in enumerate(authority.appointments):
        path = ("appointments", index)
        yield from unknown("KPI023", authority, (*path, "role"), held.role, organisation.roles, "role")
        yield from unknown("KPI023", authority, (*path, "person"), held.person, organisation.people, "person")
        yield from _days(authority, path, held)


def _close_signatures(project: Project, authority: Authority) -> Iterable[Finding]:
    if authority.close_signatures_from and not any(one.signs_closes for one in project.signers):
        message = f"no key may sign closes, and from {authority.close_signatures_from} on they count only signed"
        hint = f'write namespaces="kpi-agreement,{CLOSE_NAMESPACE}" in the approvers\' lines of {SIGNERS}'
        place = authority.place("close_signatures_from")
        yield Finding("KPI167", Severity.WARNING, place, message, hint)


def _days(authority: Authority, path: tuple[str | int, ...], dated: Grant | Appointment) -> Iterable[Finding]:
    if dated.valid_from and dated.valid_to and dated.valid_to < dated.valid_from:
        message = f"`valid_to` is {dated.valid_to}, before `valid_from` {dated.valid_from}"
        yield error("KPI032", authority, (*path, "valid_to"), message, "write a later day")
