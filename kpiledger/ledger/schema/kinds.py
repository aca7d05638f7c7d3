"""Which kinds of entry are there, and what may an entry of each kind say?"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from kpiledger.ledger.schema.agreements import AgreementContent
from kpiledger.ledger.schema.authority import (
    ApprovalContent,
    AuthorityContent,
    KeyAddedContent,
    KeyRevokedContent,
    ScoringContent,
)
from kpiledger.ledger.schema.closes import (
    CloseContent,
    LockContent,
    OverrideContent,
    ReopeningContent,
    RestatementContent,
)
from kpiledger.ledger.schema.conversation import DecisionContent, TriggerFiredContent
from kpiledger.ledger.schema.numbers import DefinitionContent, PublicationContent
from kpiledger.ledger.schema.objectives import CheckInContent
from kpiledger.ledger.schema.people import ErasureContent, ExportContent, InformationContent
from kpiledger.ledger.schema.spot_checks import SpotCheckDrawContent, SpotCheckPlanContent, SpotCheckVerdictContent


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
    CHECK_IN_NOTED = "checkin.noted"


# A kind without a schema can neither be written nor read: there is no way to record something vague.
CONTENTS: Mapping[EntryKind, TypeAdapter[Any]] = {
    EntryKind.DEFINITION_RECORDED: TypeAdapter(DefinitionContent),
    EntryKind.AGREEMENT_AGREED: TypeAdapter(AgreementContent),
    EntryKind.AGREEMENT_AMENDED: TypeAdapter(AgreementContent),
    EntryKind.AGREEMENT_RETIRED: TypeAdapter(AgreementContent),
    EntryKind.RUN_PUBLISHED: TypeAdapter(PublicationContent),
    EntryKind.CHECK_OVERRIDDEN: TypeAdapter(OverrideContent),
    EntryKind.PERIOD_CLOSED: TypeAdapter(CloseContent),
    EntryKind.PERIOD_LOCKED: TypeAdapter(LockContent),
    EntryKind.PERIOD_REOPENED: TypeAdapter(ReopeningContent),
    EntryKind.PERIOD_RESTATED: TypeAdapter(RestatementContent),
    EntryKind.SUBJECT_ERASED: TypeAdapter(ErasureContent),
    EntryKind.AUTHORITY_RECORDED: TypeAdapter(AuthorityContent),
    EntryKind.SCORING_RECORDED: TypeAdapter(ScoringContent),
    EntryKind.KEY_ADDED: TypeAdapter(KeyAddedContent),
    EntryKind.KEY_REVOKED: TypeAdapter(KeyRevokedContent),
    EntryKind.APPROVAL_RECORDED: TypeAdapter(ApprovalContent),
    EntryKind.INDIVIDUALS_EXPORTED: TypeAdapter(ExportContent),
    EntryKind.INDIVIDUALS_INFORMED: TypeAdapter(InformationContent),
    EntryKind.SPOT_CHECK_PLANNED: TypeAdapter(SpotCheckPlanContent),
    EntryKind.SPOT_CHECK_DRAWN: TypeAdapter(SpotCheckDrawContent),
    EntryKind.SPOT_CHECK_JUDGED: TypeAdapter(SpotCheckVerdictContent),
    EntryKind.CHECK_IN_NOTED: TypeAdapter(CheckInContent),
    EntryKind.DECISION_NOTED: TypeAdapter(DecisionContent),
    EntryKind.TRIGGER_FIRED: TypeAdapter(TriggerFiredContent),
}
