"""What may an entry say of an agreement: what is promised, for which days, by whom and why?"""

from __future__ import annotations

from pydantic import Field

from kpiledger.ledger.schema.values import Closed, DateText, Number, PeriodText, Private, Text


class ReasonContent(Closed):
    """Why an event happened."""

    kind: Text
    text: Private
    evidence: str | None
    trigger: Text | None = None


class RampForm(Closed):
    """A figure that moves by even steps from the event's first period to the agreement's last."""

    start: Number = Field(alias="from")
    to: Number


class RelativeForm(Closed):
    """A multiple of another figure: the target's baseline, or the same period last year."""

    to: Text
    times: Number


class TargetForm(Closed):
    """A figure for every period of a grain, one for each period named, a ramp or a multiple: one of the four."""

    grain: Text
    comparison: Text
    value: Number | None
    by_period: dict[PeriodText, Number] | None
    ramp: RampForm | None = None
    relative: RelativeForm | None = None
    upper: Number | None = None
    upper_by_period: dict[PeriodText, Number] | None = None
    within: Number | None = None


class AmberForm(Closed):
    """From where a missed target is amber."""

    share_of_target: Number | None
    absolute: Number | None
    outside_by: Number | None = None


class ExclusionContent(Closed):
    """A month left out of a baseline."""

    month: PeriodText
    reason: Private


class BaselineContent(Closed):
    """The reference a target was calibrated with."""

    start: PeriodText = Field(alias="from")
    to: PeriodText
    exclude: list[ExclusionContent]
    method: Text
    value: Number
    source: Text
    post_mortem: Text | None = None


class TargetContent(Closed):
    """What is promised for one KPI and at most one slice of it."""

    kpi: Text
    slice: dict[str, str]
    weight: Number | None
    influence: Number | None
    target: TargetForm
    amber: AmberForm | None
    commit: Number | None = None
    stretch: Number | None
    baseline: BaselineContent | None


class ConditionContent(Closed):
    """When a trigger fires."""

    kpi: Text | None
    outside: Text | None
    slice: dict[str, str]
    grain: Text
    span: Text
    change: Text | None
    at_least: Number | None
    at_most: Number | None


class TriggerContent(Closed):
    """What was agreed beforehand to be looked at again: the condition, for how many periods, and who is asked."""

    id: Text
    says: Private
    when: ConditionContent
    in_a_row: Number = Field(alias="for")
    then: Text
    asks: Private
    within: Number


class AgreementContent(Closed):
    """An agreement event; its kind is the entry's."""

    agreement: Text
    holder: Private
    decided_on: DateText
    valid_from: DateText
    valid_to: DateText | None
    reason: ReasonContent
    proposed_by: Private
    approved_by: Private
    pilot: bool | None = None
    targets: list[TargetContent]
    triggers: list[TriggerContent] = Field(default_factory=list)
