"""The organisation file: units, departments, roles and people by id."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

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

    @property
    def holders(self) -> frozenset[str]:
        """Every id that an agreement may be made with or by."""
        return frozenset(self.units) | frozenset(self.roles) | frozenset(self.people)
