"""What is known of the approval of an agreement event, as the fold is told it: by the hash of its entry.

Whether an event is approved is computed from the ledger's approvals, elsewhere; here it is data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from kpiledger.vocabulary import ApprovalState

# What an event promises counts as agreed where it stands so.
COUNTING = (ApprovalState.APPROVED, ApprovalState.NOT_REQUIRED)


@dataclass(frozen=True, slots=True)
class Approval:
    """How an event stands, and the entry that says so: where and when the ledger recorded it."""

    state: ApprovalState
    seq: int | None = None
    recorded_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether what the event promises counts as agreed."""
        return self.state in COUNTING

    @property
    def since(self) -> datetime | None:
        """When an event that needs an approval began to count; None where it needs none, or has none that counts."""
        return self.recorded_at if self.state is ApprovalState.APPROVED else None


NOT_REQUIRED = Approval(ApprovalState.NOT_REQUIRED)
# An event that the mapping does not name needs no approval.
NONE_REQUIRED: Mapping[str, Approval] = MappingProxyType({})
