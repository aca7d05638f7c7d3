"""How is the index made from entries, or brought up to the entries it does not have yet?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb
import orjson
from duckdb import DuckDBPyConnection

from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.lines import Lines
from kpiledger.ledger.merkle import leaf_hash
from kpiledger.ledger.subjects import commitments_by_place
from kpiledger.ledger_index.extracting import EXTRACTED, OUT_OF_PLACE, READ, arrived
from kpiledger.ledger_index.folding import FOLD
from kpiledger.ledger_index.tables import FOLDED, FORM, JUDGED, TABLES, add_rows
from kpiledger.ledger_index.verdicts import lay_verdicts
from kpiledger.warehouse import Table, lay_table, literal

_COMMITMENT = b'{"commitment":'
# So many entries, or agreements, are read at a time: all at once would need ten times their size in memory.
_AT_ONCE = 50_000
_TOUCHED = {"agreement": "varchar"}

Mention = tuple[int, str, str]


class Place(NamedTuple):
    """Where an entry stands among all lines, and the hash of its bytes."""

    seq: int
    first_byte: int
    length: int
    entry_hash: str


def make_tables(connection: DuckDBPyConnection) -> None:
    """The empty tables of the index."""
    for name, columns in TABLES.items():
        connection.execute(f"create table {name} ({_declared(columns)})")


def catch_up(
    connection: DuckDBPyConnection, lines: Lines, checkpoint: Checkpoint, judged_in: Path | None = None
) -> None:
    """Add what the checkpoint covers and the index does not have; LedgerDamaged where the roots do not meet.

    What another index keeps of judged approvals is taken over where its file is named, and not judged again.
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
    arriving = lines.after(known, checkpoint.size)
    places = _places(known, leaves)
    while batch := list(islice(arriving, _AT_ONCE)):
        _extract(connection, batch, list(islice(places, len(batch))))
    if judged_in:
        _take_over(connection, judged_in)
    else:
        judged = lay_verdicts(connection, lines, known.size)
        if known.size:  # else all agreements have arrived
            connection.execute("insert into arrived_in select unnest(?::varchar[])", [judged])
    _fold(connection, is_new=known.size == 0)
    connection.execute("delete from ledger")
    row = [FORM, whole.size, whole.root.hex(), whole.text.decode()]
    connection.execute("insert into ledger values (?, ?, ?, ?)", row)


def _places(known: Frontier, leaves: Iterable[tuple[bytes, int]]) -> Iterator[Place]:
    """Of the entries behind those known."""
    first_byte = known.length
    for seq, (leaf, length) in enumerate(leaves, known.size + 1):
        yield Place(seq, first_byte, length, leaf.hex())
        first_byte += length + 1


def _standing(connection: DuckDBPyConnection) -> Frontier:
    """How far the index is: the tree over the entries that it has."""
    known = connection.execute("select frontier from ledger").fetchone()
    found = Frontier.parse(known[0].encode()) if known else Frontier()
    if found is None:
        raise LedgerDamaged("the index of the ledger does not say how far it is", "delete it; it is made anew")
    return found


def _extract(connection: DuckDBPyConnection, batch: Sequence[bytes], places: Sequence[Place]) -> None:
    """Lay the rows of some entries, before anything is folded."""
    with _passing("jsonl") as said, _passing("tsv") as placed:
        said.writelines(line + b"\n" for line in batch)
        placed.writelines(b"%d\t%d\t%d\t%s\n" % (*place[:3], place.entry_hash.encode()) for place in places)
        said.flush()
        placed.flush()
        connection.execute(arrived(said.name, placed.name, max(place.length for place in places)))
        try:
            for statement in READ:
                connection.execute(statement)
        except (duckdb.InvalidInputException, duckdb.ConversionException) as problem:
            entries = f"one of the entries {places[0].seq} to {places[-1].seq}"
            raise LedgerDamaged(f"{entries} is none: {str(problem).splitlines()[0]}", "run `kpi verify`") from problem
    found = connection.execute(OUT_OF_PLACE).fetchone()
    if found:
        raise LedgerDamaged(f"entry {found[0]} does not say {found[0]} as its number", "run `kpi verify`")
    for statement in EXTRACTED:
        connection.execute(statement)
    # Most entries name no person, and need not be searched through.
    naming = ((place.seq, line) for place, line in zip(places, batch, strict=True) if _COMMITMENT in line)
    add_rows(connection, "mention", [found for seq, line in naming for found in _mentions(seq, line)])
    connection.execute("insert into arrived_in select distinct agreement from read_event")


def _passing(ending: str) -> tempfile._TemporaryFileWrapper[bytes]:
    return tempfile.NamedTemporaryFile(prefix="kpi-index-", suffix=f".{ending}")


def _take_over(connection: DuckDBPyConnection, path: Path) -> None:
    connection.execute(f"attach {literal(path)} as judged (read_only)")
    for table in JUDGED:
        connection.execute(f"insert into {table} select {', '.join(TABLES[table])} from judged.main.{table}")
    connection.execute("detach judged")


def _fold(connection: DuckDBPyConnection, is_new: bool) -> None:
    """Make versions, promises and changes of the agreements that have something new."""
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
