"""Question 26: do the tables that were made from the ledger say what it says, row by row?

Held against the ledger: the published tables of agreements, targets, decisions and fired triggers, and the index that
questions are answered from. Both are made anew from the entries, and every row that differs is shown. In a large ledger
the run has done that with the tables before it published them, and said so in a signed note: what is looked at then is
whether a byte of them has changed since, and only if so every row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.errors import LedgerDamaged
from kpiledger.evidence.proving import leaf_hashes
from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.merkle import root
from kpiledger.ledger.store import read_entries, signed_checkpoint
from kpiledger.ledger_index.comparing import MADE_ANEW_UP_TO, entry_differences
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.ledger_index.tables import TABLES
from kpiledger.projected import BELIEVED_ABOVE, TablesNote, compared, still_tells, vouched_tables

COLUMNS = ("projection", "table", "difference", "apart", "row")
# What changes published tables; `subject.erased` changes rows of earlier entries too.
_PROJECTED = """
    select count(*) from entry where seq > ? and (kind like 'agreement.%'
    or kind in ('approval.recorded', 'authority.recorded', 'key.added', 'key.revoked', 'decision.noted',
    'trigger.fired'))
"""
_CHANGED_AT = "select max(seq) from (select seq from publication union all select seq from erasure)"

Row = tuple[object, ...]


def answer(asked: Asked) -> Answer:
    """A row for each row that only one side has; none where all is equal."""
    index, checkpoint = asked.index(), signed_checkpoint(asked.ledger)
    hashes = _signed_hashes(asked, checkpoint)
    told: list[str] = []
    notes: list[str] = []
    rows: list[Row] = []
    if asked.settings.warehouse.exists():
        rows += _of_warehouse(asked, index, hashes, told, notes)
    else:
        notes.append("Published tables are not looked at: nothing is published.")
    if checkpoint.size <= MADE_ANEW_UP_TO:
        rows += _of_index(index, index_in_memory(asked.ledger, checkpoint))
        told.append(f"the index: {len(TABLES)} tables")
    else:
        rows += [("index", one.table, one.side, None, one.row) for one in entry_differences(index, hashes)]
        told.append(f"the index: the hashes of {checkpoint.size} entries")
        notes.append("In a ledger of this size `kpi verify --every-row` makes the index anew and compares its rows.")
    what, s = ("the projections", "") if asked.settings.warehouse.exists() else ("the index", "s")
    verdict = f"equal{s} the ledger" if not rows else f"differ{s} from the ledger in {len(rows)} rows"
    facts = {"tree size": checkpoint.size, "tree root": checkpoint.root.hex()}
    return Answer(COLUMNS, rows, (f"{what} {verdict}", *told), tuple(notes), not rows, facts)


def _of_warehouse(
    asked: Asked, index: DuckDBPyConnection, hashes: Sequence[bytes], told: list[str], notes: list[str]
) -> list[Row]:
    """What differs in the published tables; of their file first, which may have changed in more than these."""
    vouched = vouched_tables(asked.settings.warehouse, asked.ledger)
    ((changed_at,),) = index.execute(_CHANGED_AT).fetchall()
    reckoning = asked.reckoning()
    is_large = len(hashes) > BELIEVED_ABOVE
    if is_large and isinstance(vouched, TablesNote) and still_tells(vouched, hashes, changed_at or 0, reckoning):
        told.append(f"the published tables: {vouched}")
        if index.execute(_PROJECTED, [vouched.size]).fetchall() != [(0,)]:
            notes.append(_as_of(vouched.size))
        return []
    name = asked.settings.warehouse.name
    changed = [("published", name, "changed", None, vouched)] if isinstance(vouched, str) else []
    if vouched is None:
        notes.append(f"Nobody vouches for the bytes of {name}: an earlier version published it.")
    return [*changed, *_of_tables(asked, told, notes)]


def _of_tables(asked: Asked, told: list[str], notes: list[str]) -> list[Row]:
    entries = read_entries(asked.ledger)
    events, reckoning = recorded_events(asked.ledger, entries), asked.reckoning()
    found = compared(asked.settings.warehouse, asked.ledger, entries, events, reckoning)
    told.append(f"the published tables: {found.rows} rows")
    if found.unsaid:
        absent = ", ".join(found.unsaid)
        notes.append(f"The published tables are of another version, which had no {absent}: not compared.")
    if found.as_of_seq is not None:
        notes.append(_as_of(found.as_of_seq))
    return [
        (
            "published",
            f"kpi.{one.table}",
            "missing" if one.is_missing else "not in the ledger",
            ", ".join(one.apart) or None,
            one.said,
        )
        for one in found.differences
    ]


def _as_of(seq: int) -> str:
    return f"The published tables are those of entry {seq}; what came later is not published."


def _of_index(index: DuckDBPyConnection, anew: DuckDBPyConnection) -> Iterator[Row]:
    for table, columns in TABLES.items():
        # Rows as text: a multiset of them is compared in any order.
        read = f"select {', '.join(columns)} from {table}"
        have, want = (Counter(map(repr, side.execute(read).fetchall())) for side in (index, anew))
        for difference, rows in (("missing", want - have), ("not in the ledger", have - want)):
            for row, count in rows.items():
                for _ in range(count):
                    yield ("index", table, difference, None, row)


def _signed_hashes(asked: Asked, checkpoint: Checkpoint) -> list[bytes]:
    hashes = leaf_hashes(asked.ledger, checkpoint.size)
    if root(hashes) != checkpoint.root:
        raise LedgerDamaged("`leaves` does not have the signed root", "run `kpi verify`, which names what was changed")
    return hashes


QUESTION = Question(26, "Do the tables that were made from the ledger say what it says", answer)
