"""Which entries stand behind rows of the index? Read again from the ledger, and held against their hashes."""

from __future__ import annotations

from collections.abc import Iterable

from duckdb import DuckDBPyConnection

from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.entry import Entry, decode_entry
from kpiledger.ledger.lines import lines_of
from kpiledger.ledger.merkle import leaf_hash
from kpiledger.ledger.store import Ledger
from kpiledger.ledger_index.many import MANY, many


def entries_at(index: DuckDBPyConnection, ledger: Ledger, seqs: Iterable[int]) -> tuple[Entry, ...]:
    """Single entries by seq, in order; LedgerDamaged where one does not have the hash that the signed tree has."""
    wanted = sorted(set(seqs))
    places = index.execute(
        f"select seq, first_byte, length, entry_hash from entry where seq in {MANY} order by seq", [many(wanted)]
    ).fetchall()
    with lines_of(ledger.storage) as lines:
        found = list(lines.at((seq, first_byte, length) for seq, first_byte, length, _ in places))
    for (seq, _, _, entry_hash), line in zip(places, found, strict=True):
        if leaf_hash(line).hex() != entry_hash:
            raise LedgerDamaged(
                f"entry {seq} hashes to {leaf_hash(line).hex()}, the signed tree has {entry_hash}",
                "run `kpi verify`, which names what was changed",
            )
    return tuple(decode_entry(line) for line in found)


def event_entries(index: DuckDBPyConnection, ledger: Ledger, agreements: Iterable[str]) -> tuple[Entry, ...]:
    """Every event of some agreements, to be folded."""
    found = index.execute(
        "select seq from event where agreement in (select unnest(?::varchar[]))", [sorted(set(agreements))]
    ).fetchall()
    return entries_at(index, ledger, (seq for (seq,) in found))
