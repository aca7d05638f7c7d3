"""How do recorded agreement events stand with those who may approve them, judged by the ledger alone?

The days that an author writes are not trusted further than they can be: an event that was recorded later than the
policy needs an approval from the policy's first day on, whatever day it says it was decided on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kpiledger.approvals.judged import Governed, Judged
from kpiledger.approvals.reading import Reading
from kpiledger.folding.approval import NOT_REQUIRED, Approval
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import resolving
from kpiledger.vocabulary import ApprovalState


def judged(ledger: Ledger, entries: Iterable[Entry]) -> tuple[Judged, ...]:
    """Every recorded approval with its verdict, in the order recorded."""
    return tuple(_read(ledger, entries).approvals)


def approvals_of(ledger: Ledger, entries: Iterable[Entry]) -> Mapping[str, Approval]:
    """How each agreement event stands, by the hash of its entry; the first approval that counts says since when."""
    return approvals_and_verdicts(ledger, entries)[0]


def approvals_and_verdicts(
    ledger: Ledger, entries: Iterable[Entry], checked: frozenset[str] = frozenset()
) -> tuple[Mapping[str, Approval], Mapping[str, Sequence[Judged]]]:
    """How each agreement event stands, and each approval of it with its verdict, by the hash of the event's entry.

    `checked` are signatures that need not be checked again (`kpiledger.ledger_index.signing`).
    """
    reading = _read(ledger, entries, checked)
    by_event: dict[str, list[Judged]] = {}
    for approval in reading.approvals:
        by_event.setdefault(approval.event_hash, []).append(approval)
    stand = {
        entry_hash: _stands(one, reading.first_authority, by_event.get(entry_hash, []))
        for entry_hash, one in reading.events.items()
    }
    return stand, by_event


def _read(ledger: Ledger, entries: Iterable[Entry], checked: frozenset[str] = frozenset()) -> Reading:
    reading = Reading(resolving(ledger), checked)
    for entry in entries:
        reading.read(entry)
    return reading


def _stands(governed: Governed, first: Entry | None, approvals: Sequence[Judged]) -> Approval:
    for approval in approvals:
        if approval.state is ApprovalState.APPROVED:
            return Approval(ApprovalState.APPROVED, approval.seq, approval.recorded_at)
    if not _is_required(governed, first):
        return NOT_REQUIRED
    if approvals:
        return Approval(approvals[-1].state, approvals[-1].seq, approvals[-1].recorded_at)
    return Approval(ApprovalState.UNAPPROVED)


def _is_required(governed: Governed, first: Entry | None) -> bool:
    event, authority, earlier = governed.event, governed.authority or first, governed.earlier
    if authority is None:
        return False
    recorded_on = event.recorded_at.date().isoformat()
    came_later = earlier is not None and recorded_on >= str(earlier.content["required_from"])
    return str(event.content["decided_on"]) >= str(authority.content["required_from"]) or came_later
