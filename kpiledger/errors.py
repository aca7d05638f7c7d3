"""What can go wrong outside of what a user wrote, and what to do about it.

    KpiledgerError
    ├── WrongUse          the command was called with words that do not fit
    ├── BrokenWorld       something outside is missing or unreachable (warehouse, dbt, source system)
    │   ├── BusyError     another run holds the lock
    │   └── DamagedFile   the bytes of a warehouse are not those that were written
    ├── LedgerDamaged     the ledger does not verify
    └── RunStopped        findings or failed checks ended a run before it published anything

What a user wrote wrong in a file is no exception: it is a `Finding`. `Answered` is no problem either: it ends a command
that has said what it found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn


class KpiledgerError(Exception):
    """A problem that ends the command, with a sentence on what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class WrongUse(KpiledgerError):
    """The words of a command do not fit together or name nothing that exists."""


class BrokenWorld(KpiledgerError):
    """Something outside the project is missing, unreachable or not as it was left."""


class BusyError(BrokenWorld):
    """Another run holds the lock of what only one may write."""


class DamagedFile(BrokenWorld):
    """The bytes of a warehouse are not those that were written: nothing is told from it."""


class LedgerDamaged(KpiledgerError):
    """The ledger's bytes do not agree with its tree, its checkpoint or its own order."""


class RunStopped(KpiledgerError):
    """Findings or failed checks ended a run; nothing was published. The message is the whole report."""


class Answered(SystemExit):
    """A command has said all it has to say, and `end` is how its process ends quickest."""

    def __init__(self, code: int, end: Callable[[int], NoReturn]) -> None:
        super().__init__(code)
        self._exit_code, self._end = code, end

    def leave(self) -> NoReturn:
        """End the process."""
        self._end(self._exit_code)
