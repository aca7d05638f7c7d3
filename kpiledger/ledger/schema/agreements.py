"""What may an entry say of an agreement: what is promised, for which days, by whom and why?"""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from kpiledger.ledger.schema.values import DateText, Number, PeriodText, Private, Text, closed


@closed
class ReasonContent(TypedDict):
    """Why an event happened."""

    kind: Text
    text: Private
    evidence: str | None
    trigger: NotRequired[Text | None]


@closed
class RampForm(TypedDict):
    """A figure that moves by even steps from the event's first period to the agreement's last."""

    start: Annotated[Number, Field(alias="from")]
    to: Number


@closed
class RelativeForm(TypedDict):
    """A multiple of another figure: the target's baseline, or the same period last year."""

    to: Text
    times: Number


@closed
class TargetForm(TypedDict):
    """A figure for every period of a grain, one for each period named, a ramp or a multiple: one of the four."""

    grain: Text
    comparison: Text
    value: Number | None
    by_period: dict[PeriodText, Number] | None
    ramp: NotRequired[RampForm | None]
    relative: NotRequired[RelativeForm | None]
    upper: NotRequired[Number | None]
    upper_by_period: NotRequired[dict[PeriodText, Number] | None]
    within: NotRequired[Number | None]


@closed
class AmberForm(TypedDict):
    """From where a missed target is amber."""

    share_of_target: Number | None
    absolute: Number | None
    outside_by: NotRequired[Number | None]


@closed
class ExclusionContent(TypedDict):
    """A month left out of a baseline."""

    month: PeriodText
    reason: Private


@closed
class BaselineContent(TypedDict):
    """The reference a target was calibrated with."""

    start: Annotated[PeriodText, Field(alias="from")]
    to: PeriodText
    exclude: list[ExclusionContent]
    method: Text
    value: Number
    source: Text
    post_mortem: NotRequired[Text | None]


@closed
class TargetContent(TypedDict):
    """What is promised for one KPI and at most one slice of it."""

    kpi: Text
    slice: dict[str, str]
    weight: Number | None
    influence: Number | None
    target: TargetForm
    amber: AmberForm | None
    commit: NotRequired[Number | None]
    stretch: Number | None
    baseline: BaselineContent | None


@closed
class ConditionContent(TypedDict):
    """When a trigger fires."""

    kpi: Text | None
    outside: Text | None
    slice: dict[str, str]
    grain: Text
    span: Text
    change: Text | None
    at_least: Number | None
    at_most: Number | None


@closed
class TriggerContent(TypedDict):
    """What was agreed beforehand to be looked at again: the condition, for how many periods, and who is asked."""

    id: Text
    says: Private
    when: ConditionContent
    in_a_row: Annotated[Number, Field(alias="for")]
    then: Text
    asks: Private
    within: Number


@closed
class AgreementContent(TypedDict):
    """An agreement event; its kind is the entry's."""

    agreement: Text
    holder: Private
    decided_on: DateText
    valid_from: DateText
    valid_to: DateText | None
    reason: ReasonContent
    proposed_by: Private
    approved_by: Private
    pilot: NotRequired[bool | None]
    targets: list[TargetContent]
    triggers: NotRequired[list[TriggerContent]]
