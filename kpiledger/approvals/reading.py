"""What did the ledger say of policy, keys and events up to each recorded approval, and does that one hold?

Each recorded approval is judged again: its signature over the recorded event, and the signer by the keys and the policy
that were recorded before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from kpiledger.approvals.contents import person_of, recorded_asked, recorded_key, recorded_standing
from kpiledger.approvals.judged import Governed, Judged, Recorded
from kpiledger.approvals.judging import Asked, Verdict, given_before, judge, refuse_key, refuse_signer
from kpiledger.approvals.lapsing import GRACE, Lapse, Signed, lapse_of
from kpiledger.approvals.signed_content import signed_bytes
from kpiledger.approvals.standing import NOBODY, Key, Standing
from kpiledger.folding.approval import NOT_REQUIRED, Approval
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.subjects import Gone
from kpiledger.vocabulary import ApprovalState

# By the seq of an approval's entry, signatures that are known to fit, as `judge` takes them.
Fitting = Callable[[int], Mapping[bytes, str]]
_UNAPPROVED = Approval(ApprovalState.UNAPPROVED)


def none_known(seq: int) -> Mapping[bytes, str]:
    """Of no signature is it known whether it fits."""
    return {}


@dataclass(slots=True)
class Reading:
    """What has been read of a ledger so far: policy, keys and events, each as recorded up to here.

    `fitting` has signatures that need not be checked again.
    """

    plain: Callable[[Any], Any]
    fitting: Fitting = none_known
    standing: Standing = NOBODY
    authority: Entry | None = None
    keys: dict[tuple[str, str], Key] = field(default_factory=dict)
    events: dict[str, Governed] = field(default_factory=dict)
    approvals: list[Judged] = field(default_factory=list)
    first_authority: Entry | None = None
    earlier_authority: Entry | None = None
    approved_as: dict[str, tuple[str, str]] = field(default_factory=dict)
    policies: list[tuple[Entry, Standing]] = field(default_factory=list)
    key_entries: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)
    _asked: dict[str, Asked] = field(default_factory=dict)

    def read(self, entry: Entry) -> None:
        """Take in the next entry."""
        if entry.kind is EntryKind.AUTHORITY_RECORDED:
            self.earlier_authority = self._authority_before(entry)
            self.standing = recorded_standing(entry.content)
            self.authority = _stricter(self.authority, entry)
            self.first_authority = self.first_authority or entry
            self.policies.append((entry, self.standing))
        elif entry.kind is EntryKind.KEY_ADDED:
            key = recorded_key(entry.content)
            name = key.person, entry.content["fingerprint"]
            self.keys[name] = key
            self.key_entries.setdefault(name, []).append(entry)
        elif entry.kind is EntryKind.KEY_REVOKED:
            self.keys.pop((person_of(entry.content["person"]), entry.content["fingerprint"]), None)
        elif entry.kind in EVENT_OF_KIND:
            self.events[entry.entry_hash] = Governed(entry, self.authority, self._authority_before(entry))
        elif entry.kind is EntryKind.APPROVAL_RECORDED:
            self.approvals.append(self._judged(entry))

    def by_event(self) -> Mapping[str, Sequence[Judged]]:
        """The approvals of each event, by the hash of its entry; one that names another event's entry is of neither."""
        found: dict[str, list[Judged]] = {}
        for approval in self.approvals:
            governed = self.events.get(approval.event_hash)
            if governed and governed.event.key == approval.event:
                found.setdefault(approval.event_hash, []).append(approval)
        return found

    def states(self) -> Mapping[str, Approval]:
        """How each event stands, by the hash of its entry; the first approval that counts says since when."""
        given = self.by_event()
        return {name: self._stands(one, given.get(name, ())) for name, one in self.events.items()}

    def _stands(self, governed: Governed, approvals: Sequence[Judged]) -> Approval:
        for approval in approvals:
            if approval.state is ApprovalState.APPROVED:
                return Approval(ApprovalState.APPROVED, approval.seq, approval.recorded_at)
        if not _is_required(governed, self.first_authority):
            return NOT_REQUIRED
        if approvals:
            return Approval(approvals[-1].state, approvals[-1].seq, approvals[-1].recorded_at)
        return _UNAPPROVED

    def _authority_before(self, entry: Entry) -> Entry | None:
        """The strictest policy of an earlier time: one of the same batch was not there when its events were written."""
        last = self.authority
        return last if last is not None and last.recorded_at < entry.recorded_at else self.earlier_authority

    def _judged(self, entry: Entry) -> Judged:
        content = entry.content
        verdict, lapse = self._verdict(entry), None
        signer, shown = person_of(content["signer"]), content["fingerprint"]
        governed, known = self.events.get(content["event_hash"]), self.key_entries.get((signer, shown), [])
        if verdict.state is ApprovalState.APPROVED and governed:
            lapse = self._lapse(entry, self._asked_by(content["event_hash"]), self.keys[signer, shown], known[0])
            if lapse and lapse.is_too_late:
                why = f"{lapse.what}, and the approval was recorded on {entry.recorded_at:%Y-%m-%d}"
                verdict = Verdict(ApprovalState.REFUSED, f"{why}, more than {GRACE.days} days later")
        since = self._authority_since(signer, self._asked_by(content["event_hash"])) if governed else None
        return Judged(
            seq=entry.seq,
            recorded_at=entry.recorded_at,
            event=content["event"],
            event_hash=content["event_hash"],
            role=person_of(content["role"]),
            signer=signer,
            fingerprint=shown,
            state=verdict.state,
            why=verdict.why,
            commit=entry.commit,
            key_entry=_recorded(known[-1] if known else None),
            authority_entry=_recorded(since),
            lapse=lapse,
        )

    def _lapse(self, entry: Entry, asked: Asked, key: Key, first_key: Entry) -> Lapse | None:
        policy = self.first_authority or entry
        days = (one.recorded_at.date() for one in (entry, first_key, policy))
        return lapse_of(Signed(self.standing, key, asked), *days)

    def _authority_since(self, signer: str, asked: Asked) -> Entry | None:
        """The policy from which on, without a break, the signer could approve; None where they cannot now."""
        since = None
        for place in range(len(self.policies) - 1, -1, -1):
            if refuse_signer(self.policies[place][1], signer, asked):
                break
            since = self.policies[place][0]
        return since

    def _asked_by(self, event_hash: str) -> Asked:
        if event_hash not in self._asked:
            self._asked[event_hash] = recorded_asked(self.events[event_hash].event.content)
        return self._asked[event_hash]

    def _verdict(self, entry: Entry) -> Verdict:
        content = entry.content
        governed = self.events.get(content["event_hash"])
        if governed is None or governed.event.key != content["event"]:
            return Verdict(ApprovalState.VOID, "the entry that it names is not the event's")
        event = governed.event
        # What is signed does not say which event it is: the same words a second time need a decision of their own.
        signed, digest = signed_bytes(self.plain, event), self.plain(content["content_hash"])
        is_of_it = signed is None or digest == sha256(signed).hexdigest()
        first = own = content["event_hash"], event.key
        if is_of_it and not isinstance(digest, Gone):
            first = self.approved_as.setdefault(digest, own)
        signer, asked = person_of(content["signer"]), self._asked_by(content["event_hash"])
        known = self.keys.get((signer, content["fingerprint"]))
        if known is None:
            why = f"the key {content['fingerprint']} was none of this person's when it was recorded"
            return Verdict(ApprovalState.REFUSED, why)
        refusal = refuse_key((known,), signer, known.public_key, asked.decided_on)
        if refusal:
            return Verdict(ApprovalState.REFUSED, *refusal)
        if not is_of_it:
            return Verdict(ApprovalState.VOID, "it is of other content than what was recorded")
        if first[0] != own[0]:
            return Verdict(ApprovalState.VOID, given_before(first[1]))
        if self._was_a_proposers(content["fingerprint"], signer, asked):
            why = f"the key {content['fingerprint']} was recorded for who proposed it before, as `{asked.proposed_by}`"
            return Verdict(ApprovalState.REFUSED, why)
        text, fitting = self.plain(content["signature"]), self.fitting(entry.seq)
        return judge(text, signed, signer, asked, self.standing, (known,), fitting)

    def _was_a_proposers(self, shown: str, signer: str, asked: Asked) -> bool:
        # Also a key that was revoked since: a person who holds its private half goes on holding it.
        proposers = self.standing.people_behind(asked.proposed_by, asked.decided_on)
        return any((person, shown) in self.key_entries for person in proposers if person != signer)


def _is_required(governed: Governed, first: Entry | None) -> bool:
    """The days that an author writes are not trusted further than they can be.

    An event that was recorded later than the policy needs an approval from the policy's first day on, whatever day it
    says it was decided on.
    """
    event, authority, earlier = governed.event, governed.authority or first, governed.earlier
    if authority is None:
        return False
    recorded_on = event.recorded_at.date().isoformat()
    came_later = earlier is not None and recorded_on >= str(earlier.content["required_from"])
    return str(event.content["decided_on"]) >= str(authority.content["required_from"]) or came_later


def _recorded(entry: Entry | None) -> Recorded | None:
    return Recorded(entry.seq, entry.recorded_at, entry.commit) if entry else None


def _stricter(known: Entry | None, found: Entry) -> Entry:
    """The one of two policies that requires approvals from an earlier day on."""
    if known is None or str(found.content["required_from"]) < str(known.content["required_from"]):
        return found
    return known
