"""Where does what was learnt of commits and blobs lie between two calls, and who vouches for it?

`git_knowledge.duckdb` in the build folder and a note beside it, signed with the ledger's key as the index's is. A file
that is not the signed one, or of another version, is not believed and made anew.

    <name of the ledger>/git-knowledge
    <form and version>
    <SHA-256 of the file>
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from kpiledger import __version__
from kpiledger.errors import BrokenWorld
from kpiledger.file_hash import file_hash
from kpiledger.git_check.known import TABLES, Known, lay_tables
from kpiledger.ledger.checkpoint import CheckpointError, open_note, sign_note
from kpiledger.ledger.durable import locked
from kpiledger.ledger.keys import signing_key, trusted_key
from kpiledger.ledger.store import Ledger
from kpiledger.ledger_index.vouching import can_vouch

NAME = "git_knowledge.duckdb"
# Raised whenever a table or what it holds changes; what files say may change with any version.
_FORM = f"1 {__version__}"
_NOTE = re.compile(r"(?P<origin>[^\n]+)/git-knowledge\n(?P<form>[^\n]+)\n(?P<digest>[0-9a-f]{64})\n")
_KEPT = "git_kept"


@dataclass(frozen=True, slots=True)
class KnowledgeFile:
    """What is kept for a ledger in a build folder."""

    folder: Path
    ledger: Ledger

    @property
    def database(self) -> Path:
        """What is known."""
        return self.folder / NAME

    @property
    def note(self) -> Path:
        """Who learnt it, signed."""
        return self.folder / f"{NAME}.note"

    def fault(self) -> str | None:
        """Why what lies there is not to be believed; None where the ledger's key says that it is."""
        try:
            key = trusted_key(self.ledger.keys)
            found = _NOTE.fullmatch(open_note(self.note.read_bytes(), key))
            digest = file_hash(self.database)
        except FileNotFoundError as problem:
            return f"{Path(str(problem.filename)).name} is missing"
        except CheckpointError as problem:
            return f"{self.note.name} is not signed by this ledger: {problem}"
        if found is None or found["origin"] != key.name:
            return f"{self.note.name} is no note of this ledger"
        if found["form"] != _FORM:
            return "it was learnt by another version of kpiledger"
        return None if found["digest"] == digest else f"its bytes are not those that {self.note.name} is signed for"


def open_known(connection: DuckDBPyConnection, file: KnowledgeFile) -> tuple[Known, str | None]:
    """What is known, attached to a connection, and a sentence where a file was not believed."""
    fault = file.fault()
    if fault is None:
        connection.execute(f"attach '{file.database}' as {_KEPT} (read_only)")
        return lay_tables(connection, _KEPT, is_kept=True), None
    if not file.database.exists():
        return lay_tables(connection, None, is_kept=True), None
    return lay_tables(connection, None, is_kept=True), f"what was kept of git was not believed: {fault}"


def close_known(known: Known) -> None:
    """Let go of the file; the connection goes on."""
    for table in TABLES:
        known.connection.execute(f"drop view known_{table}")
    if known.kept:
        known.connection.execute(f"detach {known.kept}")


def keep(known: Known, file: KnowledgeFile) -> str | None:
    """Keep what was learnt in this call, beside what was known; why not, where that is not possible."""
    if not known.added:
        return None
    if not can_vouch(file.ledger):
        return "what was learnt of git is not kept: this account does not have the key to sign it"
    try:
        file.folder.mkdir(parents=True, exist_ok=True)
        with locked(file.folder / f"{NAME}.lock"), _aside(file) as aside:
            _write(known, file, aside)
            name, private = signing_key(file.ledger.keys)
            note = sign_note(f"{name}/git-knowledge\n{_FORM}\n{file_hash(aside)}\n", name, private)
            aside.replace(file.database)
            aside.write_bytes(note)
            aside.replace(file.note)
    except (OSError, BrokenWorld, duckdb.IOException) as problem:
        return f"what was learnt of git is not kept, since {file.folder} cannot hold it: {problem}"
    return None


@contextmanager
def _aside(file: KnowledgeFile) -> Iterator[Path]:
    aside = file.folder / f"{NAME}.new"
    aside.unlink(missing_ok=True)
    try:
        yield aside
    finally:
        aside.unlink(missing_ok=True)


def _write(known: Known, file: KnowledgeFile, aside: Path) -> None:
    """Another call may have kept more meanwhile: what is new is added to what lies there now."""
    is_sound = file.fault() is None
    if is_sound:
        shutil.copyfile(file.database, aside)
    with tempfile.TemporaryDirectory(prefix="kpi-git-") as folder, duckdb.connect(str(aside)) as connection:
        for table, columns in TABLES.items():
            rows = Path(folder) / f"{table}.parquet"
            known.connection.execute(f"copy new_{table} to '{rows}' (format parquet)")
            if not is_sound:
                connection.execute(f"create table {table} ({', '.join(f'{name} varchar' for name in columns)})")
            missing = f"from '{rows}' except from {table}"
            connection.execute(f"insert into {table} {missing}")
