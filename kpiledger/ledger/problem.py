"""What is one thing about a ledger that does not hold, and which entry is at fault?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold; `seq` and `key` name the entry where it is one entry's."""

    name: str
    message: str
    seq: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        place = f"entry {self.seq}{f' ({self.key})' if self.key else ''}: " if self.seq is not None else ""
        return f"{place}{self.message}"
