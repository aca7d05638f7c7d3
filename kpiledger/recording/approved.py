"""Which approvals of recorded events are to be recorded: each that counts, once for an event and a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from kpiledger.approvals.in_files import Stands, standings
from kpiledger.approvals.sshsig import read_signature
from kpiledger.git import origin_of
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.side_store import person_commitment
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import commit_subject, commit_text
from kpiledger.project import Project
from kpiledger.specs.signing import SignatureFile, fingerprint
from kpiledger.vocabulary import ApprovalState


def approval_drafts(project: Project, root: Path, ledger: Ledger, entries: Sequence[Entry]) -> Iterator[Draft]:
    """The approvals in the files that count and are not recorded; their events are."""
    if not project.signatures:
        return
    events = {entry.key: entry for entry in entries if entry.kind in EVENT_OF_KIND}
    new = tuple(_not_recorded(project, ledger, entries, events))
    for stands in standings(replace(project, signatures=new)):
        for signature, verdict in stands.signatures:
            if verdict.state is ApprovalState.APPROVED:
                event, origin = events[signature.event], origin_of(root, (signature.path,))
                content = _content(project, ledger, stands, signature, event)
                yield Draft(EntryKind.APPROVAL_RECORDED, event.key, content, origin.commit, origin.uncommitted)


def _not_recorded(
    project: Project, ledger: Ledger, entries: Sequence[Entry], events: Mapping[str, Entry]
) -> Iterator[SignatureFile]:
    """The signatures of recorded events that the ledger has none of by the same person."""
    known = {
        (entry.content["event_hash"], entry.content["signer"]["commitment"])
        for entry in entries
        if entry.kind is EntryKind.APPROVAL_RECORDED
    }
    signers = {person: person_commitment(ledger, person) for person in {one.person for one in project.signatures}}
    for signature in project.signatures:
        event = events.get(signature.event)
        if event is not None and (event.entry_hash, signers[signature.person]) not in known:
            yield signature


def _content(
    project: Project, ledger: Ledger, stands: Stands, signature: SignatureFile, event: Entry
) -> Mapping[str, Any]:
    people, asked = project.organisation.people, stands.event.asked
    named = [name for name in (asked.holder, asked.proposed_by, asked.approved_by) if name in people]

    def private(text: str) -> Any:
        """Whoever guesses the person that an event names could try the guess on its digest and its signature."""
        return dict(commit_text(ledger, text, named[0])) if named else text

    role = asked.approved_by
    return {
        "event": event.key,
        "event_seq": str(event.seq),
        "event_hash": event.entry_hash,
        "content_hash": private(sha256(stands.event.content).hexdigest()),
        "role": dict(commit_subject(ledger, role)) if role in people else role,
        "signer": dict(commit_subject(ledger, signature.person)),
        "fingerprint": fingerprint(read_signature(signature.text).public_key),
        "signature": private(signature.text),
    }
