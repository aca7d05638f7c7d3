"""Who should put their name to an objective, and who has not?"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.project import Project
from kpiledger.specs.objective import Objective, ObjectiveFile


def expected_signers(project: Project, file: ObjectiveFile, objective: Objective) -> tuple[str, ...]:
    """Whom it concerns, each once: its owner, the owner above, and who leads the units that hold or try it.

    A holder that is a role signs for itself. One that is a person does not sign here: what a person promised is in
    the agreement.
    """
    return tuple(dict.fromkeys(_concerned(project, file, objective)))


def unsigned(project: Project, file: ObjectiveFile, objective: Objective) -> tuple[str, ...]:
    """Those whom it concerns and who have not signed."""
    signed = {one.role for one in objective.signed_by}
    return tuple(role for role in expected_signers(project, file, objective) if role not in signed)


def holder_of(project: Project, agreement: str) -> str | None:
    """Who is held to an agreement."""
    return next(
        (one.holder for one in project.agreements for event in one.events if event.agreement == agreement), None
    )


def _concerned(project: Project, file: ObjectiveFile, objective: Objective) -> Iterator[str]:
    organisation = project.organisation
    yield objective.owner
    yield from (one.owner for one in file.objectives if one.id == objective.parent)
    holders = [holder_of(project, result.agreement) for result in objective.key_results if result.agreement]
    areas = [area.unit for area in objective.pilot.areas] if objective.pilot else []
    for name in (*holders, *areas):
        if name in organisation.roles:
            yield name
        elif name in organisation.units:
            lead = organisation.units[name].led_on(None)
            if lead is not None and lead.role in organisation.roles:
                yield lead.role
