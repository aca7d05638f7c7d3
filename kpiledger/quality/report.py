"""What came out of the checks: one result for each check, the keys of the rows that break one, and the
figures of the reconciliation. The fields are the columns of the tables in schema `kpi`, in order."""

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


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Everything that the checks of one run found."""

    results: tuple[CheckResult, ...] = ()
    issues: tuple[RegistrationIssue, ...] = ()
    reconciliations: tuple[ReconciliationRow, ...] = ()

    @property
    def blocking(self) -> tuple[CheckResult, ...]:
        """The results that must stop publishing; none means that the numbers may be published."""
        return tuple(result for result in self.results if result.is_blocking)

    def keys_of(self, result: CheckResult) -> tuple[str, ...]:
        """The record keys behind a result, each once, in order: of its issues or of its differences."""
        rows: tuple[RegistrationIssue, ...] | tuple[ReconciliationRow, ...]
        if result.rule == RECONCILIATION:
            rows = tuple(row for row in self.reconciliations if row.difference_kind)
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
    )
