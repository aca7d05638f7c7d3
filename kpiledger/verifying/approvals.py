"""Does every recorded approval hold: signature, key, role, authority, and four eyes?"""

from __future__ import annotations

from kpiledger.approvals import judged
from kpiledger.ledger.problem import Problem
from kpiledger.verifying.check import Check, Held, Looked
from kpiledger.vocabulary import ApprovalState

NAME = "approvals"


def _look(held: Held) -> Looked:
    return Looked.found(
        Problem(NAME, f"the approval of {one.event} is {one.state}: {one.why}", one.seq, one.event)
        for one in judged(held.ledger, held.entries)
        if one.state is not ApprovalState.APPROVED
    )


CHECK = Check(NAME, _look, is_given=lambda *_: True)
