"""How do folded versions look as tables: `recorded.agreement_version` and `recorded.target_period`?

The fields are the columns, in order. Rows that are known today have no `superseded_at`; what was known
at a moment D are the rows with `recorded_at <= D` and `superseded_at` null or after D. A current row's
`valid_from` and `valid_to` are the days its version is in force, a superseded row's those that it was
recorded with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kpiledger.folding.versions import AgreementVersion
from kpiledger.periods import COMMON, Period, PeriodName, Reckoning, periods_between
from kpiledger.specs.agreement import AgreedTarget

# The tables keep decimal(38, 10).
_SMALLEST = Decimal("1e-10")


@dataclass(frozen=True, slots=True)
class AgreementVersionRow:
    """One row per agreement and version; `event` is what made the version."""

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


@dataclass(frozen=True, slots=True)
class TargetPeriodRow:
    """One row per agreement, version, KPI, slice, member and period that begins on a day of the version."""

    agreement: str
    agreement_version: int
    holder: str
    kpi: str
    slice: str
    member: str
    grain: str
    period_start: date
    period_end: date
    target_value: Decimal
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


def agreement_version_rows(versions: Iterable[AgreementVersion]) -> tuple[AgreementVersionRow, ...]:
    """The rows of `recorded.agreement_version`; a retirement is a version that promises nothing."""
    return tuple(_agreement_row(version) for version in versions)


def target_period_rows(
    versions: Iterable[AgreementVersion], reckoning: Reckoning = COMMON
) -> tuple[TargetPeriodRow, ...]:
    """The rows of `recorded.target_period`: a period of the calendar has the target in force on its first day."""
    return tuple(
        _target_row(version, target, period)
        for version in versions
        for segment in version.segments
        for target in segment.targets
        for period in _promised(target, segment.valid_from, segment.valid_to, reckoning)
    )


def target_value(target: AgreedTarget, period: Period) -> Decimal | None:
    """What is promised for a period, None where a target by period does not name it."""
    if period.grain is not target.target.grain:
        return None
    by_period = target.target.by_period
    return target.target.value if by_period is None else by_period.get(PeriodName(str(period), period.grain))


def amber_value(target: AgreedTarget, promised: Decimal) -> Decimal | None:
    """From which figure a missed target is amber, given the figure promised."""
    if target.amber is None:
        return None
    if target.amber.share_of_target is not None:
        return _kept(target.amber.share_of_target * promised)
    return target.amber.absolute


def _promised(target: AgreedTarget, first: date, last: date, reckoning: Reckoning) -> Iterator[Period]:
    for period in periods_between(first, last, target.target.grain, reckoning):
        if target_value(target, period) is not None:
            yield period


def _agreement_row(version: AgreementVersion) -> AgreementVersionRow:
    source, event = version.source, version.source.event
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
    )


def _target_row(version: AgreementVersion, target: AgreedTarget, period: Period) -> TargetPeriodRow:
    promised = target_value(target, period)
    if promised is None:
        raise ValueError(f"{target.kpi} has no target for {period}")
    superseded_at = version.superseded_on(period.start)
    recorded_to = version.segments[-1].valid_to
    return TargetPeriodRow(
        agreement=version.agreement,
        agreement_version=version.number,
        holder=version.source.holder,
        kpi=target.kpi,
        slice=target.slice_name,
        member=target.member,
        grain=period.grain.value,
        period_start=period.start,
        period_end=period.end,
        target_value=_kept(promised),
        comparison=target.target.comparison.value,
        amber_value=amber_value(target, promised),
        stretch_value=target.stretch,
        weight=target.weight,
        influence=target.influence,
        baseline_value=target.baseline.value if target.baseline else None,
        valid_from=version.valid_from,
        valid_to=recorded_to if superseded_at else version.valid_to,
        recorded_at=version.source.recorded_at,
        superseded_at=superseded_at,
    )


def _kept(value: Decimal) -> Decimal:
    """A figure as the table keeps it, without adding digits that nobody wrote."""
    rounded = value.quantize(_SMALLEST)
    return value if rounded == value else rounded
