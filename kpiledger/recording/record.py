"""How does what is pending get into the ledger, once each, however often a run asks?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpiledger.errors import WrongUse
from kpiledger.finding import has_errors
from kpiledger.git import origin_of
from kpiledger.ledger.contents import EVENT_OF_KIND, with_commitments
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.recordables import Recordable
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Clock, Ledger, read_entries, writing
from kpiledger.project import Project
from kpiledger.recording.approved import approval_drafts
from kpiledger.recording.approvers import approver_drafts
from kpiledger.recording.comparing import compare
from kpiledger.recording.contradicting import event_word
from kpiledger.recording.scoring import scoring_drafts


@dataclass(frozen=True, slots=True)
class RecordReport:
    """What a recording did: entries added, entries in all, and the root of the tree in hexadecimal."""

    new: int
    total: int
    root_hash: str


def record(project: Project, root: Path, ledger: Ledger, clock: Clock) -> RecordReport:
    """Record what is pending, once; WrongUse where the files contradict the ledger (show `pending` first)."""
    with writing(ledger, clock) as writer:
        entries = read_entries(ledger)
        new, findings = compare(project, ledger, entries)
        if has_errors(findings):
            first = findings[0]
            raise WrongUse(f"{first.position.path}:{first.position.line}: {first.message}", first.hint)
        _refuse_misplaced(new)
        approvers = approver_drafts(project, root, ledger, entries)
        scoring = scoring_drafts(project, root, entries)
        added = writer.append([*approvers, *scoring, *(_draft(project, root, ledger, item) for item in new)])
        # After the events, since each approval names the entry of its event.
        writer.append(list(approval_drafts(project, root, ledger, (*entries, *added))))
        return RecordReport(writer.size - len(entries), writer.size, writer.root.hex())


def record_publication(ledger: Ledger, content: Mapping[str, Any], clock: Clock) -> bool:
    """Record that a run published, unless the last one had the same hashes, as-of date and inputs.

    Whether the figures differ from those of the last publication: the same may be made from other inputs.
    """
    with writing(ledger, clock) as writer:
        published = [entry for entry in read_entries(ledger) if entry.kind is EntryKind.RUN_PUBLISHED]
        last = published[-1].content if published else {}
        if {**last, "run_id": ""} != {**content, "run_id": ""}:
            writer.append([Draft(EntryKind.RUN_PUBLISHED, str(content["run_id"]), content)])
        return any(last.get(name) != content[name] for name in ("as_of_on", "hashes"))


def _refuse_misplaced(new: Sequence[Recordable]) -> None:
    """Nothing is recorded that could not be folded: an agreement begins with `agreed`, once."""
    for item in new:
        if item.kind in EVENT_OF_KIND and (item.kind is EntryKind.AGREEMENT_AGREED) != item.is_first:
            raise WrongUse(
                f"{item.position.path}:{item.position.line}: event {item.key} is {event_word(item.kind)}",
                "an agreement's first event is `agreed` and no later one is; run `kpi check`",
            )


def _draft(project: Project, root: Path, ledger: Ledger, item: Recordable) -> Draft:
    origin = origin_of(root, item.paths)
    content = with_commitments(ledger, dict(item.content), project.organisation.people)
    return Draft(item.kind, item.key, content, origin.commit, origin.uncommitted)
