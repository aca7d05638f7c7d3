"""What did the ledger say of policy, keys and events up to each recorded approval, and does that one hold?

Each recorded approval is judged again: its signature over the recorded event, and the signer by the keys and the policy
that were recorded before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from kpiledger.approvals.contents import person_of, recorded_asked, recorded_key, recorded_standing
from kpiledger.approvals.judging import Verdict, judge, refuse_key
from kpiledger.approvals.standing import NOBODY, Key, Standing
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.subjects import Gone
from kpiledger.vocabulary import ApprovalState

_CONTENT, _AFTER, _COMMITMENT = b',"content":', b',"format":"1","key":', b'{"commitment":'


@dataclass(frozen=True, slots=True)
class Judged:
    """A recorded approval with its verdict; `signer` is a commitment, `event_hash` names the entry it approves."""

    seq: int
    recorded_at: datetime
    event: str
    event_hash: str
    role: str
    signer: str
    fingerprint: str
    state: ApprovalState
    why: str


@dataclass(slots=True)
class Reading:
    """What has been read of a ledger so far: policy, keys and events, each as recorded up to here."""

    plain: Callable[[Any], Any]
    standing: Standing = NOBODY
    authority: Entry | None = None
    keys: dict[tuple[str, str], Key] = field(default_factory=dict)
    events: dict[str, tuple[Entry, Entry | None]] = field(default_factory=dict)
    approvals: list[Judged] = field(default_factory=list)
    first_authority: Entry | None = None

    def read(self, entry: Entry) -> None:
        """Take in the next entry."""
        if entry.kind is EntryKind.AUTHORITY_RECORDED:
            self.standing, self.authority = recorded_standing(entry.content), entry
            self.first_authority = self.first_authority or entry
        elif entry.kind is EntryKind.KEY_ADDED:
            key = recorded_key(entry.content)
            self.keys[key.person, entry.content["fingerprint"]] = key
        elif entry.kind is EntryKind.KEY_REVOKED:
            self.keys.pop((person_of(entry.content["person"]), entry.content["fingerprint"]), None)
        elif entry.kind in EVENT_OF_KIND:
            self.events[entry.key] = (entry, self.authority)
        elif entry.kind is EntryKind.APPROVAL_RECORDED:
            self.approvals.append(self._judged(entry))

    def _judged(self, entry: Entry) -> Judged:
        content = entry.content
        verdict = self._verdict(entry)
        return Judged(
            seq=entry.seq,
            recorded_at=entry.recorded_at,
            event=content["event"],
            event_hash=content["event_hash"],
            role=person_of(content["role"]),
            signer=person_of(content["signer"]),
            fingerprint=content["fingerprint"],
            state=verdict.state,
            why=verdict.why,
        )

    def _verdict(self, entry: Entry) -> Verdict:
        content = entry.content
        event, _ = self.events.get(content["event"], (None, None))
        if event is None or event.entry_hash != content["event_hash"]:
            return Verdict(ApprovalState.VOID, "the entry that it names is not the event's")
        signer, asked = person_of(content["signer"]), recorded_asked(event.content)
        known = self.keys.get((signer, content["fingerprint"]))
        if known is None:
            why = f"the key {content['fingerprint']} was none of this person's when it was recorded"
            return Verdict(ApprovalState.REFUSED, why)
        refusal = refuse_key((known,), signer, known.public_key, asked.decided_on)
        if refusal:
            return Verdict(ApprovalState.REFUSED, *refusal)
        signed = signed_bytes(self.plain, event)
        if signed is not None and self.plain(content["content_hash"]) != sha256(signed).hexdigest():
            return Verdict(ApprovalState.VOID, "it is of other content than what was recorded")
        return judge(self.plain(content["signature"]), signed, signer, asked, self.standing, (known,))


def signed_bytes(plain: Callable[[Any], Any], event: Entry) -> bytes | None:
    """What an approval of a recorded event signs; None where it spoke of a person who was erased."""
    # The entry is canonical, so its content stands in it as it was signed, but for people. Finding it there is
    # twenty times as fast as writing it anew; nothing in the content can look like the key that follows it.
    begin, end = event.line.index(_CONTENT) + len(_CONTENT), event.line.rindex(_AFTER)
    if _COMMITMENT not in event.line[begin:end]:
        return event.line[begin:end]
    content = plain(event.content)
    return None if _has_gone(content) else canonical_bytes(content)


def _has_gone(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_gone(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_gone(item) for item in value)
    return isinstance(value, Gone)
