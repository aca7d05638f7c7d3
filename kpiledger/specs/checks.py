"""Registration rules: how must data be entered, and which kinds of check test it?"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from kpiledger.specs.base import Name, Spec, written
from kpiledger.specs.written import Duration, ModelName, Share

_RULE_ID = r"^[A-Z]{2,8}-[0-9]{2,4}$"
RuleId = Annotated[
    str,
    Field(pattern=_RULE_ID),
    written("rule id", "Two to eight capitals, a dash and a number of two to four digits.", _RULE_ID, ("DM-01",)),
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


class SameAcross(Spec):
    """Groups break another rule about equally often: nobody registers differently from the rest.

    A group differs when the lower confidence limit of its failing share less that of all others together lies
    above `max_gap`. The confidence holds for all groups together.
    """

    group: Name
    """The column that says to which group a row belongs, as its team."""
    share_failing: RuleId
    """The rule of the same table whose failing share is compared."""
    max_gap: Share
    """How much larger a group's failing share may be than that of the others together: 0.05 is five points."""
    confidence: Decimal = Field(default=Decimal("0.95"), ge=Decimal("0.5"), lt=1)
    """How sure it must be before a group is named, for all groups together. Without it 0.95."""
    min_rows: int = Field(default=30, ge=10)
    """Of a group with fewer tested rows than this, or compared with fewer, it cannot be told. Without it 30."""


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
    same_across: SameAcross | None = None
    """No group breaks another rule clearly more often than the others."""
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

    @model_validator(mode="after")
    def _allows_once(self) -> RegistrationRule:
        if self.allow is not None and self.check.same_across is not None:
            raise ValueError("`allow` says nothing to a check `same_across`; its `max_gap` is what is allowed")
        return self
