"""How is a proof made from a ledger: of one entry, or of an earlier checkpoint?

A proof is made from the file of leaves and is held against the signed root before it is given away: a leaf or an
entry that was changed gives no proof.
"""

from __future__ import annotations

from dataclasses import dataclass

from kpiledger.errors import LedgerDamaged, WrongUse
from kpiledger.evidence.proof_files import (
    ProofError,
    check_consistency_file,
    check_inclusion_file,
    consistency_file,
    inclusion_file,
)
from kpiledger.evidence.signed import note_of
from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.merkle import consistency_proof, inclusion_proof
from kpiledger.ledger.storage import LEAF_LINE
from kpiledger.ledger.store import Ledger, signed_checkpoint

_HASH = 32
_HINT = "run `kpi verify`, which names what was changed"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That an entry is in the ledger: its line, and the file that proves it."""

    seq: int
    line: bytes
    steps: tuple[bytes, ...]
    checkpoint: Checkpoint
    content: bytes


@dataclass(frozen=True, slots=True)
class Consistency:
    """That an earlier checkpoint is a beginning of the ledger: its note, and the file that proves it."""

    earlier: Checkpoint
    note: bytes
    steps: tuple[bytes, ...]
    checkpoint: Checkpoint
    content: bytes


def leaf_hashes(ledger: Ledger, size: int) -> list[bytes]:
    """The leaf hashes of the first so many entries, as the ledger keeps them; nothing is checked against entries."""
    text = ledger.storage.leaf_lines(1, size)
    try:
        raw = bytes.fromhex(text.decode("ascii"))
    except ValueError as problem:
        raise LedgerDamaged(f"`leaves` of {ledger.storage.place} is no list of hashes", _HINT) from problem
    if len(text) != size * LEAF_LINE or len(raw) != size * _HASH:
        raise LedgerDamaged(f"`leaves` of {ledger.storage.place} does not have {size} hashes", _HINT)
    return [raw[start : start + _HASH] for start in range(0, len(raw), _HASH)]


def proved_entry(ledger: Ledger, seq: int, offset: int | None = None, leaves: list[bytes] | None = None) -> Inclusion:
    """The proof of one entry; `offset` saves looking for its line, `leaves` reading them for each of many."""
    checkpoint = signed_checkpoint(ledger)
    if not 0 < seq <= checkpoint.size:
        has = f"the entries 1 to {checkpoint.size}" if checkpoint.size else "none yet"
        raise WrongUse(f"there is no entry {seq}", f"the ledger has {has}")
    line = b"".join(ledger.storage.entry_lines(seq, seq, offset)[:1])
    steps = inclusion_proof(seq - 1, leaves or leaf_hashes(ledger, checkpoint.size))
    content = inclusion_file(seq, steps, ledger.storage.checkpoint())
    try:
        check_inclusion_file(content, line, trusted_key(ledger.keys))
    except ProofError as problem:
        raise LedgerDamaged(f"entry {seq} cannot be proved: {problem}", _HINT) from problem
    return Inclusion(seq, line, tuple(steps), checkpoint, content)


def proved_beginning(ledger: Ledger, size: int) -> Consistency:
    """The proof that the checkpoint of so many entries is a beginning of the ledger as it is now."""
    checkpoint = signed_checkpoint(ledger)
    if not 0 < size <= checkpoint.size:
        raise WrongUse(f"there is no earlier tree of {size} entries", f"the ledger has {checkpoint.size} entries")
    earlier, note = note_of(ledger, size)
    steps = consistency_proof(size, leaf_hashes(ledger, checkpoint.size))
    content = consistency_file(size, steps, ledger.storage.checkpoint())
    try:
        check_consistency_file(content, note, trusted_key(ledger.keys))
    except ProofError as problem:
        message = f"the checkpoint of {size} entries is no beginning of the ledger: {problem}"
        raise LedgerDamaged(message, "run `kpi verify`: history was written anew, or `leaves` was changed") from problem
    return Consistency(earlier, note, tuple(steps), checkpoint, content)
