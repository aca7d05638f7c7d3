"""A figure of the world outside that triggers watch: its dated values, where from, and who noted them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from kpiledger.specs.base import Language, Name, PeriodNameField, Spec, SpecFile
from kpiledger.vocabulary import Grain


class OutsideValue(Spec):
    """The figure of one period, as it was known on the day it was noted."""

    period: PeriodNameField
    """The period that it is of."""
    value: Decimal
    """The figure. Put it in quotes."""
    noted_on: date
    """The day it was noted: before it nobody knew it, and no trigger fires. It is not before the period ended."""
    noted_by: Name
    """The role or person who noted it."""
    evidence: str | None = None
    """Where it was read: a path in the project, or an address."""


class OutsideFigure(SpecFile):
    """A figure that no source system of ours has, as a market index."""

    figure: Name
    """The name of the figure, the same as the file's."""
    label: dict[Language, str] = Field(min_length=1)
    """The name for readers, by language."""
    description: str = Field(min_length=1)
    """What it says, in a sentence."""
    unit: str = Field(min_length=1)
    """What it counts, in a word, as `index`."""
    source: str = Field(min_length=1)
    """Who publishes it, and where."""
    grain: Grain
    """The length of its periods."""
    values: tuple[OutsideValue, ...] = Field(min_length=1)
    """Its values. A value that is corrected is noted again below the first, with its own day: of a
    period, the value that was noted last counts.
    """
