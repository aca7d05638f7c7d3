"""The ledger for a reader: its signed checkpoint, its newest entries, and which of them have a page of their own."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from kpiledger.approvals import Judged, judged
from kpiledger.approvals.doubts import NEW_FOR_DAYS
from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_checkpoint, read_entries
from kpiledger.ledger.subjects import resolving
from kpiledger.pages.approval_entries import with_their_other
from kpiledger.pages.dates import moment_text
from kpiledger.pages.series import Series

# What a reader looks for is among the newest, or linked from the target that rests on it.
MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class LedgerShown:
    """What pages show of a ledger: entries, checkpoint, key, how a recorded value is read, and approvals as judged.

    An approval is shown with the key or right behind it while that is new.
    """

    entries: tuple[Entry, ...]
    checkpoint: Checkpoint
    key: str
    resolve: Callable[[Any], Any]
    judged: tuple[Judged, ...] = ()
    new_for_days: int = NEW_FOR_DAYS

    @property
    def newest(self) -> tuple[Entry, ...]:
        """The entries that the page of the ledger lists, newest first."""
        return self.entries[: -MOST_ENTRIES - 1 : -1]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry in the list."""

    seq: int
    recorded_at: str
    kind: str
    key: str
    entry: str
    commit: str


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """The page of the ledger."""

    size: int
    root: str
    root_hash: str
    origin: str
    key: str
    lines: tuple[EntryLine, ...]
    older_count: int


def ledger_shown(ledger: Ledger | None, new_for_days: int = NEW_FOR_DAYS) -> LedgerShown | None:
    """What there is to show; None where no ledger was given or none was made yet."""
    if ledger is None or not ledger.exists:
        return None
    entries = read_entries(ledger)
    return LedgerShown(
        entries,
        read_checkpoint(ledger),
        str(trusted_key(ledger.keys)),
        resolving(ledger),
        judged(ledger, entries),
        new_for_days,
    )


def ledger_page(shown: LedgerShown) -> LedgerPage:
    """The page of the ledger."""
    checkpoint = shown.checkpoint
    return LedgerPage(
        size=checkpoint.size,
        root=base64.b64encode(checkpoint.root).decode(),
        root_hash=checkpoint.root.hex(),
        origin=checkpoint.origin,
        key=shown.key,
        lines=tuple(_line(entry) for entry in shown.newest),
        older_count=max(len(shown.entries) - MOST_ENTRIES, 0),
    )


def entries_with_pages(shown: LedgerShown, series: Iterable[Series]) -> tuple[Entry, ...]:
    """The newest entries, and all that a page rests on: agreement events, their approvals, definitions."""
    asked = {entry.seq for entry in shown.newest}
    kpis = set()
    for one in series:
        kpis.add(one.kpi.kpi)
        for change in one.changes:
            asked.add(change.version.seq)
            asked.add(change.version.approval_seq or change.version.seq)
    asked = with_their_other(asked, shown.judged, shown.entries)
    return tuple(
        entry
        for entry in shown.entries
        if entry.seq in asked or (entry.kind is EntryKind.DEFINITION_RECORDED and entry.content["kpi"] in kpis)
    )


def _line(entry: Entry) -> EntryLine:
    return EntryLine(
        seq=entry.seq,
        recorded_at=moment_text(entry.recorded_at),
        kind=entry.kind.value,
        key=entry.key,
        entry=entry.entry_hash[:10],
        commit=entry.commit[:7] if entry.commit else "uncommitted" if entry.uncommitted else "",
    )
