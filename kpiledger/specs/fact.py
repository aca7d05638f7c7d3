"""A fact file: the measures and dimensions of one mart."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from kpiledger.specs.base import CoinedName, Name, Spec, SpecFile, ZoneField
from kpiledger.vocabulary import Aggregation


class Dimension(Spec):
    """A column to slice by: of the fact itself, or of a dimension model reached through a key column.

    `members` is about how many different values it has: the compiler plans with it.
    """

    column: Name
    through: Name | None = None
    on: Name | None = None
    members: int | None = Field(default=None, ge=1)


def _dimension(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


class Measure(Spec):
    """An aggregate over a fact; `expr` and `where` are portable SQL expressions over its columns.

    `time` names another date column of the fact. `last` takes for each value of `over` the row with
    the latest time at or before the end of the interval, and adds these rows up.
    """

    agg: Aggregation
    expr: str | None = None
    where: str | None = None
    time: Name | None = None
    over: tuple[Name, ...] = ()
    percentile: float | None = Field(default=None, gt=0, lt=1)
    description: str = ""


class Fact(SpecFile):
    """One mart with a row per event or state: its key, its dates, its dimensions and measures.

    `time` and `times` are dates, or timestamps: those without a zone are read in `zone`, and all of them become
    the days of the calendar's zone.
    """

    fact: Name
    model: Name
    description: str
    key: tuple[Name, ...] = Field(min_length=1)
    time: Name
    times: tuple[Name, ...] = ()
    zone: ZoneField = "UTC"
    source: tuple[Name, ...] = Field(min_length=1)
    dimensions: dict[CoinedName, Annotated[Dimension, BeforeValidator(_dimension)]] = {}
    measures: dict[CoinedName, Measure] = Field(min_length=1)
