"""Question 24: is the ledger as it was at an earlier checkpoint still the beginning of the ledger as it is now?"""

from __future__ import annotations

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.words import moment_of, number_of
from kpiledger.errors import WrongUse
from kpiledger.evidence.locating import size_known_at
from kpiledger.evidence.proving import proved_beginning

COLUMNS = ("step", "hash")


def answer(asked: Asked) -> Answer:
    """The proof between two signed checkpoints; LedgerDamaged where there is none."""
    moment = moment_of(asked.words, "known-at")
    if (moment is None) == ("from-size" not in asked.words):
        raise WrongUse(
            "an earlier tree is named by its size or by a moment", "ask with --from-size 120, or --known-at 2016-12-31"
        )
    size = number_of(asked.words, "from-size", 0)
    if moment is not None:
        size = size_known_at(asked.index(), asked.ledger, moment)
    proof = proved_beginning(asked.ledger, size)
    now = proof.checkpoint
    same = "the ledger has not grown since" if size == now.size else f"{now.size - size} entries came after them"
    name = f"from-{size}"
    notes = (
        "To check it without this program, in a folder of its own:",
        f"  kpi evidence consistency --from-size {size} --out FOLDER && cd FOLDER",
        f"  perl verify_ledger.pl consistency {name}.consistency {name}.checkpoint --key ledger.vkey",
        "with a ledger.vkey and an earlier checkpoint that were kept elsewhere. The proof:",
        "",
        proof.content.decode().rstrip("\n"),
    )
    return Answer(
        COLUMNS,
        [(number, step.hex()) for number, step in enumerate(proof.steps, start=1)],
        (f"the first {size} entries are the beginning of the {now.size} that there are now; {same}",),
        notes,
        facts={
            "earlier size": size,
            "earlier root": proof.earlier.root.hex(),
            "tree size": now.size,
            "tree root": now.root.hex(),
        },
    )


QUESTION = Question(
    24, "A proof that an earlier checkpoint is a beginning of today's", answer, takes=("from-size", "known-at")
)
