"""How does one process talk to the ledger's server: transactions that read, that add, and the one writer's lock?

A new session costs the server more than all that is asked of it, so there is one for as long as the storage lives.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kpiledger.errors import BrokenWorld, BusyError
from kpiledger.ledger.postgres_connection import Address, connect, telling

# Any number that no other program in the ledger's database takes for its own; this one spells "kpi".
LOCK = 0x6B7069


@dataclass(slots=True)
class Session:
    """A connection that is made when it is first needed."""

    address: Address
    _connection: Any = field(default=None, init=False, repr=False)
    _process: int = field(default=0, init=False, repr=False)
    _is_locked: bool = field(default=False, init=False, repr=False)

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """A cursor in a transaction that sees one moment."""
        with self._transaction() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            yield cursor

    @contextmanager
    def adding(self) -> Iterator[Any]:
        """A cursor in a transaction that is committed when the context ends well, and rolled back if not."""
        with self._transaction() as cursor:
            yield cursor

    @contextmanager
    def locked(self, patience: float) -> Iterator[None]:
        """Hold the lock of the database, whoever else uses it; the server lets go of it with the connection."""
        if self._is_locked:
            raise BusyError(f"this process writes to {self.address.shown} already", "end the first writing before")
        with self._transaction() as cursor:
            cursor.execute("select set_config('lock_timeout', %s, true)", (f"{patience * 1000:.0f}ms",))
            cursor.execute("select pg_advisory_lock(%s)", (LOCK,))
        self._is_locked = True
        try:
            yield
        finally:
            self._is_locked = False
            self._let_go()

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        connection = self._connected()
        with telling(self.address), connection, connection.cursor() as cursor:
            yield cursor

    def _connected(self) -> Any:
        """The connection: not that of a parent process, and a new one where the server has ended the last."""
        if self._is_locked:  # without this very connection the lock is lost
            return self._connection
        if self._connection is None or self._process != os.getpid() or not self._answers():
            self._connection, self._process = connect(self.address), os.getpid()
        return self._connection

    def _answers(self) -> bool:
        try:
            with telling(self.address), self._connection, self._connection.cursor() as cursor:
                cursor.execute("select")
        except BrokenWorld:
            return False
        return True

    def _let_go(self) -> None:
        """Unlock; where that cannot be said any more, the connection is ended and the lock with it."""
        try:
            with telling(self.address), self._connection, self._connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", (LOCK,))
        except BrokenWorld:
            self._connection.close()
