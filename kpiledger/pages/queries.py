"""What the pages show of the warehouse: the rows of the kpi schema that `reading` reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kpiledger.vocabulary import ApprovalState, Comparison


@dataclass(frozen=True, slots=True)
class ScorecardRow:
    """One row of fct_scorecard: a holder's KPI, slice and member in one period, held against its target."""

    holder: str
    agreement: str | None
    agreement_version: int | None
    kpi: str
    kpi_version: int | None
    slice: str
    member: str
    grain: str
    period_start: date
    period_end: date
    is_complete: bool
    actual: Decimal | None
    target_value: Decimal | None
    comparison: str | None
    amber_value: Decimal | None
    stretch_value: Decimal | None
    weight: Decimal | None
    variance: Decimal | None
    status: str
    actual_year_to_date: Decimal | None
    target_year_to_date: Decimal | None
    same_period_last_year: Decimal | None
    rolling_mean: Decimal | None
    upper_value: Decimal | None
    within_value: Decimal | None
    amber_outside_by: Decimal | None
    commit_value: Decimal | None
    score: Decimal | None
    is_pilot: bool | None
    is_binding: bool | None
    approval_state: str | None
    entry_seq: int | None
    entry_hash: str | None
    reason_kind: str | None
    close_state: str = "open"
    closed_at: datetime | None = None
    as_closed: Decimal | None = None
    current: Decimal | None = None
    current_status: str | None = None
    signal: str | None = None
    signal_effect: str | None = None
    centre_value: Decimal | None = None
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    projection: Decimal | None = None
    projection_low: Decimal | None = None
    projection_high: Decimal | None = None
    projection_state: str | None = None
    target_full_year: Decimal | None = None
    remaining_count: int | None = None
    pace_needed: Decimal | None = None
    quarter_projection: Decimal | None = None
    quarter_projection_low: Decimal | None = None
    quarter_projection_high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One row of fct_kpi_target: what one agreement version promised for one period."""

    agreement: str
    agreement_version: int
    holder: str
    kpi: str
    slice: str
    member: str
    grain: str
    period_start: date
    target_value: Decimal
    valid_from: date
    superseded_at: datetime | None
    comparison: str = Comparison.AT_LEAST
    upper_value: Decimal | None = None
    within_value: Decimal | None = None
    reference: str | None = None
    reference_times: Decimal | None = None
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class AgreementVersionRow:
    """One row of dim_agreement_version: who agreed, when, why, and where it stands in the ledger."""

    agreement: str
    agreement_version: int
    holder: str
    event: str
    decided_on: date
    valid_from: date
    valid_to: date | None
    reason_kind: str
    reason_text: str
    evidence: str | None
    proposed_by: str
    approved_by: str
    seq: int
    recorded_at: datetime
    commit_id: str | None
    entry_hash: str
    is_pilot: bool = False
    approval_state: str = ApprovalState.NOT_REQUIRED
    approval_seq: int | None = None
    approval_recorded_at: datetime | None = None
    is_pending: bool = False
    fired_trigger: str | None = None


@dataclass(frozen=True, slots=True)
class AgreementScoreRow:
    """One row of fct_agreement_score: how far an agreement was reached in one period, by the weights agreed."""

    agreement: str
    agreement_version: int
    holder: str
    grain: str
    period_start: date
    period_end: date
    is_complete: bool
    score: Decimal | None
    weight_scored: Decimal | None
    weight_agreed: Decimal | None
    kpi_count: int


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One row of fct_check_result: how one check on a source's table ended."""

    run_id: str
    source: str
    table_name: str
    rule: str
    says: str
    check_kind: str
    severity: str
    outcome: str
    rows_in_table: int | None
    rows_tested: int | None
    failing_count: int | None
    failing_share: Decimal | None
    allowed_share: Decimal | None
    is_blocking: bool
    message: str | None
    checked_at: datetime
    waived_until: date | None = None
    waiver_reason: str | None = None
    waiver_approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class CheckGroupRow:
    """One row of fct_check_group: how often a group breaks a rule, beside the others."""

    source: str
    table_name: str
    rule: str
    group_name: str
    rows_tested: int
    failing_count: int
    failing_share: Decimal | None
    share_of_others: Decimal | None
    gap: Decimal | None
    gap_at_least: Decimal | None
    gap_allowed: Decimal
    standing: str


@dataclass(frozen=True, slots=True)
class ReconciliationRow:
    """One row of fct_reconciliation: a figure or a field of the source system beside ours, as text."""

    run_id: str
    source: str
    table_name: str
    level: str
    bucket: str | None
    measure: str
    source_value: str | None
    warehouse_value: str | None
    difference: Decimal | None
    tolerance: Decimal | None
    outcome: str
    record_key: str | None
    difference_kind: str | None
    explanation: str | None


@dataclass(frozen=True, slots=True)
class Readings:
    """All that the pages show, in a stable order."""

    as_of_on: date | None
    scorecard: tuple[ScorecardRow, ...]
    targets: tuple[TargetRow, ...]
    versions: tuple[AgreementVersionRow, ...]
    scores: tuple[AgreementScoreRow, ...]
    checks: tuple[CheckRow, ...]
