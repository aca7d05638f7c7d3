"""The waivers: which broken checks and rules are accepted for a while, why, by whom, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from kpiledger.specs.base import Name, Spec, SpecFile, written

# Longer than this nobody remembers why: a waiver is looked at again at least once a year.
LONGEST = timedelta(days=366)

_CHECK = r"^([A-Z]{2,8}-[0-9]{2,4}|AUTO-[A-Z]{2,8}(:[a-z][a-z0-9_]*)?|reconciliation|freshness)$"
CheckId = Annotated[
    str,
    Field(pattern=_CHECK),
    written(
        "check",
        "The id of a registration rule, `reconciliation`, `freshness`, or the name of a check of a fact.",
        _CHECK,
        ("OR-06", "reconciliation", "freshness", "AUTO-KEY", "AUTO-REF:segment"),
    ),
]


_RULE = r"^KPI2[0-9]{2}$"
RuleCode = Annotated[
    str,
    Field(pattern=_RULE),
    written("rule of good KPI work", "The code of one, as `kpi check` shows it.", _RULE, ("KPI204",)),
]


class Accepted(Spec):
    """That something is accepted for a while: why, by whom, and until when."""

    reason: str = Field(min_length=1)
    """Why it is accepted for a while. It is what readers see."""
    requested_by: Name
    """Who asks for the waiver: a role, unit or department."""
    approved_by: Name
    """Who accepts it. Another one than who asks."""
    valid_from: date
    """The first as-of date that the waiver holds for."""
    expires_on: date
    """The last as-of date that it holds for, at most a year after the first. From the next day on what is waived
    counts again.
    """

    def holds_on(self, day: date) -> bool:
        """Whether it holds for an as-of date."""
        return self.valid_from <= day <= self.expires_on


class Waiver(Accepted):
    """One broken check that stops nothing while the waiver holds; it is shown wherever a KPI of that source is."""

    check: CheckId
    """The check that is waived: a rule's id, `reconciliation`, `freshness`, or a check of a fact such as `AUTO-KEY`."""
    source: Name
    """The source system of the check; `warehouse` for a check of a fact."""
    table: str = Field(min_length=1)
    """The table of the check in that source; for a check of a fact the fact's name."""

    def is_of(self, check: str, source: str, table: str) -> bool:
        """Whether it is about a check of a table."""
        return (self.check, self.source, self.table) == (check, source, table)


class RuleWaiver(Accepted):
    """One broken rule of good KPI work that `kpi check` shows as waived while the waiver holds."""

    rule: RuleCode
    """The rule that is waived."""
    of: Name
    """What it is waived of: a KPI, holder, agreement, fact, chain stage or department."""

    def is_of(self, rule: str, of: str) -> bool:
        """Whether it is about a rule and what broke it."""
        return (self.rule, self.of) == (rule, of)


def _kind_of_waiver(value: Any) -> str:
    """Which of the two is meant: a key that is missing is then told of that one alone."""
    is_rule = isinstance(value, RuleWaiver) or (isinstance(value, Mapping) and "rule" in value)
    return RuleWaiver.__name__ if is_rule else Waiver.__name__


AnyWaiver = Annotated[
    Annotated[Waiver, Tag(Waiver.__name__)] | Annotated[RuleWaiver, Tag(RuleWaiver.__name__)],
    Discriminator(_kind_of_waiver),
]


class Waivers(SpecFile):
    """What is accepted for a while: broken checks of data, and broken rules of good KPI work. A project need not have
    the file.
    """

    waivers: tuple[AnyWaiver, ...] = ()
    """The waivers, each for one check of one table, or for one rule and what breaks it."""

    @property
    def of_checks(self) -> tuple[Waiver, ...]:
        """Those of checks of data."""
        return tuple(one for one in self.waivers if isinstance(one, Waiver))

    @property
    def of_rules(self) -> tuple[RuleWaiver, ...]:
        """Those of rules of good KPI work."""
        return tuple(one for one in self.waivers if isinstance(one, RuleWaiver))
