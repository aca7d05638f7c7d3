"""Which rows do the published tables have that the ledger does not say, and which do they lack?

Held against the fold of the ledger's own events: of all of them, or of those that the last publication could know.
DuckDB compares, row by row and as often as each row is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.folding import RecordedEvent
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger
from kpiledger.periods import COMMON, Reckoning
from kpiledger.projected.expected import expected_tables
from kpiledger.vocabulary import ApprovalState, Reference
from kpiledger.warehouse import Table, lay_table, open_current, rows_of

# What a publication says that was made before trials and approvals: everything binds.
_BEFORE_A_COLUMN = {
    "is_pilot": "false", "is_binding": "true", "approval_state": f"'{ApprovalState.NOT_REQUIRED}'",
    "is_pending": "false",
}  # fmt: skip
# Ledgers had these before the tables had them: there is nothing that such a table says of them.
_UNSAID = {"fct_kpi_target": frozenset({"named_version"}), "dim_agreement_version": frozenset({"fired_trigger"})}
# Those of the first tables: without one of them it is no table of ours.
_SINCE_A_COLUMN = {
    *_BEFORE_A_COLUMN, "approval_seq", "approval_recorded_at", "upper_value", "within_value",
    "commit_value", "amber_share", "amber_outside_by", "reference", "reference_times",
}  # fmt: skip
# The last day of a target's period follows from its grain and first day, and is not published; whether a trigger
# would still fire is computed from figures.
_NOT_COMPARED = {"fct_kpi_target": frozenset({"period_end"}), "fct_trigger_fired": frozenset({"is_still_so"})}
_ON_FIGURES = f"reference is not distinct from '{Reference.SAME_PERIOD_LAST_YEAR}'"
# A figure that is relative to the same period last year is computed from data, and no ledger knows it.
_COMPUTED = {
    "target_value": f"case when not {_ON_FIGURES} then target_value end",
    "amber_value": f"case when not ({_ON_FIGURES} and amber_share is not null) then amber_value end",
}
# What tells a row from the others of its table.
KEYS: Mapping[str, tuple[str, ...]] = {
    "dim_agreement_version": ("agreement", "agreement_version"),
    "fct_kpi_target": ("agreement", "agreement_version", "kpi", "slice", "member", "grain", "period_start"),
    "fct_decision": ("seq",),
    "fct_trigger_fired": ("seq",),
}
_COLUMNS_THERE = """
    select table_name, column_name from information_schema.columns
    where table_schema = 'kpi' and list_contains(?::varchar[], table_name)
"""
# In the order in which they are found: what the ledger says and the table lacks comes first.
_APART = """
    with own as ({own}), theirs as ({theirs}),
    apart as (
        select true as is_missing, * from (from own except all from theirs)
        union all
        select false as is_missing, * from (from theirs except all from own)
    )
    from apart order by is_missing desc, {columns}
"""


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that only one side has; `is_missing` where it is the table that lacks it.

    `apart` are the columns in which it differs from the other side's row of the same key; none without such a row.
    """

    table: str
    row: Mapping[str, object]
    is_missing: bool
    apart: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What tells the row from the others of its table."""
        return tuple(self.row[name] for name in KEYS[self.table])

    @property
    def said(self) -> dict[str, object]:
        """The row without the columns that say nothing."""
        return {name: value for name, value in self.row.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Compared:
    """Where published rows and ledger differ, and how many rows were compared.

    `as_of_seq` is the publication whose ledger the rows equal, if not today's. `unsaid` are the columns that a
    publication of another version does not have, and that were therefore not held against it.
    """

    differences: tuple[RowDifference, ...]
    rows: int
    unsaid: tuple[str, ...]
    as_of_seq: int | None = None


def compared(
    warehouse: Path,
    ledger: Ledger,
    entries: Sequence[Entry],
    events: Sequence[RecordedEvent],
    reckoning: Reckoning = COMMON,
) -> Compared:
    """Hold the published tables against the events of a ledger.

    A run records before it checks; when its checks fail, readers keep the former publication, whose tables are those
    of the ledger as it was.
    """
    with open_current(warehouse) as connection:
        there = _columns_there(connection)
        unsaid = tuple(sorted(name for table, names in _UNSAID.items() for name in names - there.get(table, names)))
        rows = sum(_count(connection, table) for table in there)
        apart = _differences(connection, there, expected_tables(ledger, entries, events, reckoning))
        last = next((entry.seq for entry in reversed(entries) if entry.kind is EntryKind.RUN_PUBLISHED), None)
        if apart and last is not None:
            known = [entry for entry in entries if entry.seq < last]
            known_events = [one for one in events if one.seq < last]
            if not _differences(connection, there, expected_tables(ledger, known, known_events, reckoning)):
                return Compared((), rows, unsaid, last)
        return Compared(apart, rows, unsaid)


def _columns_there(connection: DuckDBPyConnection) -> dict[str, frozenset[str]]:
    """The published tables that are compared, with their columns; one of before a table existed does not have it."""
    found = rows_of(connection, _COLUMNS_THERE, [list(KEYS)])
    return {
        table: frozenset(row["column_name"] for row in found if row["table_name"] == table)
        for table in {row["table_name"] for row in found}
    }


def _count(connection: DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"select count(*) from kpi.{table}").fetchall()
    return int(count)


def differences_of(warehouse: Path, expected: Iterable[Table]) -> tuple[RowDifference, ...]:
    """Where the tables of a warehouse differ from those expected."""
    with open_current(warehouse) as connection:
        return _differences(connection, _columns_there(connection), expected)


def _differences(
    connection: DuckDBPyConnection, there: Mapping[str, Set[str]], expected: Iterable[Table]
) -> tuple[RowDifference, ...]:
    """Rows that only one side has so often: a doubled row is a difference."""
    return tuple(one for table in expected for one in _of_table(connection, there.get(table.name), table))


def _of_table(connection: DuckDBPyConnection, there: Set[str] | None, table: Table) -> Sequence[RowDifference]:
    lay_table(connection, table.name, table, is_passing=True)
    unsaid = frozenset() if there is None else _UNSAID.get(table.name, frozenset()) - there
    left_out = unsaid | _NOT_COMPARED.get(table.name, frozenset())
    columns = {name: kind for name, kind in table.columns.items() if name not in left_out}
    names = ", ".join(columns)
    own = f"select {names} from temp.{table.name}"
    theirs = own + " limit 0" if there is None else _published(table.name, columns, there)
    found = rows_of(connection, _APART.format(own=own, theirs=theirs, columns=names))
    connection.execute(f"drop table temp.{table.name}")
    return _paired([_difference(table.name, row.pop("is_missing"), row) for row in found])


def _published(table: str, columns: Mapping[str, str], there: Set[str]) -> str:
    """What a published table says; a column that it did not have yet says of all what it says of plain targets."""
    # A first column that is not there is asked for all the same: it is then no table of ours, and said to be none.
    since = [name for name in columns if name in _SINCE_A_COLUMN and name not in there]
    added = "".join(f", cast({_BEFORE_A_COLUMN.get(name, 'null')} as {columns[name]}) as {name}" for name in since)
    said = ", ".join(f"{_COMPUTED[name]} as {name}" if name in _COMPUTED else name for name in columns)
    return f"select {said} from (select *{added} from kpi.{table})"


def _paired(found: Sequence[RowDifference]) -> Sequence[RowDifference]:
    """The same, with the columns named in which the two rows of a key differ."""
    by_key = defaultdict(list)
    for one in found:
        by_key[one.key].append(one)
    return [replace(one, apart=_apart(by_key[one.key])) for one in found]


def _apart(of_a_key: Sequence[RowDifference]) -> tuple[str, ...]:
    if {one.is_missing for one in of_a_key} != {True, False} or len(of_a_key) != 2:
        return ()
    one, other = (difference.row for difference in of_a_key)
    return tuple(name for name in one if one[name] != other[name])


def _difference(table: str, is_missing: bool, row: Mapping[str, object]) -> RowDifference:
    """A row as it was before the warehouse took the zone from its moments."""
    zoned = {name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for name, value in row.items()}
    return RowDifference(table, zoned, is_missing)
