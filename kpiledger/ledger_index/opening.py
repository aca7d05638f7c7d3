"""How does one open an index that fits the ledger, as its signed checkpoint says it is?

The checkpoint alone is looked at: `kpi verify` holds the entries against it, and the index against the
entries. An index behind the checkpoint is brought up to it; one that does not fit, or that the ledger's key does not
vouch for, is made anew, and both are said. Who does not have that key, and finds none that fits, has one in memory.
"""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.file_hash import file_hash
from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.lines import lines_of
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.files import IndexFiles
from kpiledger.ledger_index.making import catch_up, make_tables
from kpiledger.ledger_index.tables import FORM
from kpiledger.ledger_index.vouching import Vouched, can_vouch, sound_index, vouch, vouched_by, vouched_for
from kpiledger.settings import Settings

# From so many entries on, making the index takes seconds, and silence would look like a fault.
_WORTH_A_WORD = 20_000


def open_index(settings: Settings, ledger: Ledger, *, is_anew: bool = False) -> DuckDBPyConnection:
    """A connection to the index of the ledger, to be read only; `is_anew` makes it from all entries in any case."""
    files, checkpoint = IndexFiles(settings.build), signed_checkpoint(ledger)
    found = None if is_anew else _fitting(files, ledger, checkpoint)[0]
    if found:
        return found
    if not can_vouch(ledger):
        if checkpoint.size >= _WORTH_A_WORD:
            _say("the index of the ledger is made in memory: this account does not have the key to sign one")
        return index_in_memory(ledger, checkpoint)
    try:
        return _made(files, ledger, is_anew)
    except (OSError, BrokenWorld, duckdb.IOException) as problem:
        _say(f"the index of the ledger is made in memory, since {files.folder} cannot keep it: {_told(problem)}")
        return index_in_memory(ledger, checkpoint)


def origin_of_index(index: DuckDBPyConnection, settings: Settings, ledger: Ledger) -> str:
    """What vouches for an index that was opened, and when it was last made from all entries."""
    ((path,),) = index.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    if path is None:
        return "made in memory from all entries, for this answer"
    return str(vouched_by(IndexFiles(settings.build).note.read_bytes(), ledger))


def index_in_memory(ledger: Ledger, checkpoint: Checkpoint, judged_in: Path | None = None) -> DuckDBPyConnection:
    """An index made from the first entry on, and kept nowhere; `judged_in` as for `catch_up`."""
    connection = duckdb.connect()
    make_tables(connection)
    with lines_of(ledger.storage) as lines:
        catch_up(connection, lines, checkpoint, judged_in)
    return connection


def standing(connection: DuckDBPyConnection) -> tuple[str, int, str] | None:
    """The form, size and root of an index; None where it is no index."""
    try:
        found = connection.execute("select form, size, root from ledger").fetchall()
    except duckdb.Error:
        return None
    return found[0] if found else None


def _fitting(
    files: IndexFiles, ledger: Ledger, checkpoint: Checkpoint
) -> tuple[DuckDBPyConnection | None, Vouched | str]:
    """The index where it fits the checkpoint; else what is to be completed, or why it is to be made anew."""
    if not files.database.exists():
        return None, f"the index of the ledger is made from {checkpoint.size} entries"
    vouched = sound_index(files, ledger)
    if isinstance(vouched, str):
        return None, f"the index of the ledger is made anew: {vouched}"
    try:
        connection = duckdb.connect(str(files.database), read_only=True)
    except duckdb.Error as problem:
        return None, f"the index of the ledger is made anew: {problem}"
    known = standing(connection)
    if known == (FORM, checkpoint.size, checkpoint.root.hex()):
        return connection, vouched
    connection.close()
    if known is None or known[0] != FORM:
        return None, "the index of the ledger is made anew: it has another form"
    if known[1] >= checkpoint.size:
        return None, "the index of the ledger is made anew: it is of another ledger, or of entries that are gone"
    return None, vouched


def _made(files: IndexFiles, ledger: Ledger, is_anew: bool) -> DuckDBPyConnection:
    with files.making():
        # While this process waited, another may have recorded and another made the index.
        checkpoint = signed_checkpoint(ledger)
        found, known = _fitting(files, ledger, checkpoint)
        if found and not is_anew:
            return found
        if found:
            found.close()
        if is_anew:
            known = f"the index of the ledger is made anew from {checkpoint.size} entries"
        files.clear_aside()
        if isinstance(known, Vouched):
            known = _completed(files, ledger, checkpoint, known)
        if isinstance(known, str):
            if checkpoint.size >= _WORTH_A_WORD or (files.database.exists() and not is_anew):
                _say(known)
            _anew(files, ledger, checkpoint)
        digest = file_hash(files.aside)
        earlier = known if isinstance(known, Vouched) else None
        files.publish(digest, vouch(ledger, vouched_for(checkpoint, digest, earlier, datetime.now(UTC))))
        return duckdb.connect(str(files.database), read_only=True)


def _completed(files: IndexFiles, ledger: Ledger, checkpoint: Checkpoint, known: Vouched) -> Vouched | str:
    """Bring a copy of the index up to the checkpoint; why that was not possible."""
    shutil.copyfile(files.database, files.aside)
    if file_hash(files.aside) != known.digest:  # somebody put another one there since it was looked at
        files.clear_aside()
        return "the index of the ledger is made anew: it changed while it was read"
    try:
        _catch_up(files.aside, ledger, checkpoint)
    except LedgerDamaged as problem:
        files.clear_aside()
        return f"the index of the ledger is made anew: {problem.message}"
    return known


def _anew(files: IndexFiles, ledger: Ledger, checkpoint: Checkpoint) -> None:
    with duckdb.connect(str(files.aside)) as connection:
        make_tables(connection)
    _catch_up(files.aside, ledger, checkpoint)


def _catch_up(path: Path, ledger: Ledger, checkpoint: Checkpoint) -> None:
    with duckdb.connect(str(path)) as connection, lines_of(ledger.storage) as lines:
        catch_up(connection, lines, checkpoint)


def _told(problem: Exception) -> str:
    return problem.message if isinstance(problem, BrokenWorld) else str(problem)


def _say(sentence: str) -> None:
    print(f"kpi: {sentence}", file=sys.stderr)
