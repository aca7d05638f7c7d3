"""Which deeds on periods are recorded and do not count, and why not? They changed nothing; that they were is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpiledger.closing.deeds import KINDS, SINCE
from kpiledger.closing.judged import not_counting
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind


@dataclass(frozen=True, slots=True)
class Attempt:
    """A close, lock, reopening or restatement that does not count; `close` is what the close says that it is about."""

    entry: Entry
    why_not: str
    close: Mapping[str, Any]

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day of the period; None where it names a close that there is not."""
        first, last = self.close.get("first_day"), self.close.get("last_day")
        return date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None


def attempts_in(entries: Iterable[Entry]) -> tuple[Attempt, ...]:
    """Every deed on a period that does not count, in the order recorded; overrides are told with the checks."""
    read = [entry for entry in entries if entry.kind in KINDS]
    void = not_counting(read)
    closes = {entry.entry_hash: entry.content for entry in read if entry.kind is EntryKind.PERIOD_CLOSED}
    return tuple(
        Attempt(entry, void[entry.entry_hash], closes.get(entry.content.get("close_hash", entry.entry_hash), {}))
        for entry in read
        if entry.entry_hash in void and entry.kind in (EntryKind.PERIOD_CLOSED, *SINCE)
    )
