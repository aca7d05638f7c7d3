"""Who may close, reopen, restate and override: two people, the second with the right to approve for the whole company.

It is the right that approvals of targets ask for, on the day of the deed, and so needs no policy of its own. Without
a policy in the project, two people are enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpiledger.approvals.standing import Standing, company_units, standing_in_files
from kpiledger.project import Project


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does it, who approves it, on which day, and the key that the approver signs it with."""

    done_by: str
    approved_by: str
    on: date
    key: Path | None = None


def refusals_of_people(project: Project, deed: Deed) -> Iterator[str]:
    """Why these two may not do it, a sentence each."""
    people = project.organisation.people
    for person in dict.fromkeys((deed.done_by, deed.approved_by)):
        if person not in people:
            yield f"there is no person {person} in metrics/organisation.yml: name people by their ids, not by roles"
    if deed.done_by == deed.approved_by:
        yield f"{deed.done_by} does it and approves it: four eyes see more, let somebody else approve"
    elif deed.approved_by in people:
        standing = standing_in_files(project)
        units = company_units(project.organisation)
        why = lacks_right(standing, units, deed.approved_by, deed.on, standing.closes_from)
        if why:
            yield f"{deed.approved_by} {why}"


def lacks_right(
    standing: Standing, units: frozenset[str], person: str, day: date, since: date | None = None
) -> str | None:
    """Why a person may not approve for the company on a day; None where they may, or where no policy says who may.

    `since` is a day from which on it is asked for, also where approvals of targets are not yet.
    """
    asked_from = min((one for one in (standing.required_from, since) if one), default=None)
    if asked_from is None or day < asked_from:
        return None
    if standing.may_approve(standing.roles_of(person, day), units, day):
        return None
    return f"had no authority to approve for {', '.join(sorted(units))} on {day} (metrics/approvers/authority.yml)"
