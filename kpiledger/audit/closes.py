"""Which closes does the ledger hold, and which rows does a frozen file have? By the index: few entries are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from kpiledger.audit.answer import Asked
from kpiledger.closing.deeds import KINDS
from kpiledger.closing.judged import done_by, not_counting
from kpiledger.closing.standing import Close, closes_in
from kpiledger.closing.verified import sound_file
from kpiledger.errors import WrongUse
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.subjects import resolving
from kpiledger.ledger_index.entries import entries_at
from kpiledger.warehouse import literal

_SEQS = "select seq from entry where kind in (select unnest(?::varchar[])) order by seq"


def entries_of(asked: Asked, kinds: Iterable[EntryKind]) -> tuple[Entry, ...]:
    """Every entry of some kinds, in order."""
    index = asked.index()
    found = index.execute(_SEQS, [[kind.value for kind in kinds]]).fetchall()
    return entries_at(index, asked.ledger, (seq for (seq,) in found))


def closes_of(asked: Asked) -> tuple[Close, ...]:
    """Every close in the order recorded, of the period asked for or of all."""
    found = closes_in(entries_of(asked, KINDS))
    period = asked.words.get("period")
    return tuple(close for close in found if period in (None, close.period))


def uncounted(asked: Asked, *kinds: EntryKind) -> tuple[str, ...]:
    """The deeds of some kinds that do not count, on the period asked for or on any: who did them, and why not."""
    entries, period = entries_of(asked, KINDS), asked.words.get("period")
    void, plain = not_counting(entries), resolving(asked.ledger)
    return tuple(
        f"does not count: {_told(entry, plain(entry.content))}: {void[entry.entry_hash]}"
        for entry in entries
        if entry.kind in kinds and entry.entry_hash in void and period in (None, entry.content["period"])
    )


def _told(entry: Entry, said: Mapping[str, Any]) -> str:
    who = f"by {done_by(said)}, approved as it says by {said['approved_by']}"
    return f"entry {entry.seq}, {entry.kind} {said['period']} on {entry.recorded_at:%Y-%m-%d} {who}"


def rule_changes(asked: Asked, close: Close) -> tuple[str, ...]:
    """Which files of rules were other ones at a close than at the close recorded before it."""
    closes = [one for one in closes_in(entries_of(asked, KINDS)) if one.entry.seq < close.entry.seq]
    now = close.content.get("rules")
    then = closes[-1].content.get("rules") if closes else None
    if not now or not then:
        return ()
    between = f"between the closes {closes[-1].period}/{closes[-1].ordinal} and {close.period}/{close.ordinal}"
    return tuple(
        f"rules {'changed' if name in now and name in then else 'came' if name in now else 'went'} {between}: {name}"
        for name in sorted({*now, *then})
        if now.get(name) != then.get(name)
    )


def require_closes(asked: Asked) -> tuple[Close, ...]:
    """The closes of the period asked for; WrongUse where it never was closed."""
    found = closes_of(asked)
    if not found:
        closed = ", ".join(dict.fromkeys(close.period for close in closes_in(entries_of(asked, KINDS)))) or "none"
        raise WrongUse(f"{asked.words['period']} was never closed by itself", f"periods that were closed: {closed}")
    return found


def frozen_rows(asked: Asked, close: Close, name: str, where: str, words: dict[str, object]) -> list[dict[str, Any]]:
    """The rows of a frozen file that fit a condition of ours; its values are bound."""
    path = sound_file(asked.settings.closes, close, name)
    if path is None:
        return []
    with duckdb.connect() as connection:
        return rows_of_named(connection, f"select * from read_parquet({literal(path)}) where {where}", words)


def rows_of_named(connection: duckdb.DuckDBPyConnection, query: str, words: dict[str, object]) -> list[dict[str, Any]]:
    """The rows of a query with named values."""
    result = connection.execute(query, words)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
