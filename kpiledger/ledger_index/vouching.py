"""Who made the index that lies there? Its digest is signed with the ledger's key, so that nobody else's is believed.

A signed note of its own beside the index, which is no checkpoint: its first line is not the ledger's name alone.

    <name of the ledger>/index
    <size> <hexadecimal root>
    <SHA-256 of the index>
    <entries it was last made from at once> <when>

Whoever can read the ledger's key could write entries as well: an index is as good as the ledger, and no better.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from kpiledger.errors import KpiledgerError
from kpiledger.ledger.canonical import instant, instant_text
from kpiledger.ledger.checkpoint import Checkpoint, CheckpointError, open_note, sign_note, verifier_key
from kpiledger.ledger.keys import signing_key, trusted_key
from kpiledger.ledger.store import Ledger
from kpiledger.ledger_index.files import IndexFiles

_FORM = re.compile(
    r"(?P<origin>[^\n]+)/index\n(?P<size>0|[1-9]\d*) (?P<root>[0-9a-f]{64})\n(?P<digest>[0-9a-f]{64})\n"
    r"(?P<whole>0|[1-9]\d*) (?P<at>\S+)\n"
)


@dataclass(frozen=True, slots=True)
class Vouched:
    """What the ledger's key says of an index: of which tree it is, its digest, and when it was made from all entries.

    `whole` is the number of entries it was made from at once, at `made_at`; those after it were added later.
    """

    size: int
    root: str
    digest: str
    whole: int
    made_at: datetime

    def __str__(self) -> str:
        later = f", the {self.size - self.whole} after them added since" if self.size > self.whole else ""
        return f"signed by the ledger's key; made from {self.whole} entries at {self.made_at:%Y-%m-%d %H:%M} UTC{later}"


def can_vouch(ledger: Ledger) -> bool:
    """Whether this account has the key that an index is signed with."""
    try:
        name, private = signing_key(ledger.keys)
    except KpiledgerError:
        return False
    return verifier_key(name, private) == trusted_key(ledger.keys)


def vouch(ledger: Ledger, vouched: Vouched) -> bytes:
    """The signed note; the account must have the ledger's key."""
    name, private = signing_key(ledger.keys)
    text = f"{name}/index\n{vouched.size} {vouched.root}\n{vouched.digest}\n"
    return sign_note(f"{text}{vouched.whole} {instant_text(vouched.made_at)}\n", name, private)


def vouched_by(note: bytes, ledger: Ledger) -> Vouched:
    """What a note says; CheckpointError where it is none, or is not signed by this ledger's key."""
    key = trusted_key(ledger.keys)
    found = _FORM.fullmatch(open_note(note, key))
    if found is None or found["origin"] != key.name:
        raise CheckpointError("it is no note on an index of this ledger")
    return Vouched(int(found["size"]), found["root"], found["digest"], int(found["whole"]), instant(found["at"]))


def vouched_for(checkpoint: Checkpoint, digest: str, earlier: Vouched | None, now: datetime) -> Vouched:
    """What is to be signed of an index: completed from an earlier one, or made from all entries now."""
    whole, made_at = (earlier.whole, earlier.made_at) if earlier else (checkpoint.size, now)
    return Vouched(checkpoint.size, checkpoint.root.hex(), digest, whole, made_at)


def sound_index(files: IndexFiles, ledger: Ledger) -> Vouched | str:
    """What the ledger's key says of the index that lies there; a sentence where it says nothing of these bytes."""
    fault = files.fault()
    if fault:
        return fault
    try:
        vouched = vouched_by(files.note.read_bytes(), ledger)
    except FileNotFoundError:
        return f"{files.note.name} is missing: nobody vouches for it"
    except CheckpointError as problem:
        return f"{files.note.name} is not signed by this ledger: {problem}"
    if not files.digest.read_text(encoding="ascii", errors="replace").startswith(f"{vouched.digest} "):
        return f"it is not the one that {files.note.name} vouches for"
    return vouched
