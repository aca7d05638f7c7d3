"""What do the published tables say of agreements, targets and decisions, and which of it does the ledger not say?

Held against the fold of the ledger's own events: of all of them, or of those that the last publication could know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.approvals import approvals_of
from kpiledger.folding import (
    AgreementVersionRow,
    RecordedEvent,
    TargetPeriodRow,
    agreement_version_rows,
    fold,
    target_period_rows,
)
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger
from kpiledger.periods import COMMON, Period, Reckoning
from kpiledger.projection import AGREEMENT_VERSION, TARGET_PERIOD
from kpiledger.reviews.projected import TalkedRow, published_talk, talked_rows
from kpiledger.vocabulary import ApprovalState, Grain, Reference
from kpiledger.warehouse import open_reader, rows_of

ProjectionRow = AgreementVersionRow | TargetPeriodRow | TalkedRow

# What a publication says that was made before trials and approvals: everything binds.
_BEFORE_A_COLUMN = {
    "is_pilot": False, "is_binding": True, "approval_state": ApprovalState.NOT_REQUIRED.value, "is_pending": False,
}  # fmt: skip
_COLUMNS_THERE = "select column_name from information_schema.columns where table_schema = 'kpi' and table_name = ?"


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that only one side has, so many times more; `is_missing` where it is the table that lacks it."""

    row: ProjectionRow
    is_missing: bool
    count: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Where rows and ledger differ; `as_of_seq` is the publication whose ledger the rows equal, if not today's."""

    differences: tuple[RowDifference, ...]
    as_of_seq: int | None = None


def projected_rows(warehouse: Path) -> list[ProjectionRow]:
    """What the published tables say of agreements and targets, to be held against the ledger.

    A figure that is relative to the same period last year is computed from data, and no ledger knows it.
    """
    with open_reader(warehouse) as connection:
        agreed = _projected(connection, "dim_agreement_version", AGREEMENT_VERSION)
        promised = _projected(connection, "fct_kpi_target", TARGET_PERIOD)
        talked = tuple(published_talk(connection))
    for row in promised:
        row["period_end"] = Period(row["period_start"], Grain(row["grain"])).end
        if row["reference"] == Reference.SAME_PERIOD_LAST_YEAR:
            row["target_value"] = None
            row["amber_value"] = row["amber_value"] if row["amber_share"] is None else None
    return [
        *(AgreementVersionRow(**_zoned(row)) for row in agreed),
        *(TargetPeriodRow(**_zoned(row)) for row in promised),
        *talked,
    ]


def compared(
    ledger: Ledger,
    entries: Sequence[Entry],
    events: Sequence[RecordedEvent],
    rows: Iterable[ProjectionRow],
    reckoning: Reckoning = COMMON,
) -> Compared:
    """Hold rows against the events of a ledger.

    A run records before it checks; when its checks fail, readers keep the former publication, whose tables are those
    of the ledger as it was.
    """
    found = Counter(rows)
    apart = differences(found, folded_rows(ledger, entries, events, reckoning))
    last = next((entry.seq for entry in reversed(entries) if entry.kind is EntryKind.RUN_PUBLISHED), None)
    if apart and last is not None:
        known = [entry for entry in entries if entry.seq < last]
        then = folded_rows(ledger, known, [event for event in events if event.seq < last], reckoning)
        if not differences(found, then):
            return Compared((), last)
    return Compared(apart)


def folded_rows(
    ledger: Ledger, entries: Sequence[Entry], events: Sequence[RecordedEvent], reckoning: Reckoning
) -> Counter[ProjectionRow]:
    """The rows that the tables have where they say what the entries and their events say, each as often."""
    approvals = approvals_of(ledger, entries)
    versions = fold(events, approvals)
    rows: Counter[ProjectionRow] = Counter(agreement_version_rows(versions))
    rows.update(target_period_rows(versions, reckoning))
    rows.update(talked_rows(ledger, entries, reckoning))
    return rows


def differences(have: Counter[ProjectionRow], want: Counter[ProjectionRow]) -> tuple[RowDifference, ...]:
    """Rows that only one side has so often: a doubled row is a difference."""
    return tuple(
        RowDifference(row, is_missing, count)
        for is_missing, side in ((True, want - have), (False, have - want))
        for row, count in side.items()
    )


def _projected(connection: DuckDBPyConnection, table: str, columns: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of a published table; a column that it did not have yet says of all what it says of plain targets."""
    there = {row["column_name"] for row in rows_of(connection, _COLUMNS_THERE, [table])}
    asked = [name for name in columns if name in there]
    missing = {name: _BEFORE_A_COLUMN.get(name) for name in columns if name not in there}
    return [missing | row for row in rows_of(connection, f"select {', '.join(asked)} from kpi.{table}")]


def _zoned(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it was before the warehouse took the zone from its moments."""
    return {name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for name, value in row.items()}
