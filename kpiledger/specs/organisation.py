"""The organisation file: units, departments, roles and people by id."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kpiledger.specs.base import Name, Spec, SpecFile


class Department(Spec):
    """A department of the organisation, as pages name it."""

    label: dict[str, str] = Field(min_length=1)


class OrganisationUnit(Spec):
    """A node of the organisation: a company, a department's team."""

    label: dict[str, str] = Field(min_length=1)
    kind: Literal["company", "department", "team"]
    department: Name | None = None
    parent: Name | None = None
    lead: Name | None = None


class Role(Spec):
    """A function that a person holds; specs name roles, so that they outlive the people."""

    label: dict[str, str] = Field(min_length=1)
    unit: Name | None = None


class Organisation(SpecFile):
    """Units, departments, roles and people by stable id; names of people stand nowhere."""

    departments: dict[Name, Department]
    units: dict[Name, OrganisationUnit]
    roles: dict[Name, Role]
    people: dict[Name, tuple[Name, ...]] = {}

    @property
    def holders(self) -> frozenset[str]:
        """Every id that an agreement may be made with or by."""
        return frozenset(self.units) | frozenset(self.roles) | frozenset(self.people)
