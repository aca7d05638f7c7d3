"""Ledgers for the tests of this folder: small entries, batches of any size, bytes to be laid and changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kpiledger.ledger.beginnings import notes_in
from kpiledger.ledger.checkpoint import sign_note
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.keys import signing_key
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, writing

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
FILES = ("entries.jsonl", "leaves", "checkpoint", "checkpoints", "frontier")


def published(number: int, *tables: str) -> Draft:
    """A publication with a number of its own."""
    content = {"run_id": f"run-{number}", "as_of_on": None, "hashes": dict.fromkeys(tables, f"{number:064x}")}
    return Draft(EntryKind.RUN_PUBLISHED, f"run-{number}", content)


def retired(number: int, reason: str) -> Draft:
    """An agreement event, whose content is nested and not all ASCII."""
    content = {
        "agreement": f"west_{number}",
        "holder": "sales_west",
        "decided_on": "2025-12-12",
        "valid_from": "2026-01-01",
        "valid_to": None,
        "reason": {"kind": "correction", "text": reason, "evidence": None},
        "proposed_by": "head_of_sales",
        "approved_by": "cfo",
        "targets": [],
    }
    return Draft(EntryKind.AGREEMENT_RETIRED, f"west_{number}/2", content)


def seconds(start: datetime = NOW) -> Callable[[], datetime]:
    """A clock that moves a second with each look."""
    seen = [start]

    def look() -> datetime:
        seen[0] += timedelta(seconds=1)
        return seen[0]

    return look


def filled(folder: Path, batches: Iterable[Sequence[Draft]], anchors: Sequence[Path] = ()) -> Ledger:
    """A ledger with these batches, appended by one writer."""
    ledger = Ledger(folder, anchors=anchors)
    with writing(ledger, seconds()) as writer:
        for batch in batches:
            writer.append(batch)
    return ledger


def add(ledger: Ledger, *drafts: Draft, at: datetime = NOW + timedelta(days=1)) -> None:
    """One more batch, by a writer of its own."""
    with writing(ledger, seconds(at)) as writer:
        writer.append(drafts)


def copied(ledger: Ledger, folder: Path) -> Ledger:
    """The same ledger in another folder, with the same anchors."""
    shutil.copytree(ledger.directory, folder)
    return Ledger(folder, anchors=ledger.anchors)


def put_back(ledger: Ledger, older: Ledger) -> None:
    """Every file as an older copy has it, the keys too."""
    shutil.rmtree(ledger.directory)
    shutil.copytree(older.directory, ledger.directory)


def resigned(ledger: Ledger, keys: Path) -> None:
    """Sign the newest and all kept checkpoints as they are, with the key in a folder."""
    name, private = signing_key(keys)
    for path in (ledger.directory / "checkpoint", ledger.directory / "checkpoints"):
        texts = [note.decode().split("\n", 3) for note in notes_in(path.read_bytes())]
        path.write_bytes(b"".join(sign_note(f"{name}\n{size}\n{root}\n", name, private) for _, size, root, _ in texts))
