"""The organisation file: units, departments, roles and people by id."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from kpiledger.specs.base import Language, Name, Spec, SpecFile


class Department(Spec):
    """A department of the organisation, as pages name it."""

    label: dict[Language, str] = Field(min_length=1)
    """The name for readers, by language."""


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
    """The role (or person) that leads the unit."""


class Role(Spec):
    """A function that a person holds; specs name roles, so that they outlive the people."""

    label: dict[Language, str] = Field(min_length=1)
    """The name for readers, by language."""
    unit: Name | None = None
    """The unit in which the role works."""


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
    scoring: Scoring = Scoring()
    """How targets are scored, for the score of an agreement. Without it: 0.5 at `commit`, 1 at the target, 1.2 at
    `stretch`.
    """

    @property
    def holders(self) -> frozenset[str]:
        """Every id that an agreement may be made with or by."""
        return frozenset(self.units) | frozenset(self.roles) | frozenset(self.people)
