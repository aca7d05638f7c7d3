"""An agreement file: the events by which a holder and its counterpart agreed on targets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from kpiledger.specs.base import Name, PeriodField, Spec, SpecFile
from kpiledger.vocabulary import Comparison, EventKind, Grain, ReasonKind

Share = Annotated[Decimal, Field(ge=0, le=1)]


class Reason(Spec):
    """Why an event happened; `evidence` is a path in the project or an address."""

    kind: ReasonKind
    text: str = Field(min_length=1)
    evidence: str | None = None


class Target(Spec):
    """The promised figure: the same for every period of a grain, or one for each period named."""

    grain: Grain
    comparison: Comparison
    value: Decimal | None = None
    by_period: dict[PeriodField, Decimal] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Target:
        if (self.value is None) == (self.by_period is None):
            raise ValueError("a target gives either `value` or `by_period`; write one of the two, and not both")
        return self


class Amber(Spec):
    """From where a missed target is amber and not yet red: a share of the target, or a figure."""

    share_of_target: Decimal | None = Field(default=None, gt=0)
    absolute: Decimal | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Amber:
        if (self.share_of_target is None) == (self.absolute is None):
            raise ValueError("amber gives either `share_of_target` or `absolute`; write one of the two, and not both")
        return self


class Exclusion(Spec):
    """A month left out of a baseline, and why."""

    month: PeriodField
    reason: str = Field(min_length=1)


class Baseline(Spec):
    """The reference a target was calibrated with: which months, which not, how, and from where."""

    start: PeriodField = Field(alias="from")
    to: PeriodField
    exclude: tuple[Exclusion, ...] = ()
    method: Literal["mean", "median"]
    value: Decimal
    source: Name


class AgreedTarget(Spec):
    """What is promised for one KPI and at most one slice of it."""

    kpi: Name
    slice: dict[Name, str] = {}
    weight: Share | None = None
    influence: Share | None = None
    target: Target
    amber: Amber | None = None
    stretch: Decimal | None = None
    baseline: Baseline | None = None

    @field_validator("slice")
    @classmethod
    def _one_slice(cls, value: dict[str, str]) -> dict[str, str]:
        if len(value) > 1:
            raise ValueError(f"a target names at most one slice, found {len(value)}; promise each slice by itself")
        return value

    @property
    def slice_name(self) -> str:
        """The dimension the target is cut by, `all` for none."""
        return next(iter(self.slice), "all")

    @property
    def member(self) -> str:
        """The member of the slice, `all` for the whole."""
        return next(iter(self.slice.values()), "all")


class AgreementEvent(Spec):
    """A recorded fact about an agreement. Once recorded it is never edited: a later event amends it."""

    event: EventKind
    agreement: Name
    decided_on: date
    valid_from: date
    valid_to: date | None = None
    reason: Reason
    proposed_by: Name
    approved_by: Name
    targets: tuple[AgreedTarget, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: Any) -> Any:
        if isinstance(value, dict):
            kind, named = value.get("event"), value.get("targets")
            if kind in ("agreed", "amended") and not named:
                raise ValueError(f"an event `{kind}` names no target; add `targets` with at least one")
            if kind == "retired" and named:
                raise ValueError("an event `retired` ends every target of its agreement and names none")
            if kind == "agreed" and not value.get("valid_to"):
                raise ValueError("an event `agreed` has no end; add `valid_to` with its last day")
        return value


class AgreementFile(SpecFile):
    """The agreements of one holder (a unit, role or person id), in the order they were decided."""

    holder: Name
    events: tuple[AgreementEvent, ...] = Field(min_length=1)
