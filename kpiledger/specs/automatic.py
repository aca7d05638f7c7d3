"""Which checks does every fact get without being asked, and how are they named?

They read the fact's mart in the warehouse, so the source of their results is `warehouse` and the table is the fact.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from kpiledger.specs.fact import Dimension, Fact

WAREHOUSE = "warehouse"


class Automatic(StrEnum):
    """A check that every fact gets; the last two stand once for each dimension model, as `AUTO-REF:segment`."""

    KEY = "AUTO-KEY"
    """The key is filled in and tells every row from the others."""
    TIME = "AUTO-TIME"
    """The date that says in which period a row counts is filled in and can be one."""
    SPAN = "AUTO-SPAN"
    """No date of the fact lies before the calendar begins or in the future."""
    REF = "AUTO-REF"
    """Every key that a row names stands in the dimension model."""
    DIM = "AUTO-DIM"
    """The key of the dimension model is filled in and tells every row from the others."""


def reached_models(fact: Fact) -> Iterator[tuple[str, str, str]]:
    """Each dimension model that a fact reaches by a key, once: the dimension that names it first, model and key."""
    seen = set()
    for name, dimension in fact.dimensions.items():
        found = _reached(dimension)
        if found is not None and found not in seen:
            seen.add(found)
            yield name, *found


def automatic_checks(fact: Fact) -> tuple[str, ...]:
    """The names of the checks that a fact gets."""
    own = (Automatic.KEY, Automatic.TIME, Automatic.SPAN)
    reached = [f"{check}:{name}" for name, _, _ in reached_models(fact) for check in (Automatic.REF, Automatic.DIM)]
    return (*(check.value for check in own), *reached)


def _reached(dimension: Dimension) -> tuple[str, str] | None:
    return (dimension.through, dimension.on) if dimension.through and dimension.on else None
