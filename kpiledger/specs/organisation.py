"""The organisation file: units, departments, roles and people by id, and who led or held what when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from kpiledger.specs.base import Language, Name, Spec, SpecFile
from kpiledger.specs.governance import Governance, Thresholds


class Department(Spec):
    """A department of the organisation, as pages name it."""

    label: dict[Language, str] = Field(min_length=1)
    """The name for readers, by language."""


class Lead(Spec):
    """The days on which a role leads a unit."""

    role: Name
    """The role (or person) that leads it on these days."""
    valid_from: date | None = None
    """The first day. Without it, it always did."""
    valid_to: date | None = None
    """The last day. Without it, it still does."""


class Appointment(Spec):
    """The days on which a person holds a role."""

    role: Name
    """The role."""
    person: Name
    """Who holds it on these days, by the id in organisation.yml."""
    valid_from: date | None = None
    """The first day. Without it, the person always held the role."""
    valid_to: date | None = None
    """The last day. Without it, the person still holds the role."""


class OrganisationUnit(Spec):
    """A node of the organisation: a company, a department's team."""

    label: dict[Language, str] = Field(min_length=1)
    """The name for readers, by language."""
    kind: Literal["company", "department", "team"]
    """`company` sees every KPI on its scorecard, also those without a target; `department` and `team` see what they
    are held to. One unit is the `company`.
    """
    department: Name | None = None
    """The department that the unit belongs to; a company has none."""
    parent: Name | None = None
    """The unit above. The chain of parents must end at the company and never come back to itself."""
    lead: Name | None = None
    """The role (or person) that leads the unit, and always did. It or `leads`."""
    leads: tuple[Lead, ...] = ()
    """Who led it when, where that changed, the first one first."""

    @model_validator(mode="after")
    def _led_once(self) -> OrganisationUnit:
        if self.lead is not None and self.leads:
            raise ValueError("`lead` says who always led the unit, `leads` who did when; write just one of them")
        return self

    def led_on(self, day: date | None) -> Lead | None:
        """Who leads it on a day, with the days; for None, who leads it last."""
        leads = (Lead(role=self.lead),) if self.lead is not None else self.leads
        if day is None:
            return leads[-1] if leads else None
        return next((lead for lead in reversed(leads) if covers(lead, day)), None)


class Role(Spec):
    """A function that a person holds; specs name roles, so that they outlive the people."""

    label: dict[Language, str] = Field(min_length=1)
    """The name for readers, by language."""
    unit: Name | None = None
    """The unit in which the role works."""
    reports_to: Name | None = None
    """The role above it. The one at the top reports to nobody."""


class Scoring(Spec):
    """How many points a target is worth by how far it was reached; between the marks the score is linear."""

    at_commit: Decimal = Field(default=Decimal("0.5"), ge=0, lt=1000)
    """The score where the actual is just what `commit` says. Below that it is 0."""
    at_target: Decimal = Field(default=Decimal(1), gt=0, lt=1000)
    """The score where the actual is just the target."""
    at_stretch: Decimal = Field(default=Decimal("1.2"), gt=0, lt=1000)
    """The score where the actual is what `stretch` says, or better."""
    reason: str | None = Field(default=None, min_length=1)
    """Why the marks were set so, for a later reader."""

    @model_validator(mode="after")
    def _rising(self) -> Scoring:
        if not self.at_commit <= self.at_target <= self.at_stretch:
            raise ValueError("scores rise from `at_commit` over `at_target` to `at_stretch`; write them so")
        return self


class Organisation(SpecFile):
    """Units, departments, roles and people by stable id; names of people stand nowhere."""

    departments: dict[Name, Department]
    """The departments, by id. KPIs name them in `department`."""
    units: dict[Name, OrganisationUnit]
    """The nodes of the organisation, by id: those that hold targets, and those between."""
    roles: dict[Name, Role]
    """The functions that people hold, by id. Owners, proposers and approvers are roles, so that a file outlives a
    change of person.
    """
    people: dict[Name, tuple[Name, ...]] = {}
    """The roles that each person holds, by a stable id without meaning, as `p_1001`. Never write a name: the ledger
    keeps what stands here.
    """
    appointments: tuple[Appointment, ...] = ()
    """Who held a role when, where that changed. A person and a role that are not named here, nor in the
    `appointments` of authority.yml, go together as `people` says, on all days.
    """
    scoring: Scoring = Scoring()
    """How targets are scored, for the score of an agreement. Without it: 0.5 at `commit`, 1 at the target, 1.2 at
    `stretch`.
    """
    thresholds: Thresholds = Thresholds()
    """Where the limits of the rules of good KPI work lie, where that is not where experience puts them."""
    governance: Governance | None = None
    """From when the rules of good KPI work hold. Without it, they hold for everything that is written."""

    @property
    def holders(self) -> frozenset[str]:
        """Every id that an agreement may be made with or by."""
        return frozenset(self.units) | frozenset(self.roles) | frozenset(self.people)

    def holding(self, role: str, day: date | None = None) -> tuple[str, ...]:
        """Who holds a role on a day; without a day, who holds it and no end is written."""
        dated = [held for held in self.appointments if held.role == role]
        moved = {held.person for held in dated}
        always = (person for person, roles in self.people.items() if role in roles and person not in moved)
        holds = (held.person for held in dated if (held.valid_to is None if day is None else covers(held, day)))
        return (*always, *dict.fromkeys(holds))


def covers(dated: Lead | Appointment, day: date) -> bool:
    """Whether a day is one of the days."""
    begun = dated.valid_from is None or dated.valid_from <= day
    return begun and (dated.valid_to is None or day <= dated.valid_to)
