"""How do agreement events stand with those who may approve them? As the index keeps it; the rest is judged here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpiledger.approvals import Judged, Reading, judging
from kpiledger.audit.answer import Asked
from kpiledger.folding.approval import NOT_REQUIRED, Approval
from kpiledger.ledger_index.approving import are_approvals_asked, judging_entries
from kpiledger.ledger_index.verdicts import kept_states, kept_verdicts


@dataclass(frozen=True, slots=True)
class Approvals:
    """How events stand, and what is to be told of approvals of them: by their entries' hash."""

    states: Mapping[str, Approval]
    verdicts: Mapping[str, Sequence[Judged]]

    def of(self, entry_hash: str) -> Approval:
        """How an event stands; without a policy none needs an approval."""
        return self.states.get(entry_hash, NOT_REQUIRED)


def approvals_among(asked: Asked, events: Mapping[str, int], new_days: int) -> Approvals:
    """How events stand, and the recorded approvals of those that are not approved, or by one that may be doubted.

    One may doubt an approval with a key or a right that was recorded less than `new_days` before, or that lapsed.
    """
    if not are_approvals_asked(asked.index()):
        return Approvals({}, {})
    kept = kept_states(asked.index(), events.values())
    verdicts = kept_verdicts(asked.index(), events.values(), new_days)
    rest = _judged(asked, events, kept)
    if not rest:
        return Approvals(kept, verdicts)
    return Approvals({**kept, **rest.states()}, {**verdicts, **rest.by_event()})


def _judged(asked: Asked, events: Mapping[str, int], kept: Mapping[str, Approval]) -> Reading | None:
    """Of the events that the index keeps nothing of; None where there are none."""
    missing = [seq for entry_hash, seq in events.items() if entry_hash not in kept]
    return judging(asked.ledger, judging_entries(asked.index(), asked.ledger, missing)) if missing else None
