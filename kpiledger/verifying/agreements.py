"""Do the recorded events of each agreement make a history: agreed first, and once?"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.schema import EntryKind
from kpiledger.verifying.check import Check, Held, Looked


def _look(held: Held) -> Looked:
    return Looked.found(_misplaced(held))


def _misplaced(held: Held) -> Iterator[Problem]:
    """Events that no fold can make sense of; told from what the entries say, without reading them as specs."""
    known: set[str] = set()
    for entry in held.entries:
        if entry.kind not in EVENT_OF_KIND:
            continue
        agreement, is_first = entry.content["agreement"], entry.kind is EntryKind.AGREEMENT_AGREED
        if is_first and agreement in known:
            message = "agrees a second time; what changes an agreement is `amended`"
            yield Problem("agreements", f"the event `agreed` {message}", entry.seq, entry.key)
        elif not is_first and agreement not in known:
            message = "is the first of its agreement and is not `agreed`"
            yield Problem("agreements", f"the event `{EVENT_OF_KIND[entry.kind]}` {message}", entry.seq, entry.key)
        known.add(agreement)


# Where tables are given, the fold that they are compared with says the same.
CHECK = Check("agreements", _look, is_given=lambda _, beside: beside.projection is None)
