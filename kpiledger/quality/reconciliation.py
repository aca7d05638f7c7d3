"""Reconciles the warehouse's staging models with one source system: totals first, then rows by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
from sqlalchemy.exc import SQLAlchemyError

from kpiledger.errors import BrokenWorld, KpiledgerError
from kpiledger.quality.comparing import Difference, Total, compared_keys, differences, set_late_aside, totals
from kpiledger.quality.queries import Relation, seen_query
from kpiledger.quality.registration import Asking, first_line
from kpiledger.quality.report import (
    RECONCILIATION,
    CheckResult,
    DifferenceKind,
    Level,
    QualityReport,
    ReconciliationRow,
)
from kpiledger.quality.session import SourceSession
from kpiledger.quality.sides import described, put_source, put_warehouse
from kpiledger.specs.expectation import CheckedTable
from kpiledger.vocabulary import Outcome

SAYS = "The warehouse agrees with the source"


@contextmanager
def open_warehouse(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the staging models of a warehouse and cannot change it."""
    if not warehouse.is_file():
        raise BrokenWorld(f"the warehouse {warehouse.name} does not exist", "build it first: `kpi run`")
    with duckdb.connect(":memory:") as link:
        written = str(warehouse).replace("'", "''")
        link.execute(f"attach '{written}' as warehouse (read_only)")
        link.execute("use warehouse.staging")
        yield link


def reconcile(
    session: SourceSession,
    table: CheckedTable,
    relations: Mapping[str, Relation],
    link: duckdb.DuckDBPyConnection,
    asking: Asking,
) -> QualityReport:
    """The result of one table's reconciliation and every figure behind it."""
    try:
        held = _held_together(session, table, relations, link)
    except (KpiledgerError, SQLAlchemyError, duckdb.Error) as problem:
        why = first_line(problem)
        return QualityReport((not_reconciled(session.source, table, why, asking),))
    place = Place(session.source, table, asking)
    rows = [_total_row(place, total) for total in held.totals]
    rows += [_late_row(place, held.late)] if held.late else []
    rows += [_agreeing_row(place, held.tested, held.differences)] if held.by_row else []
    rows += [_difference_row(place, difference) for difference in held.differences]
    return QualityReport((_result(place, held),), (), tuple(rows))


@dataclass(frozen=True, slots=True)
class Held:
    """What came of holding one table's two sides together."""

    in_table: int
    tested: int
    late: int
    by_row: bool
    totals: list[Total]
    differences: list[Difference]


def _held_together(
    session: SourceSession,
    table: CheckedTable,
    relations: Mapping[str, Relation],
    link: duckdb.DuckDBPyConnection,
) -> Held:
    asked = table.reconcile
    compared = described(link, table, relations)
    rows = session.rows(seen_query(table, table.table, relations, list(compared.types), session.dialect))
    put_source(link, compared, rows)
    put_warehouse(link, compared, relations)
    late = set_late_aside(link, asked.cut_off if asked else None)
    summed = totals(link, compared)
    by_row = bool(asked and asked.rows) or not all(total.agrees for total in summed)
    found = differences(link, compared) if by_row else []
    tested = compared_keys(link) if by_row else len(rows) - late
    return Held(len(rows), tested, late, by_row, summed, found)


def not_reconciled(source: str, table: CheckedTable, why: str, asking: Asking) -> CheckResult:
    """The result where one of the two sides cannot be read: not verified."""
    return _check(source, table, asking, None, None, None, Outcome.COULD_NOT_RUN, f"not verified: {why}")


def _result(place: Place, held: Held) -> CheckResult:
    wrong_totals = sum(not total.agrees for total in held.totals)
    keys = len({difference.record_key for difference in held.differences})
    failing = keys or wrong_totals
    if not held.totals:
        message, outcome = "neither side has a row", Outcome.NOTHING_TO_CHECK
    else:
        message = f"{wrong_totals:,} of {len(held.totals):,} totals differ"
        if held.by_row:
            message += f", {keys:,} of {held.tested:,} records differ{_kinds(held.differences)}"
        message += f"; {held.late:,} rows came after the extract" if held.late else ""
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
    ) -> ReconciliationRow:
        """One row of the table fct_reconciliation."""
        return ReconciliationRow(
            self.asking.run_id, self.source, self.table.table, self.table.model, level, bucket, measure,
            source_value, warehouse_value, difference, tolerance, outcome, record_key, difference_kind,
            self.asking.checked_at,
        )  # fmt: skip


def _total_row(place: Place, one: Total) -> ReconciliationRow:
    outcome = Outcome.PASSED if one.agrees else Outcome.FAILED
    ours, theirs = _written(one.source), _written(one.warehouse)
    return place.row("total", one.measure, outcome, ours, theirs, one.bucket, one.difference, one.tolerance)


def _late_row(place: Place, late: int) -> ReconciliationRow:
    return place.row("total", "late rows", Outcome.WARNED, str(late), "0")


def _agreeing_row(place: Place, compared: int, found: list[Difference]) -> ReconciliationRow:
    same = str(compared - len({one.record_key for one in found}))
    outcome = Outcome.FAILED if found else Outcome.PASSED if compared else Outcome.NOTHING_TO_CHECK
    return place.row("row", "records that agree", outcome, same, same)


def _difference_row(place: Place, one: Difference) -> ReconciliationRow:
    return place.row(
        "row", one.measure, Outcome.FAILED, one.source, one.warehouse, one.bucket, one.difference, one.tolerance,
        one.record_key, one.kind,
    )  # fmt: skip


def _written(figure: Decimal | None) -> str | None:
    return None if figure is None else format(figure.normalize(), "f")
