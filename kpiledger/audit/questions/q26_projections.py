"""Question 26: do the tables that were made from the ledger say what it says, row by row?

Held against the ledger: the published tables of agreements, targets, decisions and fired triggers, and the index that
questions are answered from. Both are made anew from the entries, and every row that differs is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields

from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.errors import LedgerDamaged
from kpiledger.evidence.proving import leaf_hashes
from kpiledger.folding import AgreementVersionRow, TargetPeriodRow
from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.merkle import root
from kpiledger.ledger.store import read_entries, signed_checkpoint
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.ledger_index.tables import TABLES
from kpiledger.projected import ProjectionRow, compared, not_published, projected_rows
from kpiledger.reviews.projected import TalkedRow

COLUMNS = ("projection", "table", "difference", "row")
# Up to here the index is made anew within two seconds; above, only its entries are compared.
_MADE_ANEW = 10_000

Row = tuple[object, ...]
_TABLE_OF: dict[type, str] = {AgreementVersionRow: "kpi.dim_agreement_version", TargetPeriodRow: "kpi.fct_kpi_target"}


def answer(asked: Asked) -> Answer:
    """A row for each row that only one side has; none where all is equal."""
    index, checkpoint = asked.index(), signed_checkpoint(asked.ledger)
    told: list[str] = []
    notes: list[str] = []
    rows: list[Row] = []
    if asked.settings.warehouse.exists():
        rows += _of_warehouse(asked, told, notes)
    else:
        notes.append("Published tables are not looked at: nothing is published.")
    if checkpoint.size <= _MADE_ANEW:
        rows += _of_index(index, index_in_memory(asked.ledger, checkpoint))
        told.append(f"the index: {len(TABLES)} tables")
    else:
        rows += _of_entries(index, _signed_hashes(asked, checkpoint))
        told.append(f"the index: the hashes of {checkpoint.size} entries")
        notes.append("In a ledger of this size `kpi verify` makes the index anew and compares every row.")
    verdict = "equal the ledger" if not rows else f"differ from the ledger in {len(rows)} rows"
    facts = {"tree size": checkpoint.size, "tree root": checkpoint.root.hex()}
    return Answer(COLUMNS, rows, (f"the projections {verdict}", *told), tuple(notes), not rows, facts)


def _of_warehouse(asked: Asked, told: list[str], notes: list[str]) -> list[Row]:
    rows, entries = projected_rows(asked.settings.warehouse), read_entries(asked.ledger)
    told.append(f"the published tables: {len(rows)} rows")
    absent = not_published(rows)
    if absent:
        notes.append(f"The published tables are of another version, which had no {', '.join(absent)}: not compared.")
    events = recorded_events(asked.ledger, entries)
    found = compared(asked.ledger, entries, events, rows, asked.project().calendar.reckoning)
    if found.as_of_seq is not None:
        notes.append(f"The published tables are those of entry {found.as_of_seq}; what came later is not published.")
    return [
        ("published", _table_of(one.row), "missing" if one.is_missing else "not in the ledger", _said(one.row))
        for one in found.differences
        for _ in range(one.count)
    ]


def _table_of(row: ProjectionRow) -> str:
    return row.table if isinstance(row, TalkedRow) else _TABLE_OF[type(row)]


def _said(row: ProjectionRow) -> dict[str, object]:
    shown = {field.name: getattr(row, field.name) for field in fields(row)}
    return {name: value for name, value in shown.items() if value is not None}


def _of_index(index: DuckDBPyConnection, anew: DuckDBPyConnection) -> Iterator[Row]:
    for table, columns in TABLES.items():
        # Rows as text: a multiset of them is compared in any order.
        read = f"select {', '.join(columns)} from {table}"
        have, want = (Counter(map(repr, side.execute(read).fetchall())) for side in (index, anew))
        for difference, rows in (("missing", want - have), ("not in the ledger", have - want)):
            for row, count in rows.items():
                for _ in range(count):
                    yield ("index", table, difference, row)


def _signed_hashes(asked: Asked, checkpoint: Checkpoint) -> list[bytes]:
    hashes = leaf_hashes(asked.ledger, checkpoint.size)
    if root(hashes) != checkpoint.root:
        raise LedgerDamaged("`leaves` does not have the signed root", "run `kpi verify`, which names what was changed")
    return hashes


def _of_entries(index: DuckDBPyConnection, hashes: Sequence[bytes]) -> Iterator[Row]:
    """An entry of the index must have the leaf hash that was signed for it."""
    kept = dict(index.execute("select seq, entry_hash from entry").fetchall())
    for seq, hashed in enumerate(hashes, start=1):
        if kept.pop(seq, None) != hashed.hex():
            yield ("index", "entry", "missing", {"seq": seq, "entry_hash": hashed.hex()})
    for seq, text in kept.items():
        yield ("index", "entry", "not in the ledger", {"seq": seq, "entry_hash": text})


QUESTION = Question(26, "Do the tables that were made from the ledger say what it says", answer)
