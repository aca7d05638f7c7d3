"""Is somebody held to the same twice: once by name of the role, once as the person who has the role on those days?

Two people who share a role are not two names of one. A unit and the role that leads it are two holders on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import warning
from kpiledger.rules.promises import Held, alike, held_promises, promise_named
from kpiledger.rules.timelines import Promise
from kpiledger.specs.authority import appointments_of
from kpiledger.specs.organisation import Appointment

CODE = "KPI192"


def two_name_rules(project: Project) -> Iterable[Finding]:
    """A finding for each promise of a person that the person's role has made too, at the person's."""
    if any(kind in project.unread for kind in ("organisation", "authority", "holder")):
        return
    held: dict[str, dict[Promise, list[Held]]] = {}
    for holder, entry in held_promises(project):
        held.setdefault(holder, {}).setdefault(alike(entry.made), []).append(entry)
    told: set[tuple[str, Promise]] = set()
    for one in appointments_of(project.organisation, project.authority):
        own, of_role = held.get(one.person, {}), held.get(one.role, {})
        for made in own.keys() & of_role.keys() if one.person != one.role else ():
            for entry, other, first, last in _at_once(own[made], of_role[made], one):
                place = (entry.told.event.agreement, made)
                if place not in told:
                    told.add(place)
                    yield _found(one, entry, other, first, last)


def _at_once(
    own: Iterable[Held], of_role: Iterable[Held], held: Appointment
) -> Iterator[tuple[Held, Held, date, date]]:
    """What both promise for days on which the person has the role, with these days."""
    for entry in own:
        for other in of_role:
            first = max(entry.start, other.start, held.valid_from or date.min)
            last = min(entry.end, other.end, held.valid_to or date.max)
            if first <= last:
                yield entry, other, first, last


def _found(held: Appointment, entry: Held, other: Held, first: date, last: date) -> Finding:
    event = other.told.event
    place = other.told.file.place(*other.told.path("targets", other.index, "kpi"))
    message = (
        f"{promise_named(entry.made)} is promised by `{held.role}` too, in `{event.agreement}` "
        f"({place.path}:{place.line}): `{held.person}` has that role, so from {first} to {last} it counts twice"
    )
    hint = "hold the role or the person to it: amend or retire one of the two, or agree on another slice"
    path = entry.told.path("targets", entry.index, "kpi")
    return warning(CODE, entry.told.file, path, message, hint)
