"""Question 25: is a version of an agreement, or any other entry, in the ledger that the checkpoint was signed for?"""

from __future__ import annotations

import json

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.words import number_of
from kpiledger.evidence.locating import place_of
from kpiledger.evidence.proving import proved_entry
from kpiledger.ledger.merkle import leaf_hash

COLUMNS = ("step", "hash")


def answer(asked: Asked) -> Answer:
    """The proof of one entry; LedgerDamaged where the entry is not the one that was recorded."""
    version, wanted = (number_of(asked.words, word, 0) if word in asked.words else None for word in ("version", "seq"))
    seq, offset = place_of(asked.index(), asked.words.get("agreement"), version, wanted)
    proof = proved_entry(asked.ledger, seq, offset)
    entry = json.loads(proof.line)
    now = proof.checkpoint
    notes = (
        "To check it without this program, in a folder of its own:",
        f"  kpi evidence inclusion --seq {seq} --out FOLDER && cd FOLDER",
        f"  perl verify_ledger.pl inclusion entry-{seq}.tlog-proof entry-{seq}.entry --key ledger.vkey",
        "with a ledger.vkey that was kept elsewhere. The proof:",
        "",
        proof.content.decode(),
        "The entry:",
        "",
        proof.line.decode(),
    )
    return Answer(
        COLUMNS,
        [(number, step.hex()) for number, step in enumerate(proof.steps, start=1)],
        (f"entry {seq}, {entry['kind']} {entry['key']}, recorded {entry['recorded_at']}, is in the ledger",),
        notes,
        facts={"leaf hash": leaf_hash(proof.line).hex(), "tree size": now.size, "tree root": now.root.hex()},
    )


QUESTION = Question(
    25, "A proof that a version of an agreement is in the ledger", answer, takes=("agreement", "version", "seq")
)
