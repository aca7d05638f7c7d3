"""How do folded versions look as tables: `recorded.agreement_version` and `recorded.target_period`?

The fields are the columns, in order. Rows that are known today have no `superseded_at`; what was known
at a moment D are the rows with `recorded_at <= D` and `superseded_at` null or after D. A current row's
`valid_from` and `valid_to` are the days its version is in force, a superseded row's those that it was
recorded with. A row that `is_pending` waits for an approval that it needs: it holds nowhere, and is none of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kpiledger.folding.figures import kept, promised_figures
from kpiledger.folding.replay import PromisedTarget
from kpiledger.folding.versions import AgreementVersion, Segment
from kpiledger.periods import COMMON, Reckoning


@dataclass(frozen=True, slots=True)
class AgreementVersionRow:
    """One row per agreement and version; `event` is what made the version, `fired_trigger` the one that it answers."""

    agreement: str
    agreement_version: int
    holder: str
    event: str
    decided_on: date
    valid_from: date
    valid_to: date
    reason_kind: str
    reason_text: str
    evidence: str | None
    proposed_by: str
    approved_by: str
    seq: int
    recorded_at: datetime
    superseded_at: datetime | None
    commit_id: str | None
    entry_hash: str
    is_pilot: bool
    is_binding: bool
    approval_state: str
    approval_seq: int | None
    approval_recorded_at: datetime | None
    is_pending: bool
    fired_trigger: str | None


@dataclass(frozen=True, slots=True)
class TargetPeriodRow:
    """One row per agreement, version, KPI, slice, member and period that begins on a day of the version.

    `named_version` is the version whose event named the target last: where it is another, the target carried on, and
    reason and approval are that one's.
    """

    agreement: str
    agreement_version: int
    holder: str
    kpi: str
    slice: str
    member: str
    grain: str
    period_start: date
    period_end: date
    target_value: Decimal | None
    comparison: str
    amber_value: Decimal | None
    stretch_value: Decimal | None
    weight: Decimal | None
    influence: Decimal | None
    baseline_value: Decimal | None
    valid_from: date
    valid_to: date
    recorded_at: datetime
    superseded_at: datetime | None
    upper_value: Decimal | None
    within_value: Decimal | None
    commit_value: Decimal | None
    amber_share: Decimal | None
    amber_outside_by: Decimal | None
    reference: str | None
    reference_times: Decimal | None
    is_pilot: bool
    is_binding: bool
    approval_state: str
    is_pending: bool
    named_version: int


def agreement_version_rows(versions: Iterable[AgreementVersion]) -> tuple[AgreementVersionRow, ...]:
    """The rows of `recorded.agreement_version`; a retirement is a version that promises nothing."""
    return tuple(_agreement_row(version) for version in versions)


def target_period_rows(
    versions: Iterable[AgreementVersion], reckoning: Reckoning = COMMON
) -> tuple[TargetPeriodRow, ...]:
    """The rows of `recorded.target_period`: a period of the calendar has the target in force on its first day."""
    held = tuple(versions)
    numbers = {version.source.seq: version.number for version in held}
    return tuple(
        row
        for version in held
        for segment in version.segments
        for promised in segment.promised
        for row in _target_rows(version, segment, promised, numbers[promised.source.seq], reckoning)
    )


def _agreement_row(version: AgreementVersion) -> AgreementVersionRow:
    source, event = version.source, version.source.event
    approval = version.approval_of(source)
    return AgreementVersionRow(
        agreement=version.agreement,
        agreement_version=version.number,
        holder=source.holder,
        event=event.event.value,
        decided_on=event.decided_on,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        reason_kind=event.reason.kind.value,
        reason_text=event.reason.text,
        evidence=event.reason.evidence,
        proposed_by=event.proposed_by,
        approved_by=event.approved_by,
        seq=source.seq,
        recorded_at=source.recorded_at,
        superseded_at=version.superseded_at,
        commit_id=source.commit,
        entry_hash=source.entry_hash,
        is_pilot=version.is_pilot,
        is_binding=approval.counts and not version.is_pilot,
        approval_state=approval.state.value,
        approval_seq=approval.seq,
        approval_recorded_at=approval.recorded_at,
        is_pending=version.is_pending,
        fired_trigger=event.reason.trigger,
    )


def _target_rows(
    version: AgreementVersion, segment: Segment, promised: PromisedTarget, named_version: int, reckoning: Reckoning
) -> Iterator[TargetPeriodRow]:
    # There may be millions of rows, and most of each is the same in all its periods.
    same = _same_in_all_periods(version, segment, promised, named_version)
    for period, figures in promised_figures(promised, segment.valid_from, segment.valid_to, reckoning):
        superseded_at = version.superseded_on(period.start)
        yield TargetPeriodRow(
            **same,
            grain=period.grain.value,
            period_start=period.start,
            period_end=period.end,
            target_value=figures.target,
            amber_value=figures.amber,
            upper_value=figures.upper,
            valid_to=version.segments[-1].valid_to if superseded_at else version.valid_to,
            superseded_at=superseded_at,
        )


def _same_in_all_periods(
    version: AgreementVersion, segment: Segment, promised: PromisedTarget, named_version: int
) -> dict[str, Any]:
    target, relative = promised.target, promised.target.target.relative
    # What an amendment does not name carries on with the approval of the event that named it.
    approval = version.approval_of(promised.source)
    return {
        "agreement": version.agreement,
        "agreement_version": version.number,
        "holder": version.source.holder,
        "kpi": target.kpi,
        "slice": target.slice_name,
        "member": target.member,
        "comparison": target.target.comparison.value,
        "stretch_value": kept(target.stretch),
        "weight": target.weight,
        "influence": target.influence,
        "baseline_value": kept(target.baseline.value) if target.baseline else None,
        "valid_from": version.valid_from,
        "recorded_at": version.source.recorded_at,
        "within_value": kept(target.target.within),
        "commit_value": kept(target.commit),
        "amber_share": kept(target.amber.share_of_target) if target.amber else None,
        "amber_outside_by": kept(target.amber.outside_by) if target.amber else None,
        "reference": relative.to.value if relative else None,
        "reference_times": kept(relative.times) if relative else None,
        "is_pilot": segment.is_pilot,
        "is_binding": approval.counts and not segment.is_pilot and not version.is_pending,
        "approval_state": approval.state.value,
        "is_pending": version.is_pending,
        "named_version": named_version,
    }
