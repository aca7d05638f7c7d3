"""How must a table of the warehouse agree with the source system, and how far may figures lie apart?"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from kpiledger.specs.base import Name, Spec


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
