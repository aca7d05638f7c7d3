"""An agreement file: the events by which a holder and its counterpart agreed on targets."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, field_validator, model_validator

from kpiledger.specs.base import Name, PeriodField, Spec, SpecFile, written
from kpiledger.specs.soft_goal import SoftGoal
from kpiledger.specs.target import Amber, Target
from kpiledger.specs.trigger import Trigger
from kpiledger.vocabulary import EventKind, ReasonKind, Reference

Share = Annotated[Decimal, Field(ge=0, le=1)]


_FIRED = re.compile(r"[a-z][a-z0-9_]*@[0-9A-Z-]+\Z")


def _fired(value: str) -> str:
    if not _FIRED.match(value):
        raise ValueError(f"{value!r} names no trigger and period; write it as market_falls@2017-05")
    return value


FiredTrigger = Annotated[
    str,
    AfterValidator(_fired),
    written(
        "fired trigger",
        "The id of a trigger of the same agreement, and the period that fired it.",
        "^[a-z][a-z0-9_]*@[0-9A-Z-]+$",
        ("market_falls@2017-05",),
    ),
]


class Reason(Spec):
    """Why an event happened; `evidence` is a path in the project or an address."""

    kind: ReasonKind
    """The kind of reason, for counting why targets change."""
    text: str = Field(min_length=1)
    """The reason in words, as it was given when the decision was made."""
    evidence: str | None = None
    """Where the decision is documented: a path in the project, or an address."""
    trigger: FiredTrigger | None = None
    """The trigger that asked for it and the period that fired it, as `market_falls@2017-05`."""


class Exclusion(Spec):
    """A month left out of a baseline, and why."""

    month: PeriodField
    """The month left out; it lies within the baseline."""
    reason: str = Field(min_length=1)
    """Why it says nothing about a normal month."""


class Baseline(Spec):
    """The reference a target was calibrated with: which months, which not, how, and from where."""

    start: PeriodField = Field(alias="from")
    """The first month."""
    to: PeriodField
    """The last month."""
    exclude: tuple[Exclusion, ...] = ()
    """The months in between that are left out."""
    method: Literal["mean", "median"]
    """How the months become one figure: their `mean`, or their `median` where single months run wild."""
    value: Decimal
    """The figure itself, as known when the target was agreed. It is kept as it was, also when the data is corrected
    later.
    """
    source: Name
    """The source system that the figure came from."""
    post_mortem: str | None = None
    """What was learned in the months behind it, and why they are a fit measure or which are not: the notes taken when
    they were over, as a path in the project or an address.
    """


class AgreedTarget(Spec):
    """What is promised for one KPI and at most one slice of it."""

    kpi: Name
    """The KPI that is promised."""
    slice: Annotated[dict[Name, str], Field(json_schema_extra={"maxProperties": 1})] = {}
    """The part of it: one slice of the KPI and one member, as `{region: West}`. Without it, the whole."""
    weight: Share | None = None
    """How much the target counts within the agreement, 0 to 1; pages show the heaviest first. The weights of an
    agreement sum to at most 1. Without it the target informs and does not count.
    """
    influence: Share | None = None
    """How much of the result the holder controls, 0 to 1, as both sides see it. Nothing is computed with it."""
    target: Target
    """The figure that is promised."""
    amber: Amber | None = None
    """From where a missed target is amber and not yet red. Without it a missed target is red."""
    commit: Decimal | None = None
    """What is surely reached, in the unit of the KPI. It lies short of the target; below it the score is 0. Without
    it a missed target scores 0.
    """
    stretch: Decimal | None = None
    """What would be excellent, in the unit of the KPI. It lies beyond the target."""
    baseline: Baseline | None = None
    """The reference that the target was calibrated with, so that a later reader can judge how ambitious it was."""

    @field_validator("slice")
    @classmethod
    def _one_slice(cls, value: dict[str, str]) -> dict[str, str]:
        if len(value) > 1:
            raise ValueError(f"a target names at most one slice, found {len(value)}; promise each slice by itself")
        return value

    @model_validator(mode="after")
    def _fitting_marks(self) -> AgreedTarget:
        form, amber = self.target, self.amber
        if form.relative and form.relative.to is Reference.BASELINE and self.baseline is None:
            raise ValueError("a target relative to the baseline needs one; add `baseline`, or write `value`")
        if amber and (amber.outside_by is not None) != form.has_two_sides:
            fitting = "`outside_by`" if form.has_two_sides else "`share_of_target` or `absolute`"
            raise ValueError(f"amber of a target `{form.comparison}` is said by {fitting}; write it so")
        for name in ("commit", "stretch"):
            if form.has_two_sides and getattr(self, name) is not None:
                raise ValueError(f"nothing lies beyond a target `{form.comparison}`; take `{name}` away")
        return self

    @property
    def figures(self) -> tuple[Decimal, ...]:
        """The figures that the promise is made of, a ramp's first and last; none where it follows from data."""
        form = self.target
        if form.value is not None:
            return (form.value,)
        if form.by_period is not None:
            return tuple(form.by_period.values())
        if form.ramp is not None:
            return form.ramp.start, form.ramp.to
        if form.relative is not None and form.relative.to is Reference.BASELINE and self.baseline is not None:
            return (self.baseline.value * form.relative.times,)
        return ()

    @property
    def slice_name(self) -> str:
        """The dimension the target is cut by, `all` for none."""
        return next(iter(self.slice), "all")

    @property
    def member(self) -> str:
        """The member of the slice, `all` for the whole."""
        return next(iter(self.slice.values()), "all")


def _where_event(kind: EventKind, asked: dict[str, Any]) -> dict[str, Any]:
    """Tells editors what an event of a kind needs, as `_complete` tells the loader."""
    return {"if": {"properties": {"event": {"const": kind.value}}}, "then": asked}


class AgreementEvent(Spec):
    """A recorded fact about an agreement. Once recorded it is never edited: a later event amends it."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                _where_event(EventKind.AGREED, {"required": ["valid_to", "targets"]}),
                _where_event(EventKind.AMENDED, {"required": ["targets"]}),
                _where_event(
                    EventKind.RETIRED, {"properties": {key: {"maxItems": 0} for key in ("targets", "triggers")}}
                ),
            ]
        }
    )

    event: EventKind
    """What happened."""
    agreement: Name
    """The id of the agreement, as `sales_west_2017`. It is given once in all files; later events repeat it."""
    decided_on: date
    """The day of the decision. Events of a file stand in this order."""
    valid_from: date
    """The first day that the event holds: the first day of a period of its targets."""
    valid_to: date | None = None
    """The last day of the agreement. `agreed` needs it; `amended` may move it; `retired` has none, since it ends on
    the day before its `valid_from`.
    """
    reason: Reason
    """Why it happened."""
    proposed_by: Name
    """The role or person who proposed it."""
    approved_by: Name
    """The role or person who approved it; another one than who proposed."""
    pilot: bool | None = None
    """Whether it is a trial from this day on: the targets are shown and judged, bind nobody and are left out of every
    score. An amendment that does not say carries on as it was; `false` makes a trial binding.
    """
    targets: tuple[AgreedTarget, ...] = ()
    """What is promised. An amendment names the targets that change, the others carry on. A retirement names none."""
    triggers: tuple[Trigger, ...] = ()
    """What was agreed beforehand to be looked at again, and when. Triggers carry on until the agreement ends, or an
    amendment names the same `id` again.
    """

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: Any) -> Any:
        if isinstance(value, dict):
            kind, named = value.get("event"), value.get("targets")
            if kind in ("agreed", "amended") and not named:
                raise ValueError(f"an event `{kind}` names no target; add `targets` with at least one")
            if kind == "retired" and value.get("triggers"):
                raise ValueError("an event `retired` ends every trigger of its agreement and names none")
            if kind == "retired" and named:
                raise ValueError("an event `retired` ends every target of its agreement and names none")
            if kind == "agreed" and not value.get("valid_to"):
                raise ValueError("an event `agreed` has no end; add `valid_to` with its last day")
        return value


class AgreementFile(SpecFile):
    """The agreements of one holder (a unit, role or person id), in the order they were decided."""

    holder: Name
    """Who is held to the targets: the id of a unit, role or person, the same as the file's name."""
    events: tuple[AgreementEvent, ...] = Field(min_length=1)
    """What happened, in the order it was decided. An event that was merged is never edited: add one."""
    goals: tuple[SoftGoal, ...] = ()
    """What is agreed beside the figures, for well-being and for learning. It is not recorded and never scored."""
