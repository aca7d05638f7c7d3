"""A trigger: what both sides agreed beforehand will be looked at again, and when that is so."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from kpiledger.specs.base import Name, Spec
from kpiledger.vocabulary import Grain, ReviewAnswer, TriggerChange


class Condition(Spec):
    """When a trigger fires: a KPI or an outside figure of a period, or its change, beyond a bound."""

    kpi: Name | None = None
    """The KPI that is watched. It or `outside`."""
    outside: Name | None = None
    """The outside figure that is watched, a file of `metrics/outside/`. It or `kpi`."""
    slice: Annotated[dict[Name, str], Field(json_schema_extra={"maxProperties": 1})] = {}
    """The part of the KPI: one slice and one member, as `{region: West}`. Without it, the whole."""
    grain: Grain
    """The length of the periods that are looked at, each when it has ended."""
    span: str = "period"
    """The days that a value of the KPI covers, one of its `spans`; the period itself where nothing is said."""
    change: TriggerChange | None = None
    """What the figure is compared with: then the bounds are shares, "-0.10" is 10 percent less. Without it the
    figure itself is held against them.
    """
    at_least: Decimal | None = None
    """It fires where the figure, or its change, is this or more. It or `at_most`, or both."""
    at_most: Decimal | None = None
    """It fires where the figure, or its change, is this or less."""

    @field_validator("slice")
    @classmethod
    def _one_slice(cls, value: dict[str, str]) -> dict[str, str]:
        if len(value) > 1:
            raise ValueError(f"a trigger watches at most one slice, found {len(value)}; write a trigger for each")
        return value

    @model_validator(mode="after")
    def _one_figure(self) -> Condition:
        if (self.kpi is None) == (self.outside is None):
            raise ValueError("a trigger watches a KPI or an outside figure; write `kpi` or `outside`, and not both")
        if self.at_least is None and self.at_most is None:
            raise ValueError("a trigger without a bound never fires; add `at_least` or `at_most`")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("nothing lies at or above `at_least` and at or below `at_most`; exchange the two")
        if self.outside is not None and (self.slice or self.span != "period"):
            raise ValueError("an outside figure has neither slices nor spans; take `slice` and `span` away")
        if self.change is TriggerChange.SAME_PERIOD_LAST_YEAR and self.grain in (Grain.DAY, Grain.WEEK):
            raise ValueError("a day or a week has no same period last year; compare months, quarters or years")
        if self.outside is not None and self.change is TriggerChange.BASELINE:
            raise ValueError("an outside figure has no baseline; compare it with a period before")
        return self

    @property
    def slice_name(self) -> str:
        """The dimension that is watched, `all` for none."""
        return next(iter(self.slice), "all")

    @property
    def member(self) -> str:
        """The member of the slice, `all` for the whole."""
        return next(iter(self.slice.values()), "all")

    def is_met(self, value: Decimal) -> bool:
        """Whether a figure, or its change, lies where the trigger fires."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


class Trigger(Spec):
    """An if-then that holds from its event's first day until the agreement ends, or names it again."""

    id: Name
    """Its name within the agreement. A later event that names it again takes its place."""
    says: str = Field(min_length=1)
    """The sentence that was agreed: if what, then what."""
    when: Condition
    """When it fires."""
    in_a_row: int = Field(default=1, ge=1, le=60, alias="for")
    """For how many periods in a row the condition is met before it fires. It fires anew only after it was broken."""
    then: ReviewAnswer
    """What was agreed to be done."""
    asks: Name
    """The role or person who is asked to do it."""
    within: int = Field(default=14, ge=1, le=366)
    """Within how many days of the day that it is known."""
