"""The formula of a KPI version: how measures, and other KPIs, become its value."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from kpiledger.specs.base import CoinedName, Name, Spec
from kpiledger.stretches import NO_LENGTH, Length, rolling_span, to_date_span
from kpiledger.vocabulary import Grain

Missing = Literal["null", "zero"]
Place = tuple[str | int, ...]


def _length(value: Any) -> Any:
    return Length.parse(value) if isinstance(value, str) else value


LengthField = Annotated[
    Length,
    BeforeValidator(_length),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,3} (day|week|month|quarter|year)s?$"}),
]


class Input(Spec):
    """A measure, or the part of it where a condition on the fact's columns holds."""

    measure: Name
    where: str | None = None


def _input(value: Any) -> Any:
    return {"measure": value} if isinstance(value, str) else value


InputField = Annotated[Input, BeforeValidator(_input)]


class DerivedInput(Spec):
    """A measure or another KPI, over the period or a length of time before it, under a name of its own.

    `missing: zero` counts what is missing as zero; else an expression over it is null.
    """

    measure: Name | None = None
    kpi: Name | None = None
    where: str | None = None
    offset: LengthField | None = None
    missing: Missing = "null"

    @property
    def earlier(self) -> Length:
        """How long before the period it is taken."""
        return self.offset or NO_LENGTH

    @model_validator(mode="after")
    def _one_kind(self) -> DerivedInput:
        if (self.measure is None) == (self.kpi is None):
            raise ValueError("an input names a `measure` or a `kpi`, one of the two")
        if self.kpi and self.where:
            raise ValueError("`where` stands with a `measure`: the rows of a KPI are chosen in its own file")
        return self


class Simple(Spec):
    """The value of one measure."""

    type: Literal["simple"]
    measure: Name
    where: str | None = None

    @property
    def inputs(self) -> dict[Place, Input]:
        """The measures that the formula needs, by the place in it where each is named."""
        return {(): Input(measure=self.measure, where=self.where)}


class Ratio(Spec):
    """One measure divided by another: always the ratio of sums over the interval."""

    type: Literal["ratio"]
    numerator: InputField
    denominator: InputField

    @property
    def inputs(self) -> dict[Place, Input]:
        """The measures that the formula needs, by the place in it where each is named."""
        return {("numerator",): self.numerator, ("denominator",): self.denominator}


class Derived(Spec):
    """An expression over the values of measures and KPIs, each known by its name among the inputs."""

    type: Literal["derived"]
    expr: str = Field(min_length=1)
    inputs_by_name: dict[CoinedName, DerivedInput] = Field(alias="inputs", min_length=1)

    @property
    def inputs(self) -> dict[Place, Input]:
        """The measures that the formula needs, by the place in it where each is named."""
        return {
            ("inputs", name): Input(measure=given.measure, where=given.where)
            for name, given in self.inputs_by_name.items()
            if given.measure
        }


class Cumulative(Spec):
    """A measure over a window of calendar time that ends with the period, or since the first day of a longer one."""

    type: Literal["cumulative"]
    measure: Name
    where: str | None = None
    window: LengthField | None = None
    to_date: Grain | None = None

    @property
    def inputs(self) -> dict[Place, Input]:
        """The measures that the formula needs, by the place in it where each is named."""
        return {(): Input(measure=self.measure, where=self.where)}

    @property
    def span(self) -> str:
        """The span that its value of a period covers."""
        return to_date_span(self.to_date) if self.to_date else rolling_span(self.window or NO_LENGTH)

    @model_validator(mode="after")
    def _one_kind(self) -> Cumulative:
        if (self.window is None) == (self.to_date is None):
            raise ValueError("a cumulative formula has a `window` or a `to_date`, one of the two")
        if self.to_date is Grain.DAY:
            raise ValueError("`to_date` is day; write week, month, quarter or year")
        return self


class Conversion(Spec):
    """The share of base events that a converted event of the same entity followed within the window.

    A converted event counts for the latest base event before it, and a base event counts once.
    """

    type: Literal["conversion"]
    base: InputField
    converted: InputField
    entity: Name
    window: LengthField

    @property
    def inputs(self) -> dict[Place, Input]:
        """The measures that the formula needs, by the place in it where each is named."""
        return {("base",): self.base, ("converted",): self.converted}


Formula = Annotated[Simple | Ratio | Derived | Cumulative | Conversion, Field(discriminator="type")]


def kpis_in(formula: Formula) -> dict[Place, str]:
    """The KPIs that a formula needs, by the place in it where each is named."""
    if not isinstance(formula, Derived):
        return {}
    return {("inputs", name): given.kpi for name, given in formula.inputs_by_name.items() if given.kpi}
