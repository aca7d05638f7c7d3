"""Does every recorded approval hold: signature, key, role, authority, four eyes, and one event under its name?

One that came too late is recorded and does not count; nothing is wrong with the ledger, and question 6 shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.schema import EntryKind
from kpiledger.verifying.check import Check, Held, Looked
from kpiledger.vocabulary import ApprovalState

NAME = "approvals"


def _look(held: Held) -> Looked:
    not_holding = (
        Problem(NAME, f"the approval of {one.event} is {one.state}: {one.why}", one.seq, one.event)
        for one in held.judging().approvals
        if one.state is not ApprovalState.APPROVED and not (one.lapse and one.lapse.is_too_late)
    )
    return Looked.found((*not_holding, *_recorded_twice(held.entries)))


def _recorded_twice(entries: Iterable[Entry]) -> Iterator[Problem]:
    """What is recorded once only: under a key that the files have, an entry could hide that no file tells."""
    first: dict[tuple[bool, str], int] = {}
    for entry in entries:
        if entry.kind in EVENT_OF_KIND or entry.kind is EntryKind.DEFINITION_RECORDED:
            before = first.setdefault((entry.kind in EVENT_OF_KIND, entry.key), entry.seq)
            if before != entry.seq:
                yield Problem(
                    NAME, f"it was recorded in entry {before} already, and is recorded once", entry.seq, entry.key
                )


CHECK = Check(NAME, _look, is_given=lambda *_: True)
