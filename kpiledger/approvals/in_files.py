"""How do the agreement events of a project's files stand with those who may approve them?

What the ledger recorded is judged apart, by the ledger alone; here is what `kpi check` says before it is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kpiledger.approvals.judging import Asked, Verdict, given_before, judge
from kpiledger.approvals.standing import Key, Standing, keys_in_files, standing_in_files
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.contents import agreement_content
from kpiledger.project import Project
from kpiledger.specs.agreement import AgreementEvent, AgreementFile
from kpiledger.specs.signing import SignatureFile
from kpiledger.vocabulary import ApprovalState, EventKind


@dataclass(frozen=True)
class Event:
    """An event in its file, with its key and the bytes that are signed."""

    file: AgreementFile
    index: int
    ordinal: int

    @property
    def event(self) -> AgreementEvent:
        """The event itself."""
        return self.file.events[self.index]

    @property
    def key(self) -> str:
        """The event's key in the ledger."""
        return f"{self.event.agreement}/{self.ordinal}"

    @property
    def content(self) -> bytes:
        """The bytes that an approval signs: the canonical form of what the event says, with plain ids."""
        return canonical_bytes(agreement_content(self.file.holder, self.event))

    @property
    def asked(self) -> Asked:
        """Who decided, and when."""
        event = self.event
        return Asked(self.file.holder, event.decided_on, event.proposed_by, event.approved_by)


@dataclass(frozen=True, slots=True)
class Stands:
    """An event, how it stands, and each signature with its verdict."""

    event: Event
    state: ApprovalState
    signatures: tuple[tuple[SignatureFile, Verdict], ...]


def events_in_files(project: Project) -> Iterator[Event]:
    """Every event with its ordinal, in the order in which the ledger counts them."""
    ordinals: dict[str, int] = {}
    for file in sorted(project.agreements, key=lambda file: file.path):
        for index, event in enumerate(file.events):
            ordinals[event.agreement] = ordinals.get(event.agreement, 0) + 1
            yield Event(file, index, ordinals[event.agreement])


def standings(project: Project) -> Iterator[Stands]:
    """How each event of the files stands."""
    standing, keys = standing_in_files(project), keys_in_files(project)
    by_event: dict[str, list[SignatureFile]] = {}
    for signature in project.signatures:
        by_event.setdefault(signature.event, []).append(signature)
    alike: dict[tuple[str, EventKind, date, date], list[Event]] = {}
    for event in events_in_files(project):
        said = event.event
        before = alike.setdefault((said.agreement, said.event, said.decided_on, said.valid_from), [])
        yield _stands(event, by_event.get(event.key, []), before, standing, keys)
        before.append(event)


def _stands(
    event: Event, files: list[SignatureFile], alike: list[Event], standing: Standing, keys: tuple[Key, ...]
) -> Stands:
    content = event.content if files else b""
    found = tuple((file, judge(file.text, content, file.person, event.asked, standing, keys)) for file in files)
    # Only words that are signed are compared: events that are alike in their days are seldom the same.
    first = next((one for one in alike if one.content == content), None) if files else None
    if first is not None:
        hint = "decide anew, with its own day and reason, and approve that"
        found = tuple((file, Verdict(ApprovalState.VOID, given_before(first.key), hint)) for file, _ in found)
    if any(verdict.state is ApprovalState.APPROVED for _, verdict in found):
        state = ApprovalState.APPROVED
    elif found:
        state = found[-1][1].state
    elif standing.required_from and event.event.decided_on >= standing.required_from:
        state = ApprovalState.UNAPPROVED
    else:
        state = ApprovalState.NOT_REQUIRED
    return Stands(event, state, found)
