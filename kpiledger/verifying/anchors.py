"""Is every anchored checkpoint a beginning of the ledger, and signed by its key?

A ledger that was written anew, cut, put back to an older state or signed with another key is whole in
itself. What was anchored before shows it.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.ledger.anchors import Anchored, anchored_in
from kpiledger.ledger.beginnings import Earlier, beginning_problems
from kpiledger.ledger.checkpoint import CheckpointError, open_checkpoint
from kpiledger.ledger.problem import Problem
from kpiledger.verifying.check import Check, Held, Looked

NAME = "anchors"


def _look(held: Held) -> Looked:
    anchored = [one for anchor in held.ledger.anchors for one in anchored_in(anchor)]
    if not anchored:
        folders = ", ".join(map(str, held.ledger.anchors))
        return Looked(not_looked_at=f"no checkpoint is anchored in {folders}")
    return Looked.found(_problems(held, anchored))


def _problems(held: Held, anchored: list[Anchored]) -> Iterator[Problem]:
    earlier: list[Earlier] = []
    for one in anchored:
        try:
            earlier.append(Earlier(str(one.path), open_checkpoint(one.note, held.key)))
        except CheckpointError as problem:
            message = f"{one.path} is no checkpoint of this ledger: {problem}"
            yield Problem(NAME, f"{message}; the anchor, the ledger or its key was replaced")
    yield from beginning_problems(NAME, earlier, held.found.hashes)


CHECK = Check(NAME, _look, is_given=lambda ledger, _: bool(ledger.anchors))
