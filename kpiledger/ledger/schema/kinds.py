"""Which kinds of entry are there, and what may an entry of each kind say?"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

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
from kpiledger.ledger.schema.values import Closed


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
    EntryKind.CHECK_IN_NOTED: CheckInContent,
    EntryKind.DECISION_NOTED: DecisionContent,
    EntryKind.TRIGGER_FIRED: TriggerFiredContent,
}
