"""An expectations file: how one source system must be filled in, and how it must agree with us."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from kpiledger.specs.base import Name, Spec, SpecFile, written

_DURATION = re.compile(r"([0-9]+) (second|minute|hour|day)s?\Z")
Share = Annotated[Decimal, Field(ge=0, le=1)]
# A dbt model, as stg_erp__order: two underscores part the source from the entity.
_MODEL_NAME = r"^[a-z](?:_{0,2}[a-z0-9])*$"
ModelName = Annotated[
    str,
    Field(pattern=_MODEL_NAME, max_length=63),
    written(
        "model name",
        "The name of a dbt model; two underscores part the source from the entity.",
        _MODEL_NAME,
        ("stg_erp__order",),
        maxLength=63,
    ),
]


def _duration(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = _DURATION.match(value)
    if not found:
        raise ValueError(f"{value!r} is no duration; write 2 days, 1 hour, 30 minutes or 1 second")
    return timedelta(**{f"{found.group(2)}s": int(found.group(1))})


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    written(
        "duration",
        "A time that a clock measures: seconds, minutes, hours, or days of 24 hours.",
        "^[0-9]+ (second|minute|hour|day)s?$",
        ("2 days", "1 hour", "30 minutes", "1 second"),
    ),
]


class OneOf(Spec):
    """The column holds one of these codes (null is not tested)."""

    column: Name
    """The column that is tested."""
    values: tuple[str, ...] = Field(min_length=1)
    """The codes that are allowed, written as the source writes them."""


class ExistsIn(Spec):
    """The column's value is a key of another model."""

    column: Name
    """The column that holds the key."""
    model: ModelName
    """The staging model that must know the key; it is described in an expectations file."""
    key: Name
    """The key column of that model."""
    missing: Literal["allowed", "not_allowed"] = "allowed"
    """Whether an empty column is an offence: `allowed` does not test it, `not_allowed` counts it as broken."""


class RegisteredWithin(Spec):
    """The row was registered no later than `max` after it happened."""

    start: Name = Field(alias="from")
    """The column with the time it happened."""
    to: Name
    """The column with the time it was registered. Empty means not registered in time."""
    max: Duration
    """The longest time between the two. `0 days` asks for the same moment, or the same day where the columns are
    dates.
    """


class Between(Spec):
    """The column lies between two figures; each end named is inclusive."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["at_least"]}, {"required": ["at_most"]}]})

    column: Name
    """The column that is tested."""
    at_least: Decimal | None = None
    """The lowest figure allowed. Without it there is no lower end."""
    at_most: Decimal | None = None
    """The highest figure allowed. Without it there is no upper end."""

    @model_validator(mode="after")
    def _some_end(self) -> Between:
        if self.at_least is None and self.at_most is None:
            raise ValueError("a check `between` has no end; add `at_least`, `at_most` or both")
        return self


class Matches(Spec):
    """The column's text matches a regular expression as a whole (null is not tested)."""

    column: Name
    """The column that is tested."""
    pattern: str
    """The regular expression, for the whole text. Put it in single quotes, so that YAML leaves its backslashes
    alone.
    """

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
    """One select in the SQL of the source system. It returns the key columns of wrong rows, and changes nothing."""


class Check(Spec):
    """Exactly one kind of check."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    one_of: OneOf | None = None
    """The column holds one of the codes that are named; null is not tested."""
    filled_in: tuple[Name, ...] | None = None
    """None of the columns is empty; blanks count as empty."""
    unique: tuple[Name, ...] | None = None
    """No two rows share the values of the columns; rows with a null among them are not tested."""
    exists_in: ExistsIn | None = None
    """The column's value is a key of another table."""
    registered_within: RegisteredWithin | None = None
    """A row was entered soon enough after it happened."""
    between: Between | None = None
    """The column lies between two figures, both ends included; null is not tested."""
    matches: Matches | None = None
    """The column's whole text matches a regular expression; null is not tested."""
    no_rows: NoRows | None = None
    """A query of your own finds no row: the way out where no other check fits."""

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
    """The share, 0 to 1: 0.01 lets one row in a hundred break the rule."""


_RULE_ID = r"^[A-Z]{2,8}-[0-9]{2,4}$"
RuleId = Annotated[
    str,
    Field(pattern=_RULE_ID),
    written("rule id", "Two to eight capitals, a dash and a number of two to four digits.", _RULE_ID, ("DM-01",)),
]


class RegistrationRule(Spec):
    """How data must be entered: the sentence first, the check second."""

    id: RuleId
    """Two to eight capitals, a dash and a number. Never used again for another rule: issues are followed by it over
    years.
    """
    says: str = Field(min_length=1)
    """The rule as a sentence that the people who enter the data understand. It is what they read."""
    where: str | None = None
    """Which rows the rule speaks of: a condition on the columns of the table and its parent. Without it, all rows."""
    check: Check
    """How the sentence is tested."""
    severity: Literal["blocking", "warning", "info"]
    """What a broken rule does: `blocking` stops the publication, `warning` is shown, `info` is counted."""
    allow: Allowance | None = None
    """How many rows may break it before it counts as broken. Without it, none."""
    blocks_from: date | None = None
    """The day from which a blocking rule blocks; before it the rule warns. It gives a team time to clean up."""


class Within(Spec):
    """How far two figures may lie apart, absolutely."""

    within: Decimal = Field(ge=0)
    """The largest difference that is accepted, in the unit of the column; seconds for times."""


Tolerance = Annotated[Literal["exact"] | Within, Field()]


class Totals(Spec):
    """Counts and sums to compare, for each value of `by` (columns of the table, or `month`)."""

    by: tuple[Name, ...] = Field(min_length=1)
    """What totals are cut by: columns of the table or its parent, or `month`, which is taken from the table's
    `period`.
    """
    count: Literal["exact"] = "exact"
    """How the number of rows must agree. It always does so exactly."""
    sum: dict[Name, Tolerance] = {}
    """The columns that are summed, and how far their sums may lie apart: `exact`, or `{within: "0.01"}`."""


class Reconcile(Spec):
    """How a table of the warehouse must agree with the source system: totals first, then rows by key."""

    cut_off: Name | None = None
    """The column that says when a row was last changed in the source. Rows changed after the newest one in the
    warehouse are set aside as late instead of called missing.
    """
    totals: Totals
    """Counts and sums on both sides, compared first."""
    rows: dict[Name, Tolerance] = {}
    """The columns that are compared row by row, and how far they may lie apart. Without it only totals are compared."""


class Freshness(Spec):
    """How old the youngest row may be on the as-of date."""

    column: Name
    """The date or timestamp that tells a row's age."""
    within: Duration
    """The greatest age of the youngest row on the as-of date."""


class Parent(Spec):
    """A table whose columns a row is seen with, as an order's date for its lines.

    `model` names a checked table, of this or of another source system, with a key of one column; `link` is
    the column here that holds that key.
    """

    model: ModelName
    """The staging model of the parent, which has a key of one column."""
    link: Name
    """The column of this table that holds the parent's key."""
    columns: tuple[Name, ...] = Field(min_length=1)
    """The parent's columns that rules and totals may then name. None may be a column that the table has itself."""


class CheckedTable(Spec):
    """One table of the source system and the staging model made of it.

    `period`, `team`, conditions and checks may name columns of the table or of its parent.
    """

    table: Name
    """The table's name in the source system."""
    model: ModelName
    """The staging model made of it; its columns are named as the table's."""
    key: tuple[Name, ...] = Field(min_length=1)
    """The columns that tell one row from another."""
    period: Name | None = None
    """The date that says which month a row belongs to, for totals by month and for the to-do list."""
    team: Name | None = None
    """The column that says whose row it is, so that a team can be given its own list."""
    parent: Parent | None = None
    """A table whose columns are seen with each row."""
    freshness: Freshness | None = None
    """How old the youngest row may be. Without it age is not checked."""
    rules: tuple[RegistrationRule, ...] = ()
    """How rows must be entered."""
    reconcile: Reconcile | None = None
    """How the table must agree with its staging model in the warehouse. Without it the two are not compared."""


_VARIABLE = r"^[A-Z][A-Z0-9_]*$"
EnvironmentVariable = Annotated[
    str,
    Field(pattern=_VARIABLE),
    written("environment variable", "The name of an environment variable, in capitals.", _VARIABLE, ("CRM_URL",)),
]


class Expectations(SpecFile):
    """What is expected of one source system; `connection` names the environment variable of its URL."""

    source: Name
    """The name of the source system, the same as the file's. Facts name it in `source`."""
    connection: EnvironmentVariable
    """The name of the environment variable with the SQLAlchemy URL of the system. The URL itself, with its
    password, never stands in a file.
    """
    owner: Name
    """Who answers for how data is entered there: a role, unit, person or department."""
    tables: tuple[CheckedTable, ...] = Field(min_length=1)
    """The tables that are checked."""
