"""What do the published tables say of agreements, targets and decisions, and which of it does the ledger not say?

Held against the fold of the ledger's own events: of all of them, or of those that the last publication could know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from enum import StrEnum
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
from kpiledger.warehouse import open_current, rows_of

ProjectionRow = AgreementVersionRow | TargetPeriodRow | TalkedRow


class Absent(StrEnum):
    """What stands in a row for a column that the table did not have when it was published."""

    NOT_PUBLISHED = "not published"


# What a publication says that was made before trials and approvals: everything binds.
_BEFORE_A_COLUMN = {
    "is_pilot": False, "is_binding": True, "approval_state": ApprovalState.NOT_REQUIRED.value, "is_pending": False,
    # Ledgers had these before the tables had them: there is nothing that such a table says of them.
    "named_version": Absent.NOT_PUBLISHED, "fired_trigger": Absent.NOT_PUBLISHED,
}  # fmt: skip
# Those of the first tables: without one of them it is no table of ours.
_SINCE_A_COLUMN = {
    *_BEFORE_A_COLUMN, "approval_seq", "approval_recorded_at", "upper_value", "within_value", "commit_value",
    "amber_share", "amber_outside_by", "reference", "reference_times",
}  # fmt: skip
_FOLLOWS = "period_end"  # from the grain and the first day
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
    with open_current(warehouse) as connection:
        agreed = _projected(connection, "dim_agreement_version", AGREEMENT_VERSION)
        promised = _projected(connection, "fct_kpi_target", TARGET_PERIOD)
        talked = tuple(published_talk(connection))
    for row in promised:
        row["period_end"] = _last_day(row["period_start"], row["grain"])
        if row["reference"] == Reference.SAME_PERIOD_LAST_YEAR:
            row["target_value"] = None
            row["amber_value"] = row["amber_value"] if row["amber_share"] is None else None
    return [
        *(AgreementVersionRow(**_zoned(row)) for row in agreed),
        *(TargetPeriodRow(**_zoned(row)) for row in promised),
        *talked,
    ]


def not_published(rows: Iterable[ProjectionRow]) -> tuple[str, ...]:
    """The columns that a publication of another version does not have, and that are therefore not held against it."""
    return tuple(sorted({name for names in _absent(rows).values() for name in names}))


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
    absent = _absent(found)
    apart = differences(found, _without(absent, folded_rows(ledger, entries, events, reckoning)))
    last = next((entry.seq for entry in reversed(entries) if entry.kind is EntryKind.RUN_PUBLISHED), None)
    if apart and last is not None:
        known = [entry for entry in entries if entry.seq < last]
        then = _without(absent, folded_rows(ledger, known, [one for one in events if one.seq < last], reckoning))
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
    missing = {name: _BEFORE_A_COLUMN.get(name) for name in columns if name in _SINCE_A_COLUMN - there}
    asked = [name for name in columns if name not in missing and name != _FOLLOWS]
    return [missing | row for row in rows_of(connection, f"select {', '.join(asked)} from kpi.{table}")]


def _last_day(start: date | None, grain: str | None) -> date | None:
    """The last day of a published period; None where a changed cell makes it none, so that the row is a difference."""
    return Period(start, Grain(grain)).end if start is not None and grain in set(Grain) else None


def _absent(rows: Iterable[ProjectionRow]) -> Mapping[type, Collection[str]]:
    """By the type of a row, the columns that its table does not have; the rows of a table are alike in that."""
    one_each = {type(row): row for row in rows}
    return {
        kind: [one.name for one in fields(row) if isinstance(getattr(row, one.name), Absent)]
        for kind, row in one_each.items()
    }


def _without(absent: Mapping[type, Collection[str]], rows: Counter[ProjectionRow]) -> Counter[ProjectionRow]:
    """Rows of the ledger as a table without some columns has them."""
    if not any(absent.values()):
        return rows
    left: Counter[ProjectionRow] = Counter()
    for row, count in rows.items():
        nothing: dict[str, Any] = dict.fromkeys(absent.get(type(row), ()), Absent.NOT_PUBLISHED)
        left[replace(row, **nothing)] += count
    return left


def _zoned(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it was before the warehouse took the zone from its moments."""
    return {name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for name, value in row.items()}
