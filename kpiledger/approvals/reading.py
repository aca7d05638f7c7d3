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
from kpiledger.approvals.judging import Verdict, given_before, judge, refuse_key
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


@dataclass(frozen=True, slots=True)
class Governed:
    """An event with the strictest policy recorded before it, in the same batch or not, and that of an earlier time.

    From when approvals are required can only be moved to earlier days: a later one loosens nothing, else a policy could
    be loosened, used, and put back.
    """

    event: Entry
    authority: Entry | None
    earlier: Entry | None


@dataclass(slots=True)
class Reading:
    """What has been read of a ledger so far: policy, keys and events, each as recorded up to here."""

    plain: Callable[[Any], Any]
    standing: Standing = NOBODY
    authority: Entry | None = None
    keys: dict[tuple[str, str], Key] = field(default_factory=dict)
    events: dict[str, Governed] = field(default_factory=dict)
    approvals: list[Judged] = field(default_factory=list)
    first_authority: Entry | None = None
    earlier_authority: Entry | None = None
    approved_as: dict[str, tuple[str, str]] = field(default_factory=dict)

    def read(self, entry: Entry) -> None:
        """Take in the next entry."""
        if entry.kind is EntryKind.AUTHORITY_RECORDED:
            self.earlier_authority = self._authority_before(entry)
            self.standing = recorded_standing(entry.content)
            self.authority = _stricter(self.authority, entry)
            self.first_authority = self.first_authority or entry
        elif entry.kind is EntryKind.KEY_ADDED:
            key = recorded_key(entry.content)
            self.keys[key.person, entry.content["fingerprint"]] = key
        elif entry.kind is EntryKind.KEY_REVOKED:
            self.keys.pop((person_of(entry.content["person"]), entry.content["fingerprint"]), None)
        elif entry.kind in EVENT_OF_KIND:
            self.events[entry.entry_hash] = Governed(entry, self.authority, self._authority_before(entry))
        elif entry.kind is EntryKind.APPROVAL_RECORDED:
            self.approvals.append(self._judged(entry))

    def _authority_before(self, entry: Entry) -> Entry | None:
        """The strictest policy of an earlier time: one of the same batch was not there when its events were written."""
        last = self.authority
        return last if last is not None and last.recorded_at < entry.recorded_at else self.earlier_authority

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
        governed = self.events.get(content["event_hash"])
        # What is signed does not say which event it is: the same words a second time need a decision of their own.
        digest = self.plain(content["content_hash"])
        own = content["event_hash"], content["event"]
        first = own if isinstance(digest, Gone) else self.approved_as.setdefault(digest, own)
        if governed is None or governed.event.key != content["event"]:
            return Verdict(ApprovalState.VOID, "the entry that it names is not the event's")
        event = governed.event
        signer, asked = person_of(content["signer"]), recorded_asked(event.content)
        known = self.keys.get((signer, content["fingerprint"]))
        if known is None:
            why = f"the key {content['fingerprint']} was none of this person's when it was recorded"
            return Verdict(ApprovalState.REFUSED, why)
        refusal = refuse_key((known,), signer, known.public_key, asked.decided_on)
        if refusal:
            return Verdict(ApprovalState.REFUSED, *refusal)
        signed = signed_bytes(self.plain, event)
        if signed is not None and digest != sha256(signed).hexdigest():
            return Verdict(ApprovalState.VOID, "it is of other content than what was recorded")
        if first[0] != own[0]:
            return Verdict(ApprovalState.VOID, given_before(first[1]))
        return judge(self.plain(content["signature"]), signed, signer, asked, self.standing, (known,))


def _stricter(known: Entry | None, found: Entry) -> Entry:
    """The one of two policies that requires approvals from an earlier day on."""
    if known is None or str(found.content["required_from"]) < str(known.content["required_from"]):
        return found
    return known


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
