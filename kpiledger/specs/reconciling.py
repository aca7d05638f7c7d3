"""How must a table of the warehouse agree with the source system, and how far may figures lie apart?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from kpiledger.specs.base import Name, Spec, written
from kpiledger.specs.written import Duration, Share

# A place's time zone as the world's list names it, or UTC; never an offset, which knows no summer time.
_ZONE = r"^(UTC|[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z0-9_+-]+)+)$"


Zone = Annotated[
    str,
    Field(pattern=_ZONE),
    written("time zone", "A time zone by its place.", _ZONE, ("Europe/Copenhagen", "UTC")),
]


class Within(Spec):
    """How far two values may lie apart, absolutely; for times also in which zone the source writes them."""

    within: Annotated[Decimal, Field(ge=0)] | Duration
    """The largest difference that is accepted: in the unit of the column, or a duration for times, which without a
    unit are seconds.
    """
    zone: Zone | None = None
    """The zone of the source's local times, where it writes no zone itself. The warehouse holds UTC. An hour that
    the clock repeats in autumn may be either of the two.
    """

    @property
    def distance(self) -> Decimal:
        """The largest difference as a figure; of a duration its seconds."""
        return Decimal(int(self.within.total_seconds())) if isinstance(self.within, timedelta) else self.within


class WithinShare(Spec):
    """How far two figures may lie apart, as a share of the source's figure."""

    within_share: Share
    """The largest difference that is accepted, as a share of the source's figure: 0.001 is a thousandth."""


def _kind_of_distance(value: Any) -> str:
    """Which of the two is meant: a misspelt key is then told as one, and not as each key that is missing."""
    is_share = isinstance(value, WithinShare) or (isinstance(value, Mapping) and "within_share" in value)
    return WithinShare.__name__ if is_share else Within.__name__


Distance = Annotated[
    Annotated[Within, Tag(Within.__name__)] | Annotated[WithinShare, Tag(WithinShare.__name__)],
    Discriminator(_kind_of_distance),
]
Tolerance = Literal["exact"] | Distance


class Totals(Spec):
    """Counts and sums to compare, for each value of `by` (columns of the table, or `month`)."""

    by: tuple[Name, ...] = Field(min_length=1)
    """What totals are cut by: columns of the table or its parent, or `month`, which is taken from the table's
    `period`.
    """
    count: Literal["exact"] = "exact"
    """How the number of rows must agree. It always does so exactly."""
    sum: dict[Name, Tolerance] = {}
    """The columns that are summed, and how far their sums may lie apart: `exact`, `{within: "0.01"}` or
    `{within_share: "0.001"}`.
    """
    checksum: tuple[Name, ...] = ()
    """The columns whose values, with the key, make one checksum for each bucket. It sees a change that leaves count
    and sums alone, and costs the network one figure a bucket. Where it differs, rows are compared by key.
    """


class Reconcile(Spec):
    """How a table of the warehouse must agree with the source system: totals first, then rows by key."""

    cut_off: Name | None = None
    """The column that says when a row was last changed in the source. Rows changed after the extract's high-water
    mark, or after the newest one in the warehouse where there is no extract, are late instead of missing.
    """
    totals: Totals
    """Counts and sums on both sides, compared first."""
    rows: dict[Name, Tolerance] = {}
    """The columns that are compared row by row, and how far they may lie apart. Without it rows are compared only
    where totals or checksums differ.
    """
