"""The formula of a KPI version: how measures, and other KPIs, become its value."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from kpiledger.specs.base import CoinedName, Name, Spec, one_of_keys, written
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
    written(
        "length of time",
        "A length of calendar time, at most ten years. Months, quarters and years are those of the calendar.",
        "^[1-9][0-9]{0,3} (day|week|month|quarter|year)s?$",
        ("7 days", "4 weeks", "12 months", "2 quarters", "1 year"),
    ),
]


class Input(Spec):
    """A measure, or the part of it where a condition on the fact's columns holds."""

    measure: Name
    """The measure, by its name in a fact file."""
    where: str | None = None
    """A condition on the columns of the measure's fact; only rows where it holds are counted. Put it here rather
    than in a measure of its own where one KPI needs it.
    """


def _input(value: Any) -> Any:
    return {"measure": value} if isinstance(value, str) else value


InputField = Annotated[Input, BeforeValidator(_input, json_schema_input_type=Name | Input)]


class DerivedInput(Spec):
    """A measure or another KPI, over the period or a length of time before it, under a name of its own.

    `missing: zero` counts what is missing as zero; else an expression over it is null.
    """

    model_config = one_of_keys("measure", "kpi")

    measure: Name | None = None
    """The measure, by its name in a fact file. An input names a measure or a KPI."""
    kpi: Name | None = None
    """Another KPI, by its name: its value of the same interval, slice and member, by the version that held in that
    period. No KPI may need itself.
    """
    where: str | None = None
    """A condition on the columns of the measure's fact. Not with `kpi`."""
    offset: LengthField | None = None
    """How long before the period the input is taken: `1 year` at grain month is the same month last year. Without
    it, the period itself.
    """
    missing: Missing = "null"
    """What the input is where nothing was measured: `null` makes the whole expression null, `zero` counts it as 0.
    Take `zero` for flows such as returns, never for levels; else leave the key out.
    """

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
    """`simple`: the value of one measure."""
    measure: Name
    """The measure, by its name in a fact file."""
    where: str | None = None
    """A condition on the columns of the measure's fact; only rows where it holds are counted."""

    @property
    def inputs(self) -> dict[Place, Input]:
        """The measures that the formula needs, by the place in it where each is named."""
        return {(): Input(measure=self.measure, where=self.where)}


class Ratio(Spec):
    """One measure divided by another: always the ratio of sums over the interval."""

    type: Literal["ratio"]
    """`ratio`: one measure divided by another. Over a longer period it is the ratio of the sums, never the mean of
    the months' ratios.
    """
    numerator: InputField
    """What is divided: a measure's name, or a measure with a condition. It may be of another fact than the
    denominator.
    """
    denominator: InputField
    """What it is divided by. Where it is 0 or missing the value is null, never 0."""

    @property
    def inputs(self) -> dict[Place, Input]:
        """The measures that the formula needs, by the place in it where each is named."""
        return {("numerator",): self.numerator, ("denominator",): self.denominator}


class Derived(Spec):
    """An expression over the values of measures and KPIs, each known by its name among the inputs."""

    type: Literal["derived"]
    """`derived`: an expression over several inputs, for growth, differences and indices."""
    expr: str = Field(min_length=1)
    """The expression over the names of the inputs, as `(sales - sales_before) / sales_before`. Division by 0 gives
    null.
    """
    inputs_by_name: dict[CoinedName, DerivedInput] = Field(alias="inputs", min_length=1)
    """The values that the expression speaks of, each under a name of its own."""

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

    model_config = one_of_keys("window", "to_date")

    type: Literal["cumulative"]
    """`cumulative`: one measure over more than the period: a moving window, or since the beginning of a longer
    period.
    """
    measure: Name
    """The measure, by its name in a fact file."""
    where: str | None = None
    """A condition on the columns of the measure's fact; only rows where it holds are counted."""
    window: LengthField | None = None
    """The length of calendar time that ends with the period: `12 months` are this calendar month and the 11 before
    it. It or `to_date`.
    """
    to_date: Grain | None = None
    """The longer period from whose first day on is counted: `year` gives a year to date as a KPI of its own. Not
    `day`. It or `window`.
    """

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
    """`conversion`: the share of base events that a later event of the same entity followed in time."""
    base: InputField
    """The events that may convert, as a count measure: visits, offers, complaints."""
    converted: InputField
    """The events that they convert to, as a count measure: orders, signatures, solutions."""
    entity: Name
    """The column that says whose events they are; both facts have it. Events without it convert to nothing."""
    window: LengthField
    """The time in which the converted event must come, counted from the base event. A base event younger than the
    window may still convert, so recent periods can rise.
    """

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
