"""Which entries of the ledger approve another, and what about such an approval should a reader look at?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpiledger.approvals import Judged
from kpiledger.approvals.doubts import doubts_of
from kpiledger.ledger.entry import Entry
from kpiledger.pages.approval import APPROVAL_WORDS


@dataclass(frozen=True, slots=True)
class ApprovalShown:
    """The other entry of an approval, how the approval stands, and what is doubtful about it."""

    seq: int
    text: str
    doubts: tuple[str, ...]


def approvals_shown(
    entry: Entry, judged: Sequence[Judged], entries: Sequence[Entry], new_for_days: int
) -> tuple[ApprovalShown, ...]:
    """Of an event its approvals, of an approval its event; a key or a right is new for so many days."""
    of_event = [(one, one.seq) for one in judged if one.event_hash == entry.entry_hash]
    own = [one for one in judged if one.seq == entry.seq]
    seqs = {other.entry_hash: other.seq for other in entries} if own else {}
    of_approval = [(one, seqs[one.event_hash]) for one in own if one.event_hash in seqs]
    return tuple(_shown(one, seq, new_for_days) for one, seq in (*of_event, *of_approval))


def with_their_other(asked: Iterable[int], judged: Sequence[Judged], entries: Sequence[Entry]) -> set[int]:
    """Entries by seq, with the approvals of those that are events and the events of those that are approvals."""
    found = set(asked)
    seqs = {entry.entry_hash: entry.seq for entry in entries} if judged else {}
    pairs = {(one.seq, seqs[one.event_hash]) for one in judged if one.event_hash in seqs}
    return found | {seq for pair in pairs if found.intersection(pair) for seq in pair}


def _shown(one: Judged, seq: int, new_for_days: int) -> ApprovalShown:
    doubts = [f"{what}: {why}" for what, why in doubts_of(one, new_for_days)]
    text = f"{APPROVAL_WORDS[one.state]}{f': {one.why}' if one.why else ''}"
    return ApprovalShown(seq, text, tuple(doubts))
