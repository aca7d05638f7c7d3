"""What was promised for one member in one period, and what stands behind it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kpiledger.folding import AgreementVersion, TargetPeriodRow
from kpiledger.periods import Period, add_months
from kpiledger.reports.known import figure

_PROMISE = (
    "value", "comparison", "amber", "stretch", "upper", "within", "commit_to", "amber_outside_by",
    "reference", "reference_times", "is_pilot", "slice", "member",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgreedFigure:
    """A target with everything that stands behind it: the event that named it, which a later version may carry on.

    `value` is null where it follows from data: `reference_times` what was measured in the `reference`.
    """

    value: Decimal | None
    comparison: str
    amber: Decimal | None
    stretch: Decimal | None
    upper: Decimal | None
    within: Decimal | None
    commit_to: Decimal | None
    amber_outside_by: Decimal | None
    reference: str | None
    reference_times: Decimal | None
    is_pilot: bool
    is_binding: bool
    approval_state: str
    slice: str
    member: str
    agreement: str
    agreement_version: int
    named_version: int
    reason_kind: str
    reason_text: str
    evidence: str | None
    proposed_by: str
    approved_by: str
    decided_on: date
    valid_from: date
    valid_to: date
    recorded_at: datetime
    seq: int
    commit: str | None
    entry_hash: str


def agreed_figure(row: TargetPeriodRow, version: AgreementVersion) -> AgreedFigure:
    """A row of a version as what was promised and by whom."""
    source, event = version.source, version.source.event
    return AgreedFigure(
        value=row.target_value,
        comparison=row.comparison,
        amber=row.amber_value,
        stretch=row.stretch_value,
        upper=row.upper_value,
        within=row.within_value,
        commit_to=row.commit_value,
        amber_outside_by=row.amber_outside_by,
        reference=row.reference,
        reference_times=row.reference_times,
        is_pilot=row.is_pilot,
        is_binding=row.is_binding,
        approval_state=row.approval_state,
        slice=row.slice,
        member=row.member,
        agreement=row.agreement,
        agreement_version=row.agreement_version,
        named_version=row.agreement_version if row.is_pending else row.named_version,
        reason_kind=event.reason.kind.value,
        reason_text=event.reason.text,
        evidence=event.reason.evidence,
        proposed_by=event.proposed_by,
        approved_by=event.approved_by,
        decided_on=event.decided_on,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        recorded_at=source.recorded_at,
        seq=source.seq,
        commit=source.commit,
        entry_hash=source.entry_hash,
    )


def that_would_change(pending: Iterable[AgreedFigure], today: Iterable[AgreedFigure]) -> tuple[AgreedFigure, ...]:
    """Of the figures of pending events those that would change what holds."""
    held = {_promise(item) for item in today}
    return tuple(item for item in pending if _promise(item) not in held)


def _promise(item: AgreedFigure) -> tuple[object, ...]:
    """What is promised, without who decided it and when."""
    return (item.agreement, *(getattr(item, name) for name in _PROMISE))


def promised_text(item: AgreedFigure, unit: str | None = None) -> str:
    """The figure with what belongs to it, or what it is a multiple of where it follows from data."""
    if item.value is None:
        return multiple_text(item)
    bounds = f" and {figure(item.upper)}" if item.upper is not None else ""
    bounds += f" within {figure(item.within)}" if item.within else ""
    return f"{figure(item.value)}{bounds}{f' {unit}' if unit else ''}"


def multiple_text(item: AgreedFigure) -> str:
    """What a relative target is, in words."""
    times = figure(item.reference_times) if item.reference_times is not None else ""
    return f"{times} times the {(item.reference or '').replace('_', ' ')}"


def reference_period(period: Period) -> Period:
    """The same period last year, that a relative target follows from."""
    return Period(add_months(period.start, -12), period.grain, period.reckoning)
