"""Which checkpoints did a ledger ever sign, and which of them is meant by a size or by a moment?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kpiledger.errors import LedgerDamaged, WrongUse
from kpiledger.ledger.beginnings import notes_in
from kpiledger.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.store import Ledger

_SIZE = re.compile(rb"[^\n]*\n(0|[1-9][0-9]{0,17})\n")


def notes_by_size(ledger: Ledger) -> Mapping[int, bytes]:
    """Every checkpoint that the ledger kept and the newest one, oldest first; signatures are not looked at."""
    notes = [*notes_in(ledger.storage.checkpoints() or b""), ledger.storage.checkpoint()]
    sized = ((_SIZE.match(note), note) for note in notes)
    return {int(found[1]): note for found, note in sized if found}


def note_of(ledger: Ledger, size: int) -> tuple[Checkpoint, bytes]:
    """The checkpoint of exactly so many entries, signed by the ledger's key; WrongUse names the sizes beside it."""
    notes = notes_by_size(ledger)
    if size not in notes:
        near = sorted(notes, key=lambda known: abs(known - size))[:3]
        shown = ", ".join(map(str, sorted(near)))
        raise WrongUse(f"no checkpoint of {size} entries was signed", f"the nearest are those of {shown} entries")
    try:
        return open_checkpoint(notes[size], trusted_key(ledger.keys)), notes[size]
    except CheckpointError as problem:
        message = f"the checkpoint of {size} entries in {ledger.storage.place}: {problem}"
        raise LedgerDamaged(message, "run `kpi verify`") from problem


def newest_up_to(ledger: Ledger, size: int) -> int:
    """The size of the newest checkpoint over no more than so many entries; WrongUse if there is none of any entry."""
    sizes = [known for known in notes_by_size(ledger) if 0 < known <= size]
    if not sizes:
        raise WrongUse(f"no checkpoint of {size} entries or fewer was kept", "ask for a later moment, or a larger size")
    return max(sizes)
