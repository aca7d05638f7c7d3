"""How does one open an index that fits the ledger, as its signed checkpoint says it is?

The checkpoint alone is looked at: `kpi verify` holds the entries against it, and the index against the
entries. An index behind the checkpoint is brought up to it; one that does not fit is made anew, and both
are said.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.files import IndexFiles
from kpiledger.ledger_index.lines import lines_of
from kpiledger.ledger_index.making import catch_up, make_tables
from kpiledger.ledger_index.tables import FORM
from kpiledger.settings import Settings

# From so many entries on, making the index takes seconds, and silence would look like a fault.
_WORTH_A_WORD = 20_000


def open_index(settings: Settings, ledger: Ledger) -> DuckDBPyConnection:
    """A connection to the index of the ledger, to be read only."""
    files, checkpoint = IndexFiles(settings.build), signed_checkpoint(ledger)
    found, _ = _fitting(files, checkpoint)
    if found:
        return found
    try:
        return _made(files, ledger)
    except (OSError, BrokenWorld, duckdb.IOException) as problem:
        _say(f"the index of the ledger is made in memory, since {files.folder} cannot keep it: {_told(problem)}")
        return index_in_memory(ledger, checkpoint)


def index_in_memory(ledger: Ledger, checkpoint: Checkpoint) -> DuckDBPyConnection:
    """An index made from the first entry on, and kept nowhere."""
    connection = duckdb.connect()
    make_tables(connection)
    with lines_of(ledger.storage) as lines:
        catch_up(connection, lines, checkpoint)
    return connection


def standing(connection: DuckDBPyConnection) -> tuple[str, int, str] | None:
    """The form, size and root of an index; None where it is no index."""
    try:
        found = connection.execute("select form, size, root from ledger").fetchall()
    except duckdb.Error:
        return None
    return found[0] if found else None


def _fitting(files: IndexFiles, checkpoint: Checkpoint) -> tuple[DuckDBPyConnection | None, str | None]:
    """The index where it fits the checkpoint, else what must be done: a sentence, or None to complete it."""
    if not files.database.exists():
        return None, f"the index of the ledger is made from {checkpoint.size} entries"
    fault = files.fault()
    if fault:
        return None, f"the index of the ledger is made anew: {fault}"
    try:
        connection = duckdb.connect(str(files.database), read_only=True)
    except duckdb.Error as problem:
        return None, f"the index of the ledger is made anew: {problem}"
    known = standing(connection)
    if known == (FORM, checkpoint.size, checkpoint.root.hex()):
        return connection, None
    connection.close()
    if known is None or known[0] != FORM:
        return None, "the index of the ledger is made anew: it has another form"
    if known[1] >= checkpoint.size:
        return None, "the index of the ledger is made anew: it is of another ledger, or of entries that are gone"
    return None, None


def _made(files: IndexFiles, ledger: Ledger) -> DuckDBPyConnection:
    with files.making():
        # While this process waited, another may have recorded and another made the index.
        checkpoint = signed_checkpoint(ledger)
        found, why = _fitting(files, checkpoint)
        if found:
            return found
        files.clear_aside()
        if why is None:
            why = _completed(files, ledger, checkpoint)
        if why is not None:
            if files.database.exists() or checkpoint.size >= _WORTH_A_WORD:
                _say(why)
            _anew(files, ledger, checkpoint)
        files.publish()
        return duckdb.connect(str(files.database), read_only=True)


def _completed(files: IndexFiles, ledger: Ledger, checkpoint: Checkpoint) -> str | None:
    """Bring a copy of the index up to the checkpoint; why that was not possible."""
    shutil.copyfile(files.database, files.aside)
    try:
        _catch_up(files.aside, ledger, checkpoint)
    except LedgerDamaged as problem:
        files.clear_aside()
        return f"the index of the ledger is made anew: {problem.message}"
    return None


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
