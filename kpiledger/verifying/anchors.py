"""Is every anchored checkpoint a beginning of the ledger, and signed by its key?

A ledger that was written anew, cut, put back to an older state or signed with another key is whole in
itself. What was anchored before shows it; so an anchor that held checkpoints and holds none is a problem of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kpiledger.ledger.anchored import emptied, remembered
from kpiledger.ledger.anchors import Anchored, anchored_in
from kpiledger.ledger.beginnings import Earlier, beginning_problems
from kpiledger.ledger.checkpoint import CheckpointError, open_checkpoint
from kpiledger.ledger.problem import Problem
from kpiledger.verifying.check import Check, Held, Looked

NAME = "anchors"
_SHOWN = 5


def _look(held: Held) -> Looked:
    by_anchor = {anchor: anchored_in(anchor) for anchor in held.ledger.anchors}
    known = remembered(held.ledger.directory)
    gone = [Problem(NAME, text) for text in emptied(held.ledger.directory, held.ledger.anchors)]
    new = [anchor for anchor, found in by_anchor.items() if not found and anchor.resolve() not in known]
    anchored = [one for found in by_anchor.values() for one in found]
    if not anchored and not gone:
        return Looked(not_looked_at=f"no checkpoint is anchored in {', '.join(map(str, new))}")
    partly = [f"no checkpoint is anchored in {anchor} yet; the next recording begins to" for anchor in new]
    partly += _lacking(held, by_anchor, known)
    return Looked((*gone, *_problems(held, anchored)), partly=tuple(partly))


def _lacking(held: Held, by_anchor: Mapping[Path, Sequence[Anchored]], known: Mapping[Path, int]) -> Iterator[str]:
    """Checkpoints that the ledger kept and an anchor lacks; an anchor that was not set for a while lacks some, too."""
    sizes = {checkpoint.size for checkpoint in held.found.history or ()}
    for anchor, found in by_anchor.items():
        first = known.get(anchor.resolve())
        if found and first is not None:
            there = {int(number) for one in found if (number := one.path.stem.rpartition("-")[2]).isdigit()}
            lacks = sorted(size for size in sizes if size >= first and size not in there)
            if lacks:
                shown = ", ".join(map(str, lacks[:_SHOWN])) + (" and more" if lacks[_SHOWN:] else "")
                yield f"{anchor} lacks the checkpoints of {shown} entries, which were signed while it was an anchor"


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
