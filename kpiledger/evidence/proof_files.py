"""How is a proof written down, so that tools which we did not write can read it?

That an entry is in the ledger: a C2SP tlog-proof. That an earlier checkpoint is a beginning of a later one:
the body of C2SP tlog-witness' add-checkpoint. Both end with the signed checkpoint that they lead to.

    c2sp.org/tlog-proof@v1                  old <size of the earlier tree>
    index <seq - 1>                         <base64 hash>, a line each
    <base64 hash>, a line each
                                            <checkpoint>
    <checkpoint>
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from kpiledger.ledger.checkpoint import Checkpoint, CheckpointError, VerifierKey, open_checkpoint
from kpiledger.ledger.merkle import leaf_hash, verify_consistency, verify_inclusion

_NUMBER = rb"(0|[1-9][0-9]{0,17})"
_HASHES = rb"((?:[A-Za-z0-9+/]{43}=\n)*)"
_INCLUSION = re.compile(rb"c2sp\.org/tlog-proof@v1\nindex " + _NUMBER + rb"\n" + _HASHES + rb"\n(.*)", re.DOTALL)
_CONSISTENCY = re.compile(rb"old " + _NUMBER + rb"\n" + _HASHES + rb"\n(.*)", re.DOTALL)


class ProofError(ValueError):
    """The bytes are no proof, or do not prove what was asked."""


def inclusion_file(seq: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The proof that entry `seq` is in the tree of a signed checkpoint."""
    return f"c2sp.org/tlog-proof@v1\nindex {seq - 1}\n{_lines(proof)}\n".encode() + note


def consistency_file(size: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The proof that a tree of `size` entries is a beginning of that of a signed checkpoint."""
    return f"old {size}\n{_lines(proof)}\n".encode() + note


def check_inclusion_file(content: bytes, line: bytes, key: VerifierKey) -> tuple[int, Checkpoint]:
    """The seq of an entry and the checkpoint that covers it; `line` is the entry without its line end."""
    index, proof, note = _read(_INCLUSION, content)
    found = _opened(note, key)
    if not verify_inclusion(index, found.size, leaf_hash(line), proof, found.root):
        raise ProofError("it does not lead from the entry to the signed root")
    return index + 1, found


def check_consistency_file(content: bytes, earlier: bytes, key: VerifierKey) -> tuple[Checkpoint, Checkpoint]:
    """The earlier checkpoint, given by its note, and the later one."""
    size, proof, note = _read(_CONSISTENCY, content)
    before, found = _opened(earlier, key), _opened(note, key)
    if before.size != size:
        raise ProofError(f"it is of the first {size} entries, the earlier checkpoint covers {before.size}")
    if not verify_consistency(size, found.size, before.root, found.root, proof):
        raise ProofError("it does not lead to both signed roots")
    return before, found


def _lines(proof: Sequence[bytes]) -> str:
    return "".join(f"{base64.b64encode(step).decode()}\n" for step in proof)


def _read(form: re.Pattern[bytes], content: bytes) -> tuple[int, list[bytes], bytes]:
    found = form.fullmatch(content)
    if found is None:
        raise ProofError("it is no proof in its only form")
    steps = [base64.b64decode(line) for line in found[2].split()]
    if _lines(steps).encode() != found[2]:
        raise ProofError("a hash has stray bits at its end")
    return int(found[1]), steps, found[3]


def _opened(note: bytes, key: VerifierKey) -> Checkpoint:
    try:
        return open_checkpoint(note, key)
    except CheckpointError as problem:
        raise ProofError(f"checkpoint: {problem}") from problem
