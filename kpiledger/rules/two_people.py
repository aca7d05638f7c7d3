"""Did two people decide an event: is who approves it somebody else than who proposed it, whatever their roles are?

A role that several people have can be spoken for by another of them, so it is told only where one person alone has
both. A warning, because whose signature counts is judged when somebody signs. The same name twice is KPI082.
"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import warning
from kpiledger.rules.persons import one_person
from kpiledger.rules.timelines import Told, told_events

CODE = "KPI193"


def two_people_rules(project: Project) -> Iterable[Finding]:
    """A finding for each event that needs an approval, and is proposed and approved by one person, at `approved_by`."""
    if project.authority is None or any(kind in project.unread for kind in ("organisation", "authority", "holder")):
        return
    for told in told_events(project):
        event = told.event
        if event.proposed_by != event.approved_by and event.decided_on >= project.authority.required_from:
            person = one_person(project, event.proposed_by, event.approved_by, event.decided_on)
            if person is not None:
                yield _found(told, person)


def _found(told: Told, person: str) -> Finding:
    event = told.event
    message = (
        f"`{person}` alone is behind `{event.proposed_by}` and `{event.approved_by}` on {event.decided_on}, "
        "and so proposes and approves"
    )
    hint = "name a role of somebody else in `approved_by`, or date the appointments: four eyes see more"
    return warning(CODE, told.file, told.path("approved_by"), message, hint)
