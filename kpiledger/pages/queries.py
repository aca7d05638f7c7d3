"""What the pages read from the warehouse: the rows of the kpi schema, read once and never written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from kpiledger.errors import BrokenWorld

Row = TypeVar("Row")


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
    outcome: str
    record_key: str | None
    difference_kind: str | None


@dataclass(frozen=True, slots=True)
class Readings:
    """All that the pages show, in a stable order."""

    as_of_on: date | None
    scorecard: tuple[ScorecardRow, ...]
    targets: tuple[TargetRow, ...]
    versions: tuple[AgreementVersionRow, ...]
    checks: tuple[CheckRow, ...]
    reconciliations: tuple[ReconciliationRow, ...]


def read_all(warehouse: Path) -> Readings:
    """Read the tables of a finished build; BrokenWorld where the file or one of its tables is missing."""
    if not warehouse.is_file():
        raise BrokenWorld(f"there is no warehouse at {warehouse}", "`kpi run` builds it")
    try:
        with _opened(warehouse) as connection:
            return _read(connection)
    except duckdb.Error as problem:
        raise BrokenWorld(
            f"the warehouse {warehouse} cannot be read for the pages: {problem}",
            "`kpi run` builds it anew",
        ) from problem


def _read(connection: Any) -> Readings:
    found = connection.execute("select as_of_on from kpi.as_of").fetchone()
    return Readings(
        as_of_on=found[0] if found else None,
        scorecard=_rows(
            connection, ScorecardRow, "kpi.fct_scorecard", "holder, kpi, slice, member, grain, period_start"
        ),
        targets=_rows(
            connection,
            TargetRow,
            "kpi.fct_kpi_target",
            "holder, kpi, slice, member, grain, period_start, agreement, agreement_version",
        ),
        versions=_rows(connection, AgreementVersionRow, "kpi.dim_agreement_version", "valid_from, seq"),
        checks=_rows(connection, CheckRow, "kpi.fct_check_result", "source, table_name, rule"),
        reconciliations=_rows(
            connection,
            ReconciliationRow,
            "kpi.fct_reconciliation",
            "source, table_name, level, measure, bucket, record_key",
        ),
    )


@contextmanager
def _opened(warehouse: Path) -> Iterator[Any]:
    connection = duckdb.connect(str(warehouse), read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def _rows(connection: Any, row: type[Row], table: str, order: str) -> tuple[Row, ...]:
    """Every row of a table as `row`, whose fields name the columns; table and order are ours, not a user's."""
    columns = fields(row)  # type: ignore[arg-type]
    names = ", ".join(column.name for column in columns)
    numbers = [index for index, column in enumerate(columns) if "Decimal" in str(column.type)]
    found = connection.execute(f"select {names} from {table} order by {order}").fetchall()
    return tuple(row(*_exact(values, numbers)) for values in found)


def _exact(values: tuple[Any, ...], numbers: list[int]) -> list[Any]:
    """Doubles become the decimals that they are written as, so that pages calculate in one type."""
    exact = list(values)
    for index in numbers:
        if isinstance(exact[index], (int, float)):
            exact[index] = Decimal(repr(exact[index]))
    return exact
