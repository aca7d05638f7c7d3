"""The page of checks: what was tested on each source, on how many rows, and how the totals agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kpiledger.pages.formatting import MISSING, Number, NumberStyle, difference, figure, percentage
from kpiledger.pages.queries import CheckRow, Readings, ReconciliationRow
from kpiledger.vocabulary import Outcome, Unit

_COUNT = NumberStyle(Unit.COUNT)
_AMOUNT = NumberStyle(Unit.COUNT, decimals=2)
# Everything stays in the tables; a page names so many differences, then how many more there are.
MOST_DIFFERENCES = 20
_WORDS = {
    Outcome.PASSED: "Passed",
    Outcome.WARNED: "Warned",
    Outcome.FAILED: "Failed",
    Outcome.COULD_NOT_RUN: "Could not run",
    Outcome.NOTHING_TO_CHECK: "Nothing to check",
    Outcome.WAIVED: "Waived",
}
_WORST_FIRST = (
    Outcome.FAILED,
    Outcome.COULD_NOT_RUN,
    Outcome.WARNED,
    Outcome.WAIVED,
    Outcome.NOTHING_TO_CHECK,
    Outcome.PASSED,
)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check with both denominators: the rows of the table, and those that the rule speaks of."""

    rule: str
    says: str
    table: str
    kind: str
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


@dataclass(frozen=True, slots=True)
class TotalLine:
    """One measure of a table over all buckets: the source's total, ours, and how many buckets agree."""

    table: str
    measure: str
    source_value: Number
    warehouse_value: Number
    difference: Number
    buckets: int
    agreeing: int


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One bucket or record that does not agree."""

    table: str
    measure: str
    place: str
    kind: str
    source_value: str
    warehouse_value: str
    difference: Number


@dataclass(frozen=True, slots=True)
class SourceChecks:
    """All checks of one source."""

    source: str
    outcomes: tuple[tuple[str, Outcome, int], ...]
    checks: tuple[CheckLine, ...]
    totals: tuple[TotalLine, ...]
    differences: tuple[DifferenceLine, ...]
    more_differences: int


def source_checks(readings: Readings) -> tuple[SourceChecks, ...]:
    """The checks of each source, in the order of their names."""
    sources = {row.source for row in readings.checks} | {row.source for row in readings.reconciliations}
    return tuple(_source(source, readings) for source in sorted(sources))


def _source(source: str, readings: Readings) -> SourceChecks:
    checks = sorted(
        (row for row in readings.checks if row.source == source),
        key=lambda row: (_WORST_FIRST.index(Outcome(row.outcome)), row.table_name, row.rule),
    )
    compared = [row for row in readings.reconciliations if row.source == source]
    apart = [row for row in compared if not _agrees(row)]
    outcomes = [Outcome(row.outcome) for row in checks]
    return SourceChecks(
        source=source,
        outcomes=tuple((_WORDS[one], one, outcomes.count(one)) for one in _WORST_FIRST if one in outcomes),
        checks=tuple(_check(row) for row in checks),
        totals=_totals(compared),
        differences=tuple(_difference(row) for row in apart[:MOST_DIFFERENCES]),
        more_differences=max(len(apart) - MOST_DIFFERENCES, 0),
    )


def _check(row: CheckRow) -> CheckLine:
    outcome = Outcome(row.outcome)
    return CheckLine(
        rule=row.rule,
        says=row.says,
        table=row.table_name,
        kind=row.check_kind.replace("_", " "),
        severity=row.severity,
        outcome=outcome,
        word=_WORDS[outcome],
        rows_in_table=_counted(row.rows_in_table),
        rows_tested=_counted(row.rows_tested),
        failing_count=_counted(row.failing_count),
        failing_share=percentage(row.failing_share, 2),
        allowed_share=percentage(row.allowed_share, 2),
        is_blocking=row.is_blocking,
        message=row.message or "",
    )


def _totals(rows: Sequence[ReconciliationRow]) -> tuple[TotalLine, ...]:
    groups: dict[tuple[str, str], list[ReconciliationRow]] = {}
    for row in rows:
        if row.record_key is None:
            groups.setdefault((row.table_name, row.measure), []).append(row)
    return tuple(
        TotalLine(
            table=table,
            measure=measure,
            source_value=_total(row.source_value for row in found),
            warehouse_value=_total(row.warehouse_value for row in found),
            difference=_apart(sum((row.difference for row in found if row.difference is not None), Decimal(0))),
            buckets=len(found),
            agreeing=sum(_agrees(row) for row in found),
        )
        for (table, measure), found in groups.items()
    )


def _difference(row: ReconciliationRow) -> DifferenceLine:
    return DifferenceLine(
        table=row.table_name,
        measure=row.measure,
        place=row.record_key or row.bucket or "",
        kind=(row.difference_kind or "").replace("_", " "),
        source_value=row.source_value or MISSING,
        warehouse_value=row.warehouse_value or MISSING,
        difference=_apart(row.difference),
    )


def _agrees(row: ReconciliationRow) -> bool:
    return row.outcome == Outcome.PASSED


def _total(values: Iterable[str | None]) -> Number:
    """The sum over the buckets; missing where one of them is no figure, as a sum without it would mislead."""
    try:
        total = sum((Decimal(value) for value in values if value is not None), Decimal(0))
    except InvalidOperation:
        return figure(None, _COUNT)
    return figure(total, _style(total))


def _apart(value: Decimal | None) -> Number:
    return difference(value, _style(value))


def _style(value: Decimal | None) -> NumberStyle:
    """Counts and amounts stand in one column: whole figures go without decimals."""
    return _AMOUNT if value is not None and value % 1 else _COUNT


def _counted(count: int | None) -> Number:
    return figure(None if count is None else Decimal(count), _COUNT)
