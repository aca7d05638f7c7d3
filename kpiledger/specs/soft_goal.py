"""A soft goal: what is agreed beside the figures, so that people last and learn."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field

from kpiledger.specs.base import Spec


class SoftGoalKind(StrEnum):
    """What a soft goal is for."""

    WELL_BEING = "well_being"
    """How people fare: the load they carry, a pulse survey, time to rest."""
    LEARNING = "learning"
    """What people become able to do: a course, a mentor, a new task."""


class SoftGoal(Spec):
    """Something agreed beside the figures. No number says whether it was reached: the two sides talk about it."""

    kind: SoftGoalKind
    """What it is for."""
    says: str = Field(min_length=1)
    """What is agreed, in a sentence."""
    by: date | None = None
    """The day on which it is talked about. Without it, at every conversation."""
