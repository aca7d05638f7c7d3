"""What may an entry of each kind say: closed schemas of format 1, every key required.

These do not share models with the specs on purpose: specs grow, a recorded entry stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kpiledger.periods import PeriodName


class EntryKind(StrEnum):
    """What an entry records."""

    DEFINITION_RECORDED = "definition.recorded"
    AGREEMENT_AGREED = "agreement.agreed"
    AGREEMENT_AMENDED = "agreement.amended"
    AGREEMENT_RETIRED = "agreement.retired"
    APPROVAL_RECORDED = "approval.recorded"
    CHECK_OVERRIDDEN = "check.overridden"
    RUN_PUBLISHED = "run.published"
    PERIOD_CLOSED = "period.closed"
    PERIOD_REOPENED = "period.reopened"
    PERIOD_RESTATED = "period.restated"
    DECISION_NOTED = "decision.noted"
    TRIGGER_FIRED = "trigger.fired"
    SUBJECT_ERASED = "subject.erased"
    KEY_ADDED = "key.added"
    KEY_REVOKED = "key.revoked"


def _date(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(f"{text!r} is no date as 2017-01-31")
    return text


def _period(text: str) -> str:
    if str(PeriodName.parse(text)) != text:
        raise ValueError(f"{text!r} is no period as 2017-01")
    return text


Text = Annotated[str, Field(min_length=1)]
DateText = Annotated[str, AfterValidator(_date)]
PeriodText = Annotated[str, AfterValidator(_period)]
Number = Annotated[str, Field(pattern=r"^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Closed(BaseModel):
    """A map with exactly these keys; texts are not turned into anything else."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Commitment(Closed):
    """What stands in place of a person's id, or of a text about a person."""

    commitment: Digest


Private = Text | Commitment


class ReasonContent(Closed):
    """Why an event happened."""

    kind: Text
    text: Private
    evidence: str | None


class TargetForm(Closed):
    """One value for every period of a grain, or one for each period named."""

    grain: Text
    comparison: Text
    value: Number | None
    by_period: dict[PeriodText, Number] | None


class AmberForm(Closed):
    """From where a missed target is amber."""

    share_of_target: Number | None
    absolute: Number | None


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


class TargetContent(Closed):
    """What is promised for one KPI and at most one slice of it."""

    kpi: Text
    slice: dict[str, str]
    weight: Number | None
    influence: Number | None
    target: TargetForm
    amber: AmberForm | None
    stretch: Number | None
    baseline: BaselineContent | None


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
    targets: list[TargetContent]


class ChangeContent(Closed):
    """Why a version of a KPI was made."""

    reason: Text
    requested_by: Private


class DefinitionContent(Closed):
    """A version of a KPI. `definition` is what makes its numbers; `definition_hash` is of its bytes.

    `depends_on` has the definition hash of each version of a KPI that it was derived from when it was recorded.
    """

    kpi: Text
    version: Number
    valid_from: DateText
    change: ChangeContent
    definition: dict[str, Any]
    definition_hash: Digest
    depends_on: dict[Text, dict[Number, Digest]]


class PublicationContent(Closed):
    """What a run published: the hash of each table, or whatever else was published, by its name."""

    run_id: Text
    as_of_on: DateText | None
    hashes: dict[Text, Digest]


class ErasureContent(Closed):
    """The commitments whose values were deleted, and why."""

    commitments: list[Digest]
    reason: Text


# A kind without a schema can neither be written nor read: there is no way to record something vague.
CONTENTS: Mapping[EntryKind, type[Closed]] = {
    EntryKind.DEFINITION_RECORDED: DefinitionContent,
    EntryKind.AGREEMENT_AGREED: AgreementContent,
    EntryKind.AGREEMENT_AMENDED: AgreementContent,
    EntryKind.AGREEMENT_RETIRED: AgreementContent,
    EntryKind.RUN_PUBLISHED: PublicationContent,
    EntryKind.SUBJECT_ERASED: ErasureContent,
}
