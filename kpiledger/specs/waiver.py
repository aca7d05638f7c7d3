"""The waivers: which broken checks are accepted for a while, why, by whom, and until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

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


class Waiver(Spec):
    """One broken check that stops nothing while the waiver holds; it is shown wherever a KPI of that source is."""

    check: CheckId
    """The check that is waived: a rule's id, `reconciliation`, `freshness`, or a check of a fact such as `AUTO-KEY`."""
    source: Name
    """The source system of the check; `warehouse` for a check of a fact."""
    table: str = Field(min_length=1)
    """The table of the check in that source; for a check of a fact the fact's name."""
    reason: str = Field(min_length=1)
    """Why the broken check is accepted for a while. It is what readers of the numbers see."""
    requested_by: Name
    """Who asks for the waiver: a role, unit or department."""
    approved_by: Name
    """Who accepts it. Another one than who asks."""
    valid_from: date
    """The first as-of date that the waiver holds for."""
    expires_on: date
    """The last as-of date that it holds for, at most a year after the first. From the next day on the check counts
    again.
    """

    def holds_on(self, day: date) -> bool:
        """Whether it holds for an as-of date."""
        return self.valid_from <= day <= self.expires_on

    def is_of(self, check: str, source: str, table: str) -> bool:
        """Whether it is about a check of a table."""
        return (self.check, self.source, self.table) == (check, source, table)


class Waivers(SpecFile):
    """The broken checks that are accepted for a while; a project need not have the file."""

    waivers: tuple[Waiver, ...] = ()
    """The waivers, each for one check of one table."""
