"""One entry of the ledger for a reader: what it says laid out, its bytes as they lie there, and how to prove it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kpiledger.ledger.entry import Entry
from kpiledger.pages.addresses import entry_address
from kpiledger.pages.approval_entries import ApprovalShown, approvals_shown
from kpiledger.pages.dates import moment_text
from kpiledger.pages.ledger import LedgerShown


@dataclass(frozen=True, slots=True)
class Said:
    """A key of an entry's content with its value, or with the keys below it."""

    name: str
    text: str
    below: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """An entry's page; `shown_in` leads to the histories on it, `approvals` from an event to its approvals and back."""

    address: str
    seq: int
    recorded_at: str
    kind: str
    key: str
    entry_hash: str
    commit: str | None
    is_uncommitted: bool
    content: tuple[Said, ...]
    line: str
    proof: str
    shown_in: tuple[tuple[str, str], ...]
    approvals: tuple[ApprovalShown, ...]


def entry_page(shown: LedgerShown, entry: Entry, shown_in: Sequence[tuple[str, str]]) -> EntryPage:
    """The page of an entry; people stand in it by their id, and who was erased as `erased`."""
    return EntryPage(
        address=entry_address(entry.seq),
        seq=entry.seq,
        recorded_at=moment_text(entry.recorded_at),
        kind=entry.kind.value,
        key=entry.key,
        entry_hash=entry.entry_hash,
        commit=entry.commit,
        is_uncommitted=entry.uncommitted,
        content=tuple(_said(shown.resolve(entry.content))),
        line=entry.line.decode(),
        proof=f"kpi audit 25 --seq {entry.seq}",
        shown_in=tuple(shown_in),
        approvals=approvals_shown(entry, shown.judged, shown.entries, shown.new_for_days),
    )


def _said(content: Mapping[str, Any]) -> Iterator[Said]:
    """The keys in their canonical order; what says nothing is left out, the line below has it."""
    for name, value in content.items():
        if value is not None and value not in ({}, []):
            yield _one(name, value)


def _one(name: str, value: Any) -> Said:
    if isinstance(value, Mapping):
        return Said(name, "", tuple(_said(value)))
    if isinstance(value, list):
        return Said(name, "", tuple(_one(str(number), item) for number, item in enumerate(value, start=1)))
    text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return Said(name, text, ())
