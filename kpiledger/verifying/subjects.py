"""Do the personal values fit their commitments and their lists, and is each that is gone explained by an erasure?"""

from __future__ import annotations

from kpiledger.ledger.problem import Problem
from kpiledger.ledger.side_lists import faults_of_lists
from kpiledger.ledger.subjects import erased_commitments, unexplained
from kpiledger.verifying.check import Check, Held, Looked

NAME = "subjects"


def _look(held: Held) -> Looked:
    found = tuple(unexplained(held.ledger, held.entries))
    told = {problem.message for problem in found}
    lists = faults_of_lists(held.ledger, erased_commitments(held.entries))
    return Looked((*found, *(Problem(NAME, text) for text in lists if text not in told)))


CHECK = Check(NAME, _look, is_given=lambda *_: True)
