"""How does a ledger lie in PostgreSQL: the same bytes in two tables that only grow?

`postgres_schema.sql` lays the tables and refuses what does not belong there. A batch and its checkpoint
are one transaction, acknowledged by its commit. The frontier is not kept: the server computes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.durable import LOCK_PATIENCE_SECONDS
from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.postgres_connection import Address
from kpiledger.ledger.postgres_session import Session
from kpiledger.ledger.storage import Batch, StorageWriter, Stored

# Rows that travel together. More save no time, and a million entries still take little memory.
_ROWS = 5000

_EXISTS = "select exists (select from ledger.checkpoint) or exists (select from ledger.entry)"
_CHECKPOINT = "select note from ledger.checkpoint order by size desc limit 1"
_CHECKPOINTS = "select note from ledger.checkpoint order by size"
_MOMENTS = "select size, stored_at from ledger.checkpoint order by size"
_FRONTIER = "select ledger.frontier(greatest(coalesce(max(seq), 0) - 1, 0)) from ledger.entry"
_LINES = "select line from ledger.entry where seq between %s and %s order by seq"
_LEAVES = "select leaf from ledger.entry where seq between %s and %s order by seq"
_LAST = "select coalesce(max(seq), 0) from ledger.entry"
_ADD_ENTRIES = "insert into ledger.entry (seq, line, leaf) select * from unnest(%s::bigint[], %s::text[], %s::text[])"
_ADD_CHECKPOINT = "insert into ledger.checkpoint (size, note) values (%s, %s)"


@dataclass(slots=True)
class PostgresStorage:
    """A ledger in a database; opening it is cheap and connects to nothing.

    `former` is where its files lay before. What they hold must be moved: a second ledger is not begun beside it.
    """

    address: Address
    patience: float = LOCK_PATIENCE_SECONDS
    former: FileStorage | None = None
    session: Session = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.session = Session(self.address)

    @property
    def place(self) -> str:
        """The address without its password."""
        return self.address.shown

    def exists(self) -> bool:
        """Whether there is a checkpoint or an entry."""
        with self.session.reading() as cursor:
            return bool(_value(cursor, _EXISTS))

    def checkpoint(self) -> bytes:
        """The newest checkpoint."""
        with self.session.reading() as cursor:
            return self._newest(cursor)

    def checkpoints(self) -> bytes | None:
        """All checkpoints."""
        with self.session.reading() as cursor:
            return b"".join(_texts(cursor, _CHECKPOINTS))

    def frontier(self) -> bytes | None:
        """The frontier of all entries but the last."""
        with self.session.reading() as cursor:
            return str(_value(cursor, _FRONTIER)).encode()

    def entry_lines(self, first: int, last: int, offset: int | None = None) -> list[bytes]:
        """The lines from `first` to `last`; rows have numbers, so that `offset` is not needed."""
        with self.session.reading() as cursor:
            return list(_texts(cursor, _LINES, (first, last)))

    def leaf_lines(self, first: int, last: int) -> bytes:
        """The lines of leaf hashes from `first` to `last`."""
        with self.session.reading() as cursor:
            return _lines(_texts(cursor, _LEAVES, (first, last)))

    def everything(self) -> Stored:
        """Every byte as of one moment; a writer at work need not be waited for, its rows are not seen."""
        with self.session.reading() as cursor:
            last = _value(cursor, _LAST)
            return Stored(
                entries=_lines(_texts(cursor, _LINES, (1, last))),
                leaves=_lines(_texts(cursor, _LEAVES, (1, last))),
                checkpoint=self._newest(cursor),
                checkpoints=b"".join(_texts(cursor, _CHECKPOINTS)),
                frontier=str(_value(cursor, _FRONTIER)).encode(),
            )

    def stored_moments(self) -> dict[int, datetime]:
        """When each checkpoint came by the server's own clock, by its size."""
        with self.session.reading() as cursor:
            cursor.execute(_MOMENTS)
            return dict(cursor.fetchall())

    @contextmanager
    def writing(self) -> Iterator[StorageWriter]:
        """Hold the lock of the database; the server lets go of it when the connection ends."""
        with self.session.locked(self.patience):
            if self.former and self.former.exists() and not self.exists():
                raise BrokenWorld(
                    f"{self.former.place} holds a ledger in files, and {self.place} holds none",
                    "move it: an administrator runs what `kpi ledger-move` prints",
                )
            yield PostgresWriter(self.session)

    def _newest(self, cursor: Any) -> bytes:
        found = _value(cursor, _CHECKPOINT)
        if found is None:
            raise LedgerDamaged(f"the ledger {self.place} has no checkpoint", "restore its database from a backup")
        return str(found).encode()


@dataclass(frozen=True, slots=True)
class PostgresWriter:
    """The one writer, while it holds the lock."""

    session: Session

    def settle(self, size: int, length: int) -> None:
        """Nothing can lie behind the checkpoint but what someone put there who may do more than record."""
        with self.session.reading() as cursor:
            last = _value(cursor, _LAST)
        if last > size:
            raise LedgerDamaged(
                f"the ledger {self.session.address.shown} has entries up to {last}, and its checkpoint covers {size}",
                "a checkpoint was taken away, or entries were added around kpiledger; restore the database from a "
                "backup and look who may do this",
            )

    def append(self, batch: Batch) -> None:
        """Entries and checkpoint in one transaction; when this returns, it is committed."""
        with self.session.adding() as cursor:
            before = _value(cursor, _LAST)
            for start in range(0, len(batch.lines), _ROWS):
                lines = [line.decode() for line in batch.lines[start : start + _ROWS]]
                first = before + start + 1
                seqs = list(range(first, first + len(lines)))
                cursor.execute(_ADD_ENTRIES, (seqs, lines, list(batch.leaves[start : start + _ROWS])))
            cursor.execute(_ADD_CHECKPOINT, (before + len(batch.lines), batch.checkpoint.decode()))


def _value(cursor: Any, query: str) -> Any:
    cursor.execute(query)
    row = cursor.fetchone()
    return row[0] if row else None


def _texts(cursor: Any, query: str, values: tuple[int, ...] = ()) -> Iterator[bytes]:
    """The texts of a column, fetched from the server a few thousand at a time."""
    with cursor.connection.cursor(name="texts") as streaming:
        streaming.itersize = _ROWS
        streaming.execute(query, values)
        for (text,) in streaming:
            yield text.encode()


def _lines(rows: Iterator[bytes]) -> bytes:
    return b"".join(row + b"\n" for row in rows)
