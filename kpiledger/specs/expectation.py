"""An expectations file: how one source system must be filled in, and how it must agree with us."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from kpiledger.specs.base import Name, Spec, SpecFile

_DURATION = re.compile(r"([0-9]+) (second|minute|hour|day)s?\Z")
Share = Annotated[Decimal, Field(ge=0, le=1)]
# A dbt model, as stg_erp__order: two underscores part the source from the entity.
ModelName = Annotated[str, Field(pattern=r"^[a-z](?:_{0,2}[a-z0-9])*$", max_length=63)]


def _duration(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = _DURATION.match(value)
    if not found:
        raise ValueError(f"{value!r} is no duration; write 2 days, 1 hour, 30 minutes or 1 second")
    return timedelta(**{f"{found.group(2)}s": int(found.group(1))})


Duration = Annotated[timedelta, BeforeValidator(_duration)]


class OneOf(Spec):
    """The column holds one of these codes (null is not tested)."""

    column: Name
    values: tuple[str, ...] = Field(min_length=1)


class ExistsIn(Spec):
    """The column's value is a key of another model."""

    column: Name
    model: ModelName
    key: Name
    missing: Literal["allowed", "not_allowed"] = "allowed"


class RegisteredWithin(Spec):
    """The row was registered no later than `max` after it happened."""

    start: Name = Field(alias="from")
    to: Name
    max: Duration


class Between(Spec):
    """The column lies between two figures; each end named is inclusive."""

    column: Name
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    @model_validator(mode="after")
    def _some_end(self) -> Between:
        if self.at_least is None and self.at_most is None:
            raise ValueError("a check `between` has no end; add `at_least`, `at_most` or both")
        return self


class Matches(Spec):
    """The column's text matches a regular expression as a whole (null is not tested)."""

    column: Name
    pattern: str

    @model_validator(mode="after")
    def _compiles(self) -> Matches:
        try:
            re.compile(self.pattern)
        except re.error as problem:
            raise ValueError(
                f"{self.pattern!r} is no regular expression ({problem}); look for a bracket that is not closed"
            ) from problem
        return self


class NoRows(Spec):
    """The way out: a query that gives the key columns of each row that breaks the rule."""

    sql: str = Field(min_length=1)


class Check(Spec):
    """Exactly one kind of check."""

    one_of: OneOf | None = None
    filled_in: tuple[Name, ...] | None = None
    unique: tuple[Name, ...] | None = None
    exists_in: ExistsIn | None = None
    registered_within: RegisteredWithin | None = None
    between: Between | None = None
    matches: Matches | None = None
    no_rows: NoRows | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Check:
        if len(self.model_fields_set) != 1:
            raise ValueError(
                f"a check names exactly one kind, found {len(self.model_fields_set)}; write a rule for each"
            )
        return self

    @property
    def kind(self) -> str:
        """The kind of the check, as it is written."""
        return next(iter(self.model_fields_set))


class Allowance(Spec):
    """The share of tested rows that may break a rule."""

    at_most: Share


RuleId = Annotated[str, Field(pattern=r"^[A-Z]{2,8}-[0-9]{2,4}$")]


class RegistrationRule(Spec):
    """How data must be entered: the sentence first, the check second."""

    id: RuleId
    says: str = Field(min_length=1)
    where: str | None = None
    check: Check
    severity: Literal["blocking", "warning", "info"]
    allow: Allowance | None = None
    blocks_from: date | None = None


class Within(Spec):
    """How far two figures may lie apart, absolutely."""

    within: Decimal = Field(ge=0)


Tolerance = Annotated[Literal["exact"] | Within, Field()]


class Totals(Spec):
    """Counts and sums to compare, for each value of `by` (columns of the table, or `month`)."""

    by: tuple[Name, ...] = Field(min_length=1)
    count: Literal["exact"] = "exact"
    sum: dict[Name, Tolerance] = {}


class Reconcile(Spec):
    """How a table of the warehouse must agree with the source system: totals first, then rows by key."""

    cut_off: Name | None = None
    totals: Totals
    rows: dict[Name, Tolerance] = {}


class Freshness(Spec):
    """How old the youngest row may be on the as-of date."""

    column: Name
    within: Duration


class Parent(Spec):
    """A table whose columns a row is seen with, as an order's date for its lines.

    `model` names a checked table, of this or of another source system, with a key of one column; `link` is
    the column here that holds that key.
    """

    model: ModelName
    link: Name
    columns: tuple[Name, ...] = Field(min_length=1)


class CheckedTable(Spec):
    """One table of the source system and the staging model made of it.

    `period`, `team`, conditions and checks may name columns of the table or of its parent.
    """

    table: Name
    model: ModelName
    key: tuple[Name, ...] = Field(min_length=1)
    period: Name | None = None
    team: Name | None = None
    parent: Parent | None = None
    freshness: Freshness | None = None
    rules: tuple[RegistrationRule, ...] = ()
    reconcile: Reconcile | None = None


class Expectations(SpecFile):
    """What is expected of one source system; `connection` names the environment variable of its URL."""

    source: Name
    connection: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    owner: Name
    tables: tuple[CheckedTable, ...] = Field(min_length=1)
