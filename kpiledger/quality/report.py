"""What came out of the checks: a result for each, the keys of the rows that break one, the groups that a rule
compares, and the figures of the reconciliation. The fields are the columns of the tables in schema `kpi`, in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from kpiledger.vocabulary import Outcome

RECONCILIATION = "reconciliation"
FRESHNESS = "freshness"

Level = Literal["total", "row"]


class DifferenceKind(StrEnum):
    """How a row of the source and a row of the warehouse disagree."""

    MISSING = "missing"
    """In the source, not in the warehouse."""
    EXTRA = "extra"
    """In the warehouse, not in the source."""
    CHANGED = "changed"
    """In both, and a column differs by more than its tolerance."""
    DUPLICATE_KEY = "duplicate_key"
    """The key stands more than once on a side; such records are compared with nothing."""
    UNREADABLE = "unreadable"
    """The source's value is no figure or time where the warehouse has one."""
    LATE = "late"
    """Made or changed in the source after the extract: not wrong, and in the warehouse with the next one."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one check of one table ended; shares are 0 to 1 and of the tested rows."""

    run_id: str
    source: str
    table_name: str
    model: str
    rule: str
    says: str
    check_kind: str
    severity: str
    outcome: Outcome
    rows_in_table: int | None
    rows_tested: int | None
    failing_count: int | None
    failing_share: Decimal | None
    allowed_share: Decimal | None
    is_blocking: bool
    message: str
    checked_at: datetime
    waived_until: date | None = None
    waiver_reason: str | None = None
    waiver_approved_by: str | None = None


class Standing(StrEnum):
    """How a group's failing share stands beside that of the others together."""

    EVEN = "even"
    """It is not shown to be larger by more than is allowed."""
    DIFFERENT = "different"
    """It is larger by more than is allowed, with the confidence asked for."""
    CANNOT_TELL = "cannot_tell"
    """Too few rows were tested."""


@dataclass(frozen=True, slots=True)
class GroupShare:
    """How one group registers beside all the others; shares and gaps are 0 to 1, the gap may be below 0."""

    run_id: str
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
    standing: Standing
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class RegistrationIssue:
    """One record that breaks a registration rule; `period_start` is the first day of its month."""

    run_id: str
    source: str
    table_name: str
    rule: str
    record_key: str
    team: str | None
    period_start: date | None
    found_at: datetime


@dataclass(frozen=True, slots=True)
class ReconciliationRow:
    """One figure of the source beside the warehouse's, for a bucket (`total`) or a record (`row`)."""

    run_id: str
    source: str
    table_name: str
    model: str
    level: Level
    bucket: str | None
    measure: str
    source_value: str | None
    warehouse_value: str | None
    difference: Decimal | None
    tolerance: Decimal | None
    outcome: Outcome
    record_key: str | None
    difference_kind: DifferenceKind | None
    checked_at: datetime
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Everything that the checks of one run found."""

    results: tuple[CheckResult, ...] = ()
    issues: tuple[RegistrationIssue, ...] = ()
    reconciliations: tuple[ReconciliationRow, ...] = ()
    groups: tuple[GroupShare, ...] = ()

    @property
    def blocking(self) -> tuple[CheckResult, ...]:
        """The results that must stop publishing; none means that the numbers may be published."""
        return tuple(result for result in self.results if result.is_blocking)

    def keys_of(self, result: CheckResult) -> tuple[str, ...]:
        """The record keys behind a result, each once, in order: of its issues or of its differences."""
        rows: tuple[RegistrationIssue, ...] | tuple[ReconciliationRow, ...]
        if result.rule == RECONCILIATION:
            wrong = (row for row in self.reconciliations if row.difference_kind)
            rows = tuple(row for row in wrong if row.difference_kind is not DifferenceKind.LATE)
        else:
            rows = tuple(issue for issue in self.issues if issue.rule == result.rule)
        here = (result.source, result.table_name)
        found = dict.fromkeys(row.record_key for row in rows if (row.source, row.table_name) == here)
        return tuple(key for key in found if key is not None)


def joined(reports: list[QualityReport]) -> QualityReport:
    """Several reports as one, in the order given."""
    return QualityReport(
        results=tuple(result for report in reports for result in report.results),
        issues=tuple(issue for report in reports for issue in report.issues),
        reconciliations=tuple(row for report in reports for row in report.reconciliations),
        groups=tuple(row for report in reports for row in report.groups),
    )
