"""What is known of a recorded approval once it was judged, and of the policy that an event came under?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from kpiledger.approvals.lapsing import Lapse
from kpiledger.ledger.entry import Entry
from kpiledger.vocabulary import ApprovalState


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where and when something was recorded, and the git commit that it was read from."""

    seq: int
    recorded_at: datetime
    commit: str | None


class Judged(NamedTuple):
    """A recorded approval with its verdict; `signer` is a commitment, `event_hash` names the entry it approves.

    `key_entry` recorded the key as it counts, `authority_entry` is the policy since which the signer could approve.
    """

    seq: int
    recorded_at: datetime
    event: str
    event_hash: str
    role: str
    signer: str
    fingerprint: str
    state: ApprovalState
    why: str
    commit: str | None = None
    key_entry: Recorded | None = None
    authority_entry: Recorded | None = None
    lapse: Lapse | None = None


class Governed(NamedTuple):
    """An event with the strictest policy recorded before it, in the same batch or not, and that of an earlier time.

    From when approvals are required can only be moved to earlier days: a later one loosens nothing, else a policy could
    be loosened, used, and put back.
    """

    event: Entry
    authority: Entry | None
    earlier: Entry | None
