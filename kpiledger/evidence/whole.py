"""Which bytes of a ledger go into a bundle: everything that was acknowledged, checked once more before it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.anchors import anchored_in
from kpiledger.ledger.checkpoint import Checkpoint, CheckpointError, VerifierKey, open_checkpoint
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.integrity import examine_entries
from kpiledger.ledger.keys import PUBLIC_FILE, trusted_key
from kpiledger.ledger.storage import LEAF_LINE, Stored
from kpiledger.ledger.store import Ledger

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Whole:
    """A ledger at one moment: its bytes, what they say, and the key that signed them."""

    ledger: Ledger
    stored: Stored
    checkpoint: Checkpoint
    key: VerifierKey
    entries: tuple[Entry, ...]

    @property
    def leaves(self) -> list[bytes]:
        """The leaf hash of each entry."""
        return [entry.leaf for entry in self.entries]


def read_whole(ledger: Ledger) -> Whole:
    """Everything at one moment; LedgerDamaged where entries, leaves and checkpoint do not agree."""
    if not ledger.exists:
        raise BrokenWorld(f"there is no ledger in {ledger.storage.place}", "`kpi run` makes it")
    stored, key = ledger.storage.everything(), trusted_key(ledger.keys)
    try:
        checkpoint = open_checkpoint(stored.checkpoint, key)
    except CheckpointError as problem:
        raise _damaged(ledger, str(problem)) from problem
    lines = stored.entries.split(b"\n")[:-1][: checkpoint.size]
    found = examine_entries(checkpoint, lines, stored.leaves[: checkpoint.size * LEAF_LINE])
    if found.problems:
        raise _damaged(ledger, str(found.problems[0]))
    return Whole(ledger, stored, checkpoint, key, found.entries)


def ledger_files(whole: Whole) -> Files:
    """The ledger's own files, cut at the last acknowledged entry."""
    files = {
        "ledger/entries.jsonl": b"".join(entry.line + b"\n" for entry in whole.entries),
        "ledger/leaves": whole.stored.leaves[: whole.checkpoint.size * LEAF_LINE],
        "ledger/checkpoint": whole.stored.checkpoint,
        f"ledger/keys/{PUBLIC_FILE}": f"{whole.key}\n".encode(),
    }
    return files if whole.stored.checkpoints is None else {**files, "ledger/checkpoints": whole.stored.checkpoints}


def anchor_files(ledger: Ledger) -> Files:
    """The checkpoints that were anchored, in a folder for each anchor."""
    return {
        f"anchors/{number}/{found.path.name}": found.note
        for number, anchor in enumerate(ledger.anchors, start=1)
        for found in anchored_in(anchor)
    }


def _damaged(ledger: Ledger, what: str) -> LedgerDamaged:
    return LedgerDamaged(f"the ledger {ledger.storage.place} does not verify: {what}", "run `kpi verify`")
