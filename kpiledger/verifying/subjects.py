"""Do the personal values fit their commitments, and is each that is gone explained by a recorded erasure?"""

from __future__ import annotations

from kpiledger.ledger.subjects import unexplained
from kpiledger.verifying.check import Check, Held, Looked


def _look(held: Held) -> Looked:
    return Looked.found(unexplained(held.ledger, held.entries))


NAME = "subjects"

CHECK = Check(NAME, _look, is_given=lambda *_: True)
