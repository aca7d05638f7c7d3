"""The authority file: from when targets need an approval, and who may approve them for whom."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from kpiledger.specs.base import Name, Spec, SpecFile
from kpiledger.specs.organisation import Appointment, Organisation


class Grant(Spec):
    """The right to approve for some units, given to a role."""

    role: Name
    """The role that may approve. Whoever holds it on the day of a decision has the right."""
    units: tuple[Name, ...] = Field(min_length=1)
    """The units whose agreements it may approve. Each means those below it too: the company's means all."""
    valid_from: date | None = None
    """The first day of the right. Without it, it was always there."""
    valid_to: date | None = None
    """The last day of the right. Without it, it has no end."""


class Authority(SpecFile):
    """From when agreement events need an approval, and who may give it."""

    required_from: date
    """Events that were decided on this day or later count only with an approval. Earlier ones count without."""
    close_signatures_from: date | None = None
    """From this day on, closes, locks, reopenings, restatements and overrides count only with the signature of their
    approver. Without it, two people's names are enough. Once recorded, an earlier day goes on counting.
    """
    authorities: tuple[Grant, ...] = Field(min_length=1)
    """Who may approve for whom. An event is approved by somebody who holds the role in its `approved_by` and whose
    role has this right for the holder's unit on the day of the decision.
    """
    appointments: tuple[Appointment, ...] = ()
    """Who held a role when, where that changed. A person and a role that are not named here go together as
    organisation.yml says, on all days.
    """


def appointments_of(organisation: Organisation, authority: Authority | None) -> tuple[Appointment, ...]:
    """Who held which role on which days: as authority.yml says, else organisation.yml; without days, on all of them."""
    judged = () if authority is None else authority.appointments
    first = {(held.role, held.person) for held in judged}
    dated = (*judged, *(held for held in organisation.appointments if (held.role, held.person) not in first))
    named = {(held.role, held.person) for held in dated}
    undated = (
        Appointment(role=role, person=person)
        for person, roles in organisation.people.items()
        for role in roles
        if (role, person) not in named
    )
    return (*dated, *undated)
