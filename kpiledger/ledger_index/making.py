"""How is the index made from entries, or brought up to the entries it does not have yet?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import orjson
from duckdb import DuckDBPyConnection

from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.lines import Lines
from kpiledger.ledger.merkle import leaf_hash
from kpiledger.ledger.subjects import commitments_by_place
from kpiledger.ledger_index.extracting import ARRIVED, EXTRACTED
from kpiledger.ledger_index.folding import FOLD
from kpiledger.ledger_index.tables import FOLDED, FORM, TABLES, add_rows
from kpiledger.ledger_index.verdicts import lay_verdicts
from kpiledger.warehouse import Table, lay_table

_COMMITMENT = b'{"commitment":'
# Canonical JSON has neither tabs nor line ends, so tabs part the columns and nothing needs quoting.
_TABS = "format csv, header false, delimiter '\t', quote '', escape '', auto_detect false, max_line_size 100000000"

# So many entries, or agreements, are read at a time: all at once would need ten times their size in memory.
_AT_ONCE = 50_000
_TOUCHED = {"agreement": "varchar"}

Mention = tuple[int, str, str]


class Arrived(NamedTuple):
    """An entry that the index does not have yet: its bytes, their hash, and where they begin among all lines."""

    seq: int
    first_byte: int
    leaf: bytes
    line: bytes


def make_tables(connection: DuckDBPyConnection) -> None:
    """The empty tables of the index."""
    for name, columns in TABLES.items():
        connection.execute(f"create table {name} ({_declared(columns)})")


def catch_up(connection: DuckDBPyConnection, lines: Lines, checkpoint: Checkpoint, *, is_judged: bool = True) -> None:
    """Add what the checkpoint covers and the index does not have; LedgerDamaged where the roots do not meet.

    Unless `is_judged`, the tables of JUDGED are left as they are.
    """
    known = _standing(connection)
    # First all hashes: bytes that nobody signed are not read.
    leaves = [(leaf_hash(line), len(line)) for line in lines.after(known, checkpoint.size)]
    whole = known.grown([leaf for leaf, _ in leaves], sum(length + 1 for _, length in leaves))
    if whole.root != checkpoint.root:
        raise LedgerDamaged("the ledger's entries do not have the root of its checkpoint", "run `kpi verify`")
    # Two threads take half as much CPU again, and no less time.
    connection.execute("set threads to 1")
    # No transaction holds it all together: an index that was not finished is never put in place.
    connection.execute("create or replace temp table arrived_in (agreement varchar)")
    numbered = enumerate(lines.after(known, checkpoint.size), known.size + 1)
    placed = zip(numbered, leaves, _first_bytes(known.length, leaves), strict=True)
    while batch := list(islice(placed, _AT_ONCE)):
        _extract(connection, [Arrived(seq, first, leaf, line) for (seq, line), (leaf, _), first in batch])
    if is_judged:
        lay_verdicts(connection, lines, known.size)
    _fold(connection, is_new=known.size == 0)
    connection.execute("delete from ledger")
    row = [FORM, whole.size, whole.root.hex(), whole.text.decode()]
    connection.execute("insert into ledger values (?, ?, ?, ?)", row)


def _first_bytes(first_byte: int, leaves: Iterable[tuple[bytes, int]]) -> Iterator[int]:
    for _, length in leaves:
        yield first_byte
        first_byte += length + 1


def _standing(connection: DuckDBPyConnection) -> Frontier:
    """How far the index is: the tree over the entries that it has."""
    known = connection.execute("select frontier from ledger").fetchone()
    found = Frontier.parse(known[0].encode()) if known else Frontier()
    if found is None:
        raise LedgerDamaged("the index of the ledger does not say how far it is", "delete it; it is made anew")
    return found


def _extract(connection: DuckDBPyConnection, batch: Sequence[Arrived]) -> None:
    """Lay the rows of some entries, before anything is folded."""
    with tempfile.NamedTemporaryFile(prefix="kpi-index-", suffix=".tsv") as file:
        for one in batch:
            place = f"{one.seq}\t{one.first_byte}\t{len(one.line)}\t{one.leaf.hex()}\t"
            file.write(place.encode() + one.line + b"\n")
        file.flush()
        connection.execute(f"create or replace temp table arrived ({_declared(ARRIVED)})")
        connection.execute(f"copy arrived from '{Path(file.name)}' ({_TABS})")
    for statement in EXTRACTED:
        connection.execute(statement)
    # Most entries name no person, and need not be searched through.
    mentions = [found for one in batch if _COMMITMENT in one.line for found in _mentions(one.seq, one.line)]
    add_rows(connection, "mention", mentions)
    connection.execute("insert into arrived_in select distinct agreement from read_event")


def _fold(connection: DuckDBPyConnection, is_new: bool) -> None:
    """Make versions, promises and changes of the agreements that have a new event."""
    found = connection.execute(
        "select agreement from event semi join arrived_in using (agreement) group by agreement order by min(seq)"
    )
    agreements = iter([name for (name,) in found.fetchall()])
    while touched := list(islice(agreements, _AT_ONCE)):
        lay_table(connection, "touched", Table("touched", _TOUCHED, [(name,) for name in touched]), is_passing=True)
        for table in () if is_new else FOLDED:
            connection.execute(f"delete from {table} where agreement in (select agreement from touched)")
        for statement in FOLD:
            connection.execute(statement)


def _mentions(seq: int, line: bytes) -> Iterator[Mention]:
    for place, commitment in commitments_by_place(orjson.loads(line)["content"]):
        yield seq, commitment, place


def _declared(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{column} {kind}" for column, kind in columns.items())
