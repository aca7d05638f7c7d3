"""A KPI file: a named, owned, versioned formula over measures."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from kpiledger.specs.base import CoinedName, Name, Spec, SpecFile
from kpiledger.vocabulary import Direction, Grain, Unit

COMPUTED_GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)

_SPAN = re.compile(r"(?:period|year_to_date|rolling_([1-9][0-9]?))\Z")


def _span(value: str) -> str:
    if not _SPAN.match(value):
        raise ValueError(f"{value!r} is no span; write period, year_to_date or rolling_<months>, as rolling_12")
    return value


def _computed(value: Grain) -> Grain:
    if value not in COMPUTED_GRAINS:
        raise ValueError(f"'{value}' is not computed; write {', '.join(COMPUTED_GRAINS)}")
    return value


def rolling_months(span: str) -> int | None:
    """The months of a rolling span, None for the others."""
    found = _SPAN.match(span)
    return int(found.group(1)) if found and found.group(1) else None


Span = Annotated[str, AfterValidator(_span)]
ComputedGrain = Annotated[Grain, AfterValidator(_computed)]


class Input(Spec):
    """A measure, or the part of it where a condition on the fact's columns holds."""

    measure: Name
    where: str | None = None


def _input(value: Any) -> Any:
    return {"measure": value} if isinstance(value, str) else value


InputField = Annotated[Input, BeforeValidator(_input)]


class Simple(Spec):
    """The value of one measure."""

    type: Literal["simple"]
    measure: Name
    where: str | None = None

    @property
    def inputs(self) -> dict[str, Input]:
        """The measures that the formula needs, by their role in it."""
        return {"measure": Input(measure=self.measure, where=self.where)}


class Ratio(Spec):
    """One measure divided by another: always the ratio of sums over the interval."""

    type: Literal["ratio"]
    numerator: InputField
    denominator: InputField

    @property
    def inputs(self) -> dict[str, Input]:
        """The measures that the formula needs, by their role in it."""
        return {"numerator": self.numerator, "denominator": self.denominator}


Formula = Annotated[Simple | Ratio, Field(discriminator="type")]


class Change(Spec):
    """Why a version was made and who asked for it."""

    reason: str = Field(min_length=1)
    requested_by: Name


class KpiVersion(Spec):
    """A formula and the time it holds for; open-ended where `valid_to` is missing."""

    version: int = Field(ge=1)
    valid_from: date
    valid_to: date | None = None
    change: Change
    formula: Formula


class Kpi(SpecFile):
    """A named, owned, versioned formula over measures, with direction, unit and cadence."""

    kpi: CoinedName
    label: dict[str, str] = Field(min_length=1)
    description: str = Field(min_length=1)
    owner: Name
    department: Name
    chain_stage: Name
    objective: Name | None = None
    supports: Name | None = None
    timing: Literal["leading", "lagging"]
    effect: Literal["output", "outcome"]
    aspect: Literal["quantity", "quality"]
    level: Literal["team", "individual"]
    direction: Direction
    unit: Unit
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    cadence: Grain
    grains: tuple[ComputedGrain, ...] = Field(min_length=1)
    spans: tuple[Span, ...] = Field(min_length=1)
    slices: tuple[Name, ...] = ()
    counter_kpis: tuple[Name, ...] = ()
    missing: Literal["null", "zero"] = "null"
    versions: tuple[KpiVersion, ...] = Field(min_length=1)

    def label_in(self, language: str) -> str:
        """The label in a language, else in English, else the first one given."""
        return self.label.get(language) or self.label.get("en") or next(iter(self.label.values()))
