"""How do frozen figures get into a warehouse that is built aside: into schema `recorded`, before dbt builds?

A figure is official as it was closed, or as it was restated last; what it was when the period was closed stays
beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.closing.attempts import Attempt
from kpiledger.closing.columns import (
    CLOSED_PERIOD,
    PERIOD_CLOSE,
    SCORECARD_KEY,
    VALUES_KEY,
    agreement_text,
    frozen_keys,
    nothing_closed,
    promise_text,
)
from kpiledger.closing.places import SCORECARD_FILE, VALUES_FILE, folder_of
from kpiledger.closing.standing import Close, last_of_each
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import holder_name, resolving
from kpiledger.warehouse import Table, lay_tables, literal

RECORDED = "recorded"
_EVENTS = {
    EntryKind.PERIOD_CLOSED: "closed",
    EntryKind.PERIOD_LOCKED: "locked",
    EntryKind.PERIOD_REOPENED: "reopened",
    EntryKind.PERIOD_RESTATED: "restated",
}
# Table, its file, its key, and what is kept as it was closed, whatever is restated later.
_FROZEN = (
    (
        "closed_scorecard",
        SCORECARD_FILE,
        SCORECARD_KEY,
        {
            "as_closed": "frozen.actual",
            "status_as_closed": "frozen.status",
            "target_as_closed": "frozen.target_value",
            "promise_as_closed": promise_text("frozen"),
            "agreement_as_closed": agreement_text("frozen"),
            "version_as_closed": "frozen.kpi_version",
        },
    ),
    ("closed_value", VALUES_FILE, VALUES_KEY, {"as_closed": "frozen.value", "version_as_closed": "frozen.version"}),
)


def lay_closes(
    warehouse: Path, ledger: Ledger, closes: Sequence[Close], folder: Path, attempts: Sequence[Attempt]
) -> None:
    """Lay what was closed, and what was tried and does not count; the files were verified before."""
    value_of = resolving(ledger)
    empty = [table for table in nothing_closed() if table.name in ("closed_scorecard", "closed_value")]
    happened = [row for close in closes for row in _close_rows(close, value_of)]
    tables = [
        *empty,
        Table("closed_period", CLOSED_PERIOD, [_period_row(close) for close in last_of_each(closes).values()]),
        Table("period_close", PERIOD_CLOSE, [*happened, *(_attempt_row(one, value_of) for one in attempts)]),
    ]
    lay_tables(warehouse, RECORDED, tables)
    with duckdb.connect(str(warehouse)) as connection:
        for close in closes:
            if close.is_standing:
                for table, name, key, kept in _FROZEN:
                    _lay_frozen(connection, close, folder_of(folder, close), (table, name, key, kept))
        _name_holders(connection, value_of)


def _lay_frozen(
    connection: duckdb.DuckDBPyConnection,
    close: Close,
    folder: Path,
    what: tuple[str, str, tuple[str, ...], Mapping[str, str]],
) -> None:
    table, name, key, kept = what
    of_close = f"""'{close.period}' as close_period, {close.ordinal} as close_ordinal,
        '{close.state}' as close_state, timestamp '{_utc(close.closed_at)}' as closed_at"""
    first = ", ".join(f"{expression} as {column}" for column, expression in kept.items())
    connection.execute(f"""
        insert into {RECORDED}.{table} by name
        select *, {of_close}, {first} from read_parquet({literal(folder / name)}) as frozen
    """)
    for number, entry in enumerate(close.restatements, 1):
        path = folder / f"restated-{number}" / name
        before = ", ".join(f"before.{column}" for column in kept)
        connection.execute(f"""
            create or replace temp table restated as
            select fresh.*, {of_close}, {before}, {entry.seq} as restated_by_seq
            from read_parquet({literal(path)}) as fresh
            left join {RECORDED}.{table} as before on {frozen_keys(key, "before", "fresh")}
        """)
        connection.execute(
            f"delete from {RECORDED}.{table} as old using restated where {frozen_keys(key, 'old', 'restated')}"
        )
        connection.execute(f"insert into {RECORDED}.{table} by name select * from restated")
    connection.execute("drop table if exists restated")


def _name_holders(connection: duckdb.DuckDBPyConnection, value_of: Callable[[Any], Any]) -> None:
    """People by their ids, or as erased, in the place of their commitments."""
    table = f"{RECORDED}.closed_scorecard"
    found = connection.execute(f"select distinct holder from {table} where holder like 'commitment:%'").fetchall()
    for (holder,) in found:
        name = holder_name(value_of({"commitment": holder.removeprefix("commitment:")}))
        connection.execute(f"update {table} set holder = ? where holder = ?", [name, holder])


def _period_row(close: Close) -> tuple[object, ...]:
    return close.period, close.first_day, close.last_day, close.state.value, _utc(close.closed_at)


def _close_rows(close: Close, value_of: Callable[[Any], Any]) -> Iterable[tuple[object, ...]]:
    """What happened to a close, in the order recorded."""
    happened = (close.entry, close.lock, close.reopening, *close.restatements)
    for entry in sorted((entry for entry in happened if entry), key=lambda entry: entry.seq):
        yield _event_row(close, entry, value_of(entry.content))


def _event_row(close: Close, entry: Entry, said: Mapping[str, Any]) -> tuple[object, ...]:
    standing = (close.is_standing, close.state.value, True, None)
    return *_said(entry, said, (close.first_day, close.last_day)), *standing


def _attempt_row(attempt: Attempt, value_of: Callable[[Any], Any]) -> tuple[object, ...]:
    return *_said(attempt.entry, value_of(attempt.entry.content), attempt.days), False, None, False, attempt.why_not


def _said(entry: Entry, said: Mapping[str, Any], days: tuple[date | None, date | None]) -> tuple[object, ...]:
    event = _EVENTS[entry.kind]
    rows = said.get("rows")
    return (
        said["period"], int(said["ordinal"]), event, *days, entry.seq, _utc(entry.recorded_at), entry.entry_hash,
        said[f"{event}_by"], said["approved_by"], said.get("reason"), said.get("until"),
        sum(map(int, rows.values())) if rows else None, said.get("signature") is not None,
    )  # fmt: skip


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
