"""What about an approval that counts should somebody look at: who was only just let in, and what had run out?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kpiledger.approvals.judged import Judged, Recorded
from kpiledger.vocabulary import ApprovalState

NEW_KEY = "key is new"
NEW_AUTHORITY = "authority is new"
AFTER_LAPSE = "recorded after a lapse"
# Two weeks: somebody who is away for one still sees who was let in.
NEW_FOR_DAYS = 14


def doubts_of(approval: Judged, days: int) -> Iterator[tuple[str, str]]:
    """What is doubtful about an approval, and why; `days` says for how long a key or a right is new."""
    if approval.state is not ApprovalState.APPROVED:
        return
    for what, entry in ((NEW_KEY, approval.key_entry), (NEW_AUTHORITY, approval.authority_entry)):
        if entry is not None and approval.recorded_at - entry.recorded_at < timedelta(days=days):
            yield what, _since(approval, entry)
    if approval.lapse:
        yield AFTER_LAPSE, f"{approval.lapse.what}; the approval was recorded on {approval.recorded_at:%Y-%m-%d}"


def _since(approval: Judged, entry: Recorded) -> str:
    days = (approval.recorded_at.date() - entry.recorded_at.date()).days
    came = f"recorded in entry {entry.seq}, {f'{days} days' if days else 'the same day'} as the approval"
    came = came.replace("days as the approval", "days before the approval")
    same = entry.commit is not None and entry.commit == approval.commit
    return f"{came} in entry {approval.seq}{', and came by the same commit' if same else ''}"
