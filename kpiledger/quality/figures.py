"""What a reconciliation's figures come to: the result of the table and the rows kept behind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kpiledger.quality.asking import Asking
from kpiledger.quality.differences import Difference
from kpiledger.quality.reconciling.explained import of_difference, of_late, of_total
from kpiledger.quality.reconciling.late import Late, SetAside
from kpiledger.quality.report import (
    RECONCILIATION,
    CheckResult,
    DifferenceKind,
    Level,
    QualityReport,
    ReconciliationRow,
)
from kpiledger.quality.totals import Total
from kpiledger.specs.expectation import CheckedTable
from kpiledger.vocabulary import Outcome

SAYS = "The warehouse agrees with the source"


@dataclass(frozen=True, slots=True)
class Held:
    """What came of holding one table's two sides together."""

    in_table: int
    tested: int
    late: SetAside
    by_row: bool
    totals: list[Total]
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Place:
    """The table that figures belong to."""

    source: str
    table: CheckedTable
    asking: Asking

    def row(
        self,
        level: Level,
        measure: str,
        outcome: Outcome,
        source_value: str | None,
        warehouse_value: str | None,
        bucket: str | None = None,
        difference: Decimal | None = None,
        tolerance: Decimal | None = None,
        record_key: str | None = None,
        difference_kind: DifferenceKind | None = None,
        explanation: str | None = None,
    ) -> ReconciliationRow:
        """One row of the table fct_reconciliation."""
        return ReconciliationRow(
            self.asking.run_id, self.source, self.table.table, self.table.model, level, bucket, measure,
            source_value, warehouse_value, difference, tolerance, outcome, record_key, difference_kind,
            self.asking.checked_at, explanation,
        )  # fmt: skip


def told(place: Place, held: Held) -> QualityReport:
    """The result of a table's reconciliation and every figure behind it."""
    rows = _total_rows(place, held)
    rows += [_late_count_row(place, held.late)] if held.late.records else []
    rows += [_agreeing_row(place, held.tested, held.differences)] if held.by_row else []
    rows += [_difference_row(place, difference) for difference in held.differences]
    rows += [_late_row(place, late, held.late) for late in held.late.records]
    return QualityReport((_result(place, held),), (), tuple(rows))


def not_reconciled(source: str, table: CheckedTable, why: str, asking: Asking) -> CheckResult:
    """The result where one of the two sides cannot be read: not verified."""
    return _check(source, table, asking, None, None, None, Outcome.COULD_NOT_RUN, f"not verified: {why}")


def _result(place: Place, held: Held) -> CheckResult:
    wrong_totals = sum(not total.agrees for total in held.totals)
    keys = len({difference.record_key for difference in held.differences})
    failing, late = keys or wrong_totals, len(held.late.records)
    if not held.totals and not late:
        message, outcome = "neither side has a row", Outcome.NOTHING_TO_CHECK
    else:
        message = f"{wrong_totals:,} of {len(held.totals):,} totals differ"
        if held.by_row:
            message += f", {keys:,} of {held.tested:,} records differ{_kinds(held.differences)}"
        message += f"; {late:,} rows came after the extract" if late else ""
        outcome = Outcome.FAILED if failing else Outcome.PASSED
    return _check(place.source, place.table, place.asking, held.in_table, held.tested, failing, outcome, message)


def _kinds(found: list[Difference]) -> str:
    if not found:
        return ""
    counted = {kind: len({one.record_key for one in found if one.kind is kind}) for kind in {one.kind for one in found}}
    return ": " + ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(counted.items()))


def _check(
    source: str,
    table: CheckedTable,
    asking: Asking,
    in_table: int | None,
    tested: int | None,
    failing: int | None,
    outcome: Outcome,
    message: str,
) -> CheckResult:
    share = Decimal(failing) / tested if tested and failing is not None else None
    return CheckResult(
        run_id=asking.run_id,
        source=source,
        table_name=table.table,
        model=table.model,
        rule=RECONCILIATION,
        says=SAYS,
        check_kind=RECONCILIATION,
        severity="blocking",
        outcome=outcome,
        rows_in_table=in_table,
        rows_tested=tested,
        failing_count=failing,
        failing_share=None if share is None else share.quantize(Decimal("0.0000000001")),
        allowed_share=None,
        is_blocking=outcome in (Outcome.FAILED, Outcome.COULD_NOT_RUN),
        message=message,
        checked_at=asking.checked_at,
    )


def _total_rows(place: Place, held: Held) -> list[ReconciliationRow]:
    apart: dict[str | None, list[Difference]] = {}
    for one in held.differences:
        apart.setdefault(one.bucket, []).append(one)
    late: dict[str | None, list[Late]] = {}
    for record in held.late.records:
        late.setdefault(record.bucket, []).append(record)
    return [_total_row(place, one, apart.get(one.bucket, []), late.get(one.bucket, [])) for one in held.totals]


def _total_row(place: Place, one: Total, apart: list[Difference], late: list[Late]) -> ReconciliationRow:
    outcome = Outcome.PASSED if one.agrees else Outcome.FAILED
    ours, theirs, explanation = _written(one.source), _written(one.warehouse), of_total(one, apart, late)
    return place.row(
        "total", one.measure, outcome, ours, theirs, one.bucket, one.difference, one.tolerance, explanation=explanation
    )


def _late_count_row(place: Place, late: SetAside) -> ReconciliationRow:
    return place.row("total", "late rows", Outcome.WARNED, str(len(late.records)), "0")


def _late_row(place: Place, one: Late, late: SetAside) -> ReconciliationRow:
    return place.row(
        "row", "rows", Outcome.WARNED, one.changed, None, one.bucket, None, None, one.record_key, DifferenceKind.LATE,
        of_late(one, late),
    )  # fmt: skip


def _agreeing_row(place: Place, compared: int, found: list[Difference]) -> ReconciliationRow:
    same = str(compared - len({one.record_key for one in found}))
    outcome = Outcome.FAILED if found else Outcome.PASSED if compared else Outcome.NOTHING_TO_CHECK
    return place.row("row", "records that agree", outcome, same, same)


def _difference_row(place: Place, one: Difference) -> ReconciliationRow:
    return place.row(
        "row", one.measure, Outcome.FAILED, one.source, one.warehouse, one.bucket, one.difference, one.tolerance,
        one.record_key, one.kind, of_difference(one),
    )  # fmt: skip


def _written(figure: Decimal | None) -> str | None:
    return None if figure is None else format(figure.normalize(), "f")
