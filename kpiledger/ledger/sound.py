"""Which entries are read strictly without a fault? Looked at by the bytes alone, a part of the ledger at a time."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.entry import parse_entry
from kpiledger.ledger.integrity import read_lines
from kpiledger.ledger.lines import held_lines
from kpiledger.ledger.merkle import leaf_hash
from kpiledger.ledger.store import Ledger, signed_checkpoint


def sound_part(ledger: Ledger, seqs: range) -> bytes | None:
    """The digest of some entries where each is as its writer would have written it, in its place; else None.

    Of which bytes that was said, `digest_of` their leaf hashes tells.
    """
    try:
        held = held_lines(ledger.storage, signed_checkpoint(ledger).size)
    except LedgerDamaged:
        return None  # who examines the ledger says what is wrong
    lines = held[seqs.start - 1 : seqs.stop - 1]
    hashes = [leaf_hash(line) for line in lines]
    _, problems = read_lines(lines, hashes, seqs.start, parse_entry)
    return None if problems else digest_of(hashes)


def digest_of(hashes: Sequence[bytes]) -> bytes:
    """The SHA-256 of leaf hashes, which are of one length."""
    return sha256(b"".join(hashes)).digest()
