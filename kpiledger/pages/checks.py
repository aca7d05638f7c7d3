"""The checks of each source on the page of a run: what needs attention as sentences, what passed as a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kpiledger.pages.dates import day_text
from kpiledger.pages.formatting import Number, percentage
from kpiledger.pages.issues import OpenIssues, open_issues
from kpiledger.pages.outcomes import ATTENTION, OUTCOME_WORDS, WORST_FIRST, counted, outcomes_of
from kpiledger.pages.provenance import person_text
from kpiledger.pages.quality_queries import QualityReadings
from kpiledger.pages.queries import CheckGroupRow, CheckRow
from kpiledger.pages.reconciled import Reconciled, reconciled
from kpiledger.project import Project
from kpiledger.quality.dependents import dependents
from kpiledger.quality.report import FRESHNESS, RECONCILIATION, Standing
from kpiledger.specs.automatic import WAREHOUSE
from kpiledger.vocabulary import Outcome

_STANDINGS = {
    Standing.DIFFERENT: "Registers differently",
    Standing.EVEN: "As the others",
    Standing.CANNOT_TELL: "Cannot tell: too few rows",
}
# Checks with the same sentence for every table.
_OF_TABLES = (RECONCILIATION, FRESHNESS)
# The check adds these to its message for the terminal; the page says them in places of their own.
_SAID_ELSEWHERE = ("; KPIs that depend on it: ", "; waived until ")


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check with both denominators: the rows of the table, and those that the rule speaks of."""

    anchor: str
    rule: str
    says: str
    place: str
    table: str
    severity: str
    outcome: Outcome
    word: str
    rows_in_table: Number
    rows_tested: Number
    failing_count: Number
    failing_share: Number
    allowed_share: Number
    is_blocking: bool
    message: str
    has_two_counts: bool
    waived: str
    issues: OpenIssues | None
    kpis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group beside the others, for a rule that compares them."""

    rule: str
    table: str
    group: str
    rows_tested: Number
    failing_share: Number
    share_of_others: Number
    gap_at_least: Number
    gap_allowed: Number
    standing: Standing
    word: str


@dataclass(frozen=True, slots=True)
class SourceChecks:
    """All checks of one source, and the KPIs whose facts depend on it."""

    source: str
    title: str
    outcomes: tuple[tuple[str, Outcome, int], ...]
    stopping: tuple[CheckLine, ...]
    attention: tuple[CheckLine, ...]
    others: tuple[CheckLine, ...]
    groups: tuple[GroupLine, ...]
    more_attention: int
    other_count: int
    reconciled: Reconciled
    kpis: tuple[str, ...]


def source_checks(project: Project, readings: QualityReadings, most: int) -> tuple[SourceChecks, ...]:
    """The checks of each source in the order of their names, those of the facts in the warehouse last.

    Of each list so many lines are shown; everything stays in the tables.
    """
    sources = {row.source for row in readings.checks} | {row.source for row in readings.reconciliations}
    return tuple(
        _source(project, source, readings, most) for source in sorted(sources, key=lambda one: (one == WAREHOUSE, one))
    )


def _source(project: Project, source: str, readings: QualityReadings, most: int) -> SourceChecks:
    checks = sorted(
        (row for row in readings.checks if row.source == source),
        key=lambda row: (not row.is_blocking, WORST_FIRST.index(Outcome(row.outcome)), row.table_name, row.rule),
    )
    lines = [_check(project, row, readings) for row in checks]
    attention = tuple(line for line in lines if line.outcome in ATTENTION)
    others = tuple(line for line in lines if line.outcome not in ATTENTION)
    return SourceChecks(
        source=source,
        title="The facts in our warehouse" if source == WAREHOUSE else source,
        outcomes=outcomes_of([Outcome(row.outcome) for row in checks]),
        stopping=tuple(line for line in attention if line.is_blocking),
        attention=attention[:most],
        others=others[:most],
        groups=tuple(_group(row) for row in readings.groups if row.source == source)[:most],
        more_attention=max(len(attention) - most, 0),
        other_count=len(others),
        reconciled=reconciled([row for row in readings.reconciliations if row.source == source], most),
        kpis=() if source == WAREHOUSE else _labels(project, dependents(project, source, "")),
    )


def _check(project: Project, row: CheckRow, readings: QualityReadings) -> CheckLine:
    outcome = Outcome(row.outcome)
    is_of_fact = row.source == WAREHOUSE and outcome in ATTENTION
    return CheckLine(
        anchor=f"{row.source}-{row.table_name}-{row.rule}".replace(":", "-"),
        rule="" if row.rule in _OF_TABLES else row.rule,
        says=f"{row.says}: {row.table_name}" if row.rule in _OF_TABLES else row.says,
        place=row.table_name if row.source == WAREHOUSE else f"{row.source}.{row.table_name}",
        table=row.table_name,
        severity=row.severity,
        outcome=outcome,
        word=OUTCOME_WORDS[outcome],
        rows_in_table=counted(row.rows_in_table),
        rows_tested=counted(row.rows_tested),
        failing_count=counted(row.failing_count),
        failing_share=percentage(row.failing_share, 2),
        allowed_share=percentage(row.allowed_share, 2),
        is_blocking=row.is_blocking,
        message=_message(row),
        has_two_counts=row.rule not in _OF_TABLES and row.rows_tested not in (None, row.rows_in_table),
        waived=_waived(project, row),
        issues=open_issues(project, readings, (row.source, row.table_name, row.rule)),
        kpis=_labels(project, dependents(project, row.source, row.table_name)) if is_of_fact else (),
    )


def _message(row: CheckRow) -> str:
    said = row.message or ""
    for beginning in _SAID_ELSEWHERE:
        said = said.partition(beginning)[0]
    return said


def _waived(project: Project, row: CheckRow) -> str:
    if row.waived_until is None:
        return ""
    approver = person_text(project, row.waiver_approved_by or "")
    return f"Waived until {day_text(row.waived_until)}, approved by {approver}: {row.waiver_reason}"


def _labels(project: Project, kpis: Iterable[str]) -> tuple[str, ...]:
    return tuple(project.kpis[name].label_in(project.calendar.language) for name in kpis)


def _group(row: CheckGroupRow) -> GroupLine:
    standing = Standing(row.standing)
    return GroupLine(
        rule=row.rule,
        table=row.table_name,
        group=row.group_name,
        rows_tested=counted(row.rows_tested),
        failing_share=percentage(row.failing_share, 2),
        share_of_others=percentage(row.share_of_others, 2),
        gap_at_least=percentage(row.gap_at_least, 2),
        gap_allowed=percentage(row.gap_allowed, 2),
        standing=standing,
        word=_STANDINGS[standing],
    )
