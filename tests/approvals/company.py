"""A company with a ledger: its files are written, its events recorded, and approvals signed with real keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from signers import WEST

from kpiledger.approvals import approvals_of
from kpiledger.approvals.approving import approve, asked_event, prepared
from kpiledger.checking import check_folder
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.recording import record

NOW = datetime(2017, 8, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
UNTIL = "    valid_to: 2017-03-31\n"


class Company:
    """A project folder and its ledger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger(folder / "build/ledger")

    def record(self, at: datetime = NOW) -> int:
        project, _ = check_folder(self.folder)
        assert project is not None
        return record(project, self.folder, self.ledger, lambda: at).new

    def approve(self, key: Path, which: str = "2") -> None:
        project, _ = check_folder(self.folder)
        assert project is not None
        approve(project, self.folder, prepared(project, asked_event(project, WEST, which), None, [key]))

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return read_entries(self.ledger)

    @property
    def kinds(self) -> list[str]:
        return [entry.kind.value for entry in self.entries if entry.kind is not EntryKind.DEFINITION_RECORDED]

    def states(self, entries: Sequence[Entry] | None = None) -> dict[str, str]:
        held = entries or self.entries
        found = approvals_of(self.ledger, held)
        return {entry.key: found[entry.entry_hash].state.value for entry in held if entry.entry_hash in found}
