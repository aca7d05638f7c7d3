"""Does an index say what its ledger says? It is made again from the entries, and every row is compared.

Of a large index that the ledger's key vouches for the hashes of the entries alone are, unless every row is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import duckdb
from duckdb import DuckDBPyConnection

from kpiledger.approvals import Reading, judging
from kpiledger.collector import uncollected
from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger, read_entries, signed_checkpoint
from kpiledger.ledger_index.files import IndexFiles
from kpiledger.ledger_index.lean import without_pandas
from kpiledger.ledger_index.opening import index_in_memory, standing
from kpiledger.ledger_index.tables import FORM, JUDGED, TABLES
from kpiledger.ledger_index.verdicts import Row, has_policy, left_out, rows_of
from kpiledger.ledger_index.vouching import sound_index

# Up to so many entries the index is made anew within two seconds.
MADE_ANEW_UP_TO = 10_000
# More rows than these say nothing that the first do not.
_SHOWN = 10
# Rows that were laid in the same order are the same; ten times as fast as comparing them in any order, which is
# done where this finds a difference. Beside a shorter table stand nulls, which a row of nulls equals: so rows are
# counted.
_IN_ORDER = (
    "select 1 from {own}.main.{table} as one positional join {kept}.main.{table} as other where {differ} "
    "union all select 1 where (select count(*) from {own}.main.{table}) <> (select count(*) from {kept}.main.{table}) "
    "limit 1"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that only one of the two has; `is_missing` where it is the index that lacks it."""

    table: str
    is_missing: bool
    row: dict[str, object]

    @property
    def side(self) -> str:
        """What is wrong with the row."""
        return "missing" if self.is_missing else "not in the ledger"

    def __str__(self) -> str:
        side = f"{self.side} from the index" if self.is_missing else self.side
        shown = ", ".join(f"{name}={value}" for name, value in self.row.items() if value is not None)
        return f"{self.table}: a row is {side}: {shown}"


def faults_of_index(
    files: IndexFiles, ledger: Ledger, checkpoint: Checkpoint, *, is_judged: bool = True
) -> Iterator[str]:
    """What is wrong with the index as it lies there, in sentences; an index that is only behind is right.

    Unless `is_judged`, what it keeps of judged approvals is left to `faults_of_verdicts`.
    """
    vouched = sound_index(files, ledger)
    if isinstance(vouched, str):
        # Whatever it says is not believed; what it would have said is told all the same.
        yield f"{vouched}; the next question makes it anew"
    if files.fault():
        return
    try:
        with duckdb.connect(str(files.database), read_only=True) as connection:
            known = standing(connection)
    except duckdb.Error as problem:
        yield f"it cannot be opened: {problem}"
        return
    if known is None or known[0] != FORM:
        return  # of another version of kpiledger: it is made anew before it is used
    _, size, root = known
    if size > checkpoint.size:
        yield f"it has {size} entries, the ledger's checkpoint {checkpoint.size}"
        return
    try:
        then = Checkpoint(checkpoint.origin, size, bytes.fromhex(root))
        anew = _made_again(ledger, then, files, is_judged)
    except (LedgerDamaged, ValueError):
        yield f"its root {root} is not that of the first {size} entries"
        return
    with anew:
        anew.execute(f"attach '{files.database}' as kept (read_only)")
        for table in TABLES:
            if table in JUDGED and not is_judged:
                continue
            try:
                yield from map(str, differences(anew, "kept", [table]))
            except duckdb.Error as problem:
                yield _unreadable(table, problem)


def _made_again(ledger: Ledger, checkpoint: Checkpoint, files: IndexFiles, is_judged: bool) -> DuckDBPyConnection:
    """What is folded with approvals is folded with those that the index keeps, where others are to judge them."""
    if not is_judged:
        try:
            return index_in_memory(ledger, checkpoint, judged_in=files.database)
        except duckdb.Error:
            pass  # they cannot be taken over: what is wrong with them is told where they are judged
    return index_in_memory(ledger, checkpoint)


def faults_of_entries(files: IndexFiles, hashes: Sequence[bytes], newest: int) -> Iterator[str]:
    """What is wrong with the entries that the index has, held against the leaf hashes of the ledger.

    The ledger has `newest` entries by now: those behind the hashes were recorded since, and may be in the index too.
    """
    try:
        connection = duckdb.connect(str(files.database), read_only=True)
    except duckdb.Error as problem:
        yield f"it cannot be opened: {problem}"
        return
    with connection:
        known = standing(connection)
        if known is None or known[0] != FORM:
            return  # of another version of kpiledger: it is made anew before it is used
        size = known[1]
        if size > newest:
            yield f"it has {size} entries, the ledger {newest}"
            return
        since = range(len(hashes) + 1, size + 1)
        try:
            found = (one for one in entry_differences(connection, hashes[:size]) if one.row["seq"] not in since)
            yield from map(str, islice(found, _SHOWN))
        except duckdb.Error as problem:
            yield _unreadable("entry", problem)


def entry_differences(index: DuckDBPyConnection, hashes: Sequence[bytes]) -> Iterator[Difference]:
    """An entry of the index must have the leaf hash that was signed for it."""
    kept = dict(index.execute("select seq, entry_hash from entry").fetchall())
    for seq, hashed in enumerate(hashes, start=1):
        if kept.pop(seq, None) != hashed.hex():
            yield Difference("entry", True, {"seq": seq, "entry_hash": hashed.hex()})
    for seq, text in kept.items():
        yield Difference("entry", False, {"seq": seq, "entry_hash": text})


@without_pandas
@uncollected()
def unjudged_faults(files: IndexFiles, ledger: Ledger) -> tuple[str, ...]:
    """All that is wrong with the index as it lies there, but for what `faults_of_verdicts` says."""
    return tuple(faults_of_index(files, ledger, signed_checkpoint(ledger), is_judged=False))


def faults_of_verdicts(files: IndexFiles, entries: Sequence[Entry], judged: Reading, ledger: Ledger) -> Iterator[str]:
    """What the index keeps of judged approvals and should not; nothing where `faults_of_index` has more to say.

    `judged` is what was read of all the entries. An index that has more, which were recorded since, is held against
    these too: what is folded with approvals is compared by what it keeps of them.
    """
    try:
        connection = duckdb.connect(str(files.database), read_only=True)
    except duckdb.Error:
        return
    with connection:
        known = standing(connection)
        if known is None or known[0] != FORM:
            return
        size, whole = known[1], len(entries)
        if size > whole:
            entries = read_entries(ledger)
        if size > len(entries):
            return
        should: Mapping[str, Sequence[Row]] = {}
        if has_policy(entries[:size]):
            then = judged if size == whole else judging(ledger, entries[:size])
            should = rows_of(then, left_out(entries[:size]))
        for table in JUDGED:
            try:
                kept = connection.execute(f"select {', '.join(TABLES[table])} from {table}").fetchall()
            except duckdb.Error as problem:
                yield _unreadable(table, problem)
                continue
            yield from map(str, _differing(table, Counter(should.get(table, ())), Counter(kept)))


def _unreadable(table: str, problem: duckdb.Error) -> str:
    return f"{table}: its rows cannot be compared: {str(problem).splitlines()[0]}"


def _differing(table: str, own: Counter[Row], kept: Counter[Row]) -> Iterator[Difference]:
    for is_missing, only in ((True, own - kept), (False, kept - own)):
        for row in sorted(only.elements(), key=str)[:_SHOWN]:
            yield Difference(table, is_missing, dict(zip(TABLES[table], row, strict=True)))


def differences(anew: DuckDBPyConnection, kept: str, tables: Iterable[str] = TABLES) -> Iterator[Difference]:
    """Rows that only one of two indexes has; the first ones of each table. `kept` is attached to the other."""
    own = anew.execute("select current_database()").fetchall()[0][0]
    for table in tables:
        yield from _of_table(anew, table, own, kept)


def _of_table(connection: DuckDBPyConnection, table: str, own: str, kept: str) -> Iterator[Difference]:
    columns = TABLES[table]
    differ = " or ".join(f"one.{name} is distinct from other.{name}" for name in columns)
    if not connection.execute(_IN_ORDER.format(own=own, kept=kept, table=table, differ=differ)).fetchall():
        return
    for is_missing, (one, other) in ((True, (own, kept)), (False, (kept, own))):
        rows = connection.execute(
            f"from {one}.main.{table} except all from {other}.main.{table} order by all limit {_SHOWN}"
        ).fetchall()
        for row in rows:
            yield Difference(table, is_missing, dict(zip(columns, row, strict=True)))
