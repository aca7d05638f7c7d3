"""How do agreement events stand with those who may approve them? Asked of the index, so that few entries are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpiledger.approvals import Judged, approvals_and_verdicts
from kpiledger.audit.answer import Asked
from kpiledger.folding.approval import NOT_REQUIRED, Approval
from kpiledger.ledger_index.approving import are_approvals_asked, judging_entries
from kpiledger.ledger_index.signing import checked_for


@dataclass(frozen=True, slots=True)
class Approvals:
    """How events stand, and every recorded approval of them with its verdict, by the hash of the event's entry."""

    states: Mapping[str, Approval]
    verdicts: Mapping[str, Sequence[Judged]]

    def of(self, entry_hash: str) -> Approval:
        """How an event stands; without a policy none needs an approval."""
        return self.states.get(entry_hash, NOT_REQUIRED)


def approvals_among(asked: Asked, events: Sequence[int]) -> Approvals:
    """How the events of these entries stand, judged by the policy and keys that were recorded before."""
    if not are_approvals_asked(asked.index()):
        return Approvals({}, {})
    entries = judging_entries(asked.index(), asked.ledger, events)
    checked = checked_for(asked.index(), events)
    return Approvals(*approvals_and_verdicts(asked.ledger, entries, checked))
