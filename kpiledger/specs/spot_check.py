"""How are sampled rows of a table compared with the source system, and what is claimed of all its rows?"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import Field, field_validator

from kpiledger.specs.base import Name, Spec


class SpotDirection(StrEnum):
    """Which side a sample is drawn from, and on which side its rows are looked up."""

    WAREHOUSE_TO_SOURCE = "warehouse_to_source"
    """Rows of the warehouse are looked up in the source: what is reported is true."""
    SOURCE_TO_WAREHOUSE = "source_to_warehouse"
    """Rows of the source are looked up in the warehouse: nothing is left out."""


class SpotCheckClaim(Spec):
    """What is to be shown of all rows: that fewer than a share of them are wrong, with a confidence."""

    error_share_below: Decimal
    """The share of wrong rows that would be too many, above 0 and below 1: `0.05` for 5 %."""
    confidence: Decimal = Decimal("0.95")
    """How sure the claim is to be, from 0.5 and below 1."""


class SpotCheck(Spec):
    """A sample of rows that a person, or the machine where it can, compares with the source system."""

    claim: SpotCheckClaim
    """What is to be shown. With the errors allowed it gives the number of rows."""
    allowed_errors: int = Field(default=1, ge=0)
    """How many rows of a sample may be wrong. None is cheaper and refuses nearly half of all good tables."""
    strata: tuple[Name, ...] = ()
    """Columns of the table, whose every value gets a sample and a verdict of its own. Without them the table is one
    whole.
    """
    directions: tuple[SpotDirection, ...] = Field(default=tuple(SpotDirection), min_length=1)
    """From which side rows are drawn. Both by default."""
    columns: tuple[Name, ...] = ()
    """The columns that are compared. Without them those that the reconciliation compares row by row."""

    @field_validator("strata", "directions", "columns")
    @classmethod
    def _once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"{str(twice)!r} is named twice; name it once")
        return names
