"""The organisation file, the customer chain and the calendar: who, along which way, in which time."""

from __future__ import annotations

from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

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


class ChainStage(Spec):
    """A stage that a customer passes."""

    stage: Name
    label: dict[str, str] = Field(min_length=1)
    question: str


class Chain(SpecFile):
    """The stages a customer passes, from question to satisfaction: the first axis of every overview."""

    stages: tuple[ChainStage, ...] = Field(min_length=1)


class Calendar(SpecFile):
    """When the numbers begin, which day they are as of, and in which time zone and language.

    `as_of` missing means the last day that the extracts cover.
    """

    starts_on: date
    as_of: date | None = None
    zone: str
    week_starts: Literal["monday"] = "monday"
    fiscal_year_starts: Literal["january"] = "january"
    language: str = "en"

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as problem:
            raise ValueError(f"{value!r} is no IANA time zone, as Europe/Copenhagen") from problem
        return value
