"""Whoever is held to an agreement had a say in it.

For example: The head of the team proposed the agreement or a change of it, or signed the objective that its KPIs
serve.

Why: Targets that come from above alone are endured. Who proposed a figure, or put a name to what it is for, works for
it.

Remedy: Let the holder, or who leads it, propose the agreement or its next change, or sign the objective in
metrics/objectives.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.focus import served_by
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule
from kpiledger.rules.timelines import Told


def _broken(looking: Looking) -> Iterator[Broken]:
    agreements = {(one.file.holder, one.agreement): one.latest for one in looking.targets}
    for (holder, name), latest in agreements.items():
        roles = _roles(looking, holder)
        own = roles | {person for role in roles for person in looking.project.organisation.holding(role, looking.day)}
        if not own & {*_deciders(looking.lines[holder, name]), *_signers(looking, holder)}:
            message = f"`{name}` was proposed and approved without `{holder}`"
            who = " or ".join(f"`{one}`" for one in sorted(roles))
            hint = f"let {who} propose it or its next change, or sign the objective that it serves"
            yield Broken(name, latest.file, latest.path("proposed_by"), message, hint)


def _roles(looking: Looking, holder: str) -> set[str]:
    """Who speaks for a holder: who leads it, else itself and the roles that it holds."""
    organisation = looking.project.organisation
    unit = organisation.units.get(holder)
    lead = unit.led_on(looking.day) if unit else None
    return {lead.role} if lead else {holder, *organisation.people.get(holder, ())}


def _deciders(line: list[Told]) -> Iterator[str]:
    for told in line:
        yield told.event.proposed_by
        yield told.event.approved_by


def _signers(looking: Looking, holder: str) -> Iterator[str]:
    """Who signed an objective that a KPI of the holder serves, or that one of its agreements gives a figure to."""
    project = looking.project
    held = looking.targets_of[holder]
    served = {served_by(project.kpis[one.target.kpi]) for one in held if one.target.kpi in project.kpis}
    agreements = {one.agreement for one in held}
    for file in project.objectives:
        for objective in file.objectives:
            results = objective.key_results
            names = {objective.id, *(result.id for result in results)}
            if served & names or agreements & {result.agreement for result in results}:
                yield from (signed.role for signed in objective.signed_by)


RULE = Rule("KPI226", ("D2", "C1"), _broken)
