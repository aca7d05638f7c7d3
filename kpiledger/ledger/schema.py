"""What may an entry of each kind say: closed schemas of format 1.

These do not share models with the specs on purpose: specs grow, a recorded entry stays as it is. Every key of
the first day is required. A key that was added later has a default and is left out of an entry where it says
nothing, so that what was recorded before keeps its bytes and its hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kpiledger.ledger.canonical import instant, instant_text
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
    PERIOD_LOCKED = "period.locked"
    DECISION_NOTED = "decision.noted"
    TRIGGER_FIRED = "trigger.fired"
    SUBJECT_ERASED = "subject.erased"
    AUTHORITY_RECORDED = "authority.recorded"
    SCORING_RECORDED = "scoring.recorded"
    INDIVIDUALS_EXPORTED = "individuals.exported"
    INDIVIDUALS_INFORMED = "individuals.informed"
    KEY_ADDED = "key.added"
    KEY_REVOKED = "key.revoked"
    SPOT_CHECK_PLANNED = "spot_check.planned"
    SPOT_CHECK_DRAWN = "spot_check.drawn"
    SPOT_CHECK_JUDGED = "spot_check.judged"


# The same few days and periods stand in thousands of entries, and verifying reads them all.
_seen = lru_cache(maxsize=10_000)


@_seen
def _date(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(f"{text!r} is no date as 2017-01-31")
    return text


@_seen
def _period(text: str) -> str:
    if str(PeriodName.parse(text)) != text:
        raise ValueError(f"{text!r} is no period as 2017-01")
    return text


def _moment(text: str) -> str:
    if instant_text(instant(text)) != text:
        raise ValueError(f"{text!r} is no moment as 2017-01-31T09:15:00.000000Z")
    return text


def _without_numbers(value: dict[str, Any]) -> dict[str, Any]:
    rest: list[Any] = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, (dict, list)):
            rest += one.values() if isinstance(one, dict) else one
        elif isinstance(one, (int, float)) and not isinstance(one, bool):
            raise ValueError(f"{one!r} is a bare number; numbers in the ledger are decimal texts")
    return value


Text = Annotated[str, Field(min_length=1)]
DateText = Annotated[str, AfterValidator(_date)]
MomentText = Annotated[str, AfterValidator(_moment)]
PeriodText = Annotated[str, AfterValidator(_period)]
PlainMap = Annotated[dict[str, Any], AfterValidator(_without_numbers)]
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
    definition: PlainMap
    definition_hash: Digest
    depends_on: dict[Text, dict[Number, Digest]]


class PublicationContent(Closed):
    """What a run published: the hash of each table, or whatever else was published, by its name.

    `inputs` are the extracts that it was made from: the hash of each by its source and table, as `erp.orders`;
    `recipe` is the hash of the statements that made the values of them.
    """

    run_id: Text
    as_of_on: DateText | None
    hashes: dict[Text, Digest]
    inputs: dict[Text, Digest] = {}
    recipe: Digest | None = None


class ErasureContent(Closed):
    """The commitments whose values were deleted, and why."""

    commitments: list[Digest]
    reason: Text


class ExportContent(Closed):
    """That figures of single people left the house: what, for what, by whom, and whose."""

    what: Text
    purpose: Text
    exported_by: Private
    holders: list[Commitment]


class InformationContent(Closed):
    """That a person was told of the KPIs they are held to; `agreement` where it was about one of them.

    `notice` is the length that was required before they count when it was recorded, as `6 weeks`.
    """

    holder: Commitment
    agreement: Text | None
    informed_on: DateText
    informed_by: Private
    notice: Text | None


class GrantContent(Closed):
    """The right of a role to approve for units, all of them named."""

    role: Text
    units: list[Text]
    valid_from: DateText | None
    valid_to: DateText | None


class HoldingContent(Closed):
    """Who holds a role, on which days."""

    role: Text
    person: Commitment
    valid_from: DateText | None
    valid_to: DateText | None


class AuthorityContent(Closed):
    """From when events need an approval, who may give it, who holds which role, and the unit of each role."""

    required_from: DateText
    authorities: list[GrantContent]
    holders: list[HoldingContent]
    role_units: dict[Text, Text | None]


class ScoringContent(Closed):
    """What targets are worth by how far they are reached, from here on; before the first, 0.5, 1 and 1.2."""

    at_commit: Number
    at_target: Number
    at_stretch: Number
    reason: str | None


class KeyAddedContent(Closed):
    """A person's public key, and from when until when its signatures count; added again where that changes."""

    person: Commitment
    fingerprint: Text
    public_key: Text
    valid_after: MomentText | None
    valid_before: MomentText | None


class KeyRevokedContent(Closed):
    """A key whose later signatures do not count."""

    person: Commitment
    fingerprint: Text


class ApprovalContent(Closed):
    """That somebody signed an event: which one by its entry, over which bytes, in which role, with which key.

    Digest and signature tell whoever guesses a person's id that it is right, so they are commitments where the
    event names a person.
    """

    event: Text
    event_seq: Number
    event_hash: Digest
    content_hash: Digest | Commitment
    role: Private
    signer: Commitment
    fingerprint: Text
    signature: Private


class InForceContent(Closed):
    """A version of an agreement that held in a closed period, and the entry that made it."""

    agreement: Text
    version: Number
    entry_seq: Number
    entry_hash: Digest


class CheckContent(Closed):
    """How a check of the published run ended; `override` is the hash of the entry that let it pass."""

    source: Text
    table: Text
    rule: Text
    outcome: Text
    override: Digest | None = None


class AnswerContent(Closed):
    """An answer of the quick check, and the reason for which a `no` was accepted."""

    kpi: Text
    question: Text
    is_yes: bool
    told: Text
    accepted: Text | None = None


class CloseSignatureContent(Closed):
    """The approver's signature over the content of the close without it."""

    fingerprint: Text
    signature: Text


class CloseContent(Closed):
    """That a period was closed: what was frozen, by the hashes of its files, and what it rested on.

    `files` are paths below the folder of the close. `models` are the SQL texts that made the numbers, `inputs` the
    extracts, `definitions` hashes by KPI and version.
    """

    period: PeriodText
    ordinal: Number
    first_day: DateText
    last_day: DateText
    closed_by: Private
    approved_by: Private
    is_locked: bool
    as_of_on: DateText
    run_id: Text
    publication_hash: Digest
    rows: dict[Text, Number]
    files: dict[Text, Digest]
    agreements: list[InForceContent]
    definitions: dict[Text, dict[Number, Digest]]
    models: dict[Text, Digest]
    inputs: dict[Text, Digest]
    checks: list[CheckContent]
    quick_check: list[AnswerContent]
    signature: CloseSignatureContent | None = None


class LockContent(Closed):
    """That a closed period was locked: it is not reopened any more."""

    period: PeriodText
    ordinal: Number
    close_hash: Digest
    locked_by: Private
    approved_by: Private
    quick_check: list[AnswerContent]


class ReopeningContent(Closed):
    """That a closed period was opened again, why, and until when it is to be closed anew."""

    period: PeriodText
    ordinal: Number
    close_hash: Digest
    reason: Text
    reopened_by: Private
    approved_by: Private
    until: DateText | None


class RestatementContent(Closed):
    """That figures of a closed period were restated: the rows by the hashes of their files, and how many by cause."""

    period: PeriodText
    ordinal: Number
    restatement: Number
    close_hash: Digest
    run_id: Text
    reason: Text
    restated_by: Private
    approved_by: Private
    rows: dict[Text, Number]
    files: dict[Text, Digest]
    causes: dict[Text, Number]


class OverrideContent(Closed):
    """That a check may fail for a period until that is closed, and why."""

    check: Text
    source: Text
    period: PeriodText
    reason: Text
    overridden_by: Private
    approved_by: Private


class SampledPart(Closed):
    """One stratum in one direction: how many rows there are, how many are drawn, and how many may be wrong.

    `population` is null where the source could not be reached: then nothing is drawn in that direction.
    """

    stratum: dict[Text, str | None]
    direction: Text
    population: Number | None
    sample_size: Number
    allowed_errors: Number


class SpotCheckPlanContent(Closed):
    """What is to be looked at, fixed before any row is drawn; `reason` says why a period is drawn once more."""

    source: Text
    table: Text
    model: Text
    period: PeriodText | None
    ordinal: Number
    reason: Text | None
    error_share_below: Number
    confidence: Number
    key: list[Text]
    columns: list[Text]
    parts: list[SampledPart]


class DrawnPart(Closed):
    """The keys drawn of a part, in the order drawn, by the SHA-256 of their lines."""

    stratum: dict[Text, str | None]
    direction: Text
    keys_hash: Digest


class SpotCheckDrawContent(Closed):
    """The sample of a plan. Its seed comes from the root of the tree that ends with the plan, so nobody chose it."""

    plan_seq: Number
    root: Digest
    seed: Digest
    parts: list[DrawnPart]


class JudgedPart(Closed):
    """How many rows of a part were found wrong."""

    stratum: dict[Text, str | None]
    direction: Text
    sample_size: Number
    errors_found: Number


class SpotCheckVerdictContent(Closed):
    """What was found, by whom, on which sheet; `method` is `person`, or `machine` where values were compared by it."""

    drawn_seq: Number
    method: Text
    sheet_hash: Digest
    parts: list[JudgedPart]
    judged_by: Private
    fingerprint: Text | None
    signature: Private | None


# A kind without a schema can neither be written nor read: there is no way to record something vague.
CONTENTS: Mapping[EntryKind, type[Closed]] = {
    EntryKind.DEFINITION_RECORDED: DefinitionContent,
    EntryKind.AGREEMENT_AGREED: AgreementContent,
    EntryKind.AGREEMENT_AMENDED: AgreementContent,
    EntryKind.AGREEMENT_RETIRED: AgreementContent,
    EntryKind.RUN_PUBLISHED: PublicationContent,
    EntryKind.CHECK_OVERRIDDEN: OverrideContent,
    EntryKind.PERIOD_CLOSED: CloseContent,
    EntryKind.PERIOD_LOCKED: LockContent,
    EntryKind.PERIOD_REOPENED: ReopeningContent,
    EntryKind.PERIOD_RESTATED: RestatementContent,
    EntryKind.SUBJECT_ERASED: ErasureContent,
    EntryKind.AUTHORITY_RECORDED: AuthorityContent,
    EntryKind.SCORING_RECORDED: ScoringContent,
    EntryKind.KEY_ADDED: KeyAddedContent,
    EntryKind.KEY_REVOKED: KeyRevokedContent,
    EntryKind.APPROVAL_RECORDED: ApprovalContent,
    EntryKind.INDIVIDUALS_EXPORTED: ExportContent,
    EntryKind.INDIVIDUALS_INFORMED: InformationContent,
    EntryKind.SPOT_CHECK_PLANNED: SpotCheckPlanContent,
    EntryKind.SPOT_CHECK_DRAWN: SpotCheckDrawContent,
    EntryKind.SPOT_CHECK_JUDGED: SpotCheckVerdictContent,
}
