"""What of policy and keys is to be recorded: whatever is not as the ledger last said it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from kpiledger.approvals.contents import authority_content, key_content, recorded_standing
from kpiledger.approvals.standing import keys_in_files, standing_in_files
from kpiledger.finding import Finding, Position, Severity
from kpiledger.git import origin_of
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import commit_subject
from kpiledger.project import Project
from kpiledger.specs.signing import SIGNERS

AUTHORITY_GONE = "KPI092"
KEYS_GONE = "KPI164"
CLOSES_UNSIGNED = "KPI168"


def approver_drafts(project: Project, root: Path, ledger: Ledger, entries: Sequence[Entry]) -> list[Draft]:
    """The policy where it changed, and keys that came, changed or went."""
    return [*_authority(project, root, ledger, entries), *_keys(project, root, ledger, entries)]


def authority_gone(project: Project, entries: Iterable[Entry]) -> list[Finding]:
    """That a recorded policy is no longer in the files: it is changed there, and never dropped silently."""
    last = _last_authority(entries)
    if last is None or project.authority is not None or "authority" in project.unread:
        return []
    message = f"the policy on approvals, recorded in entry {last.seq}, is no longer in the files"
    hint = "put it back; a change of it is recorded, and what was decided before stays as it was judged"
    place = Position("metrics/approvers/authority.yml", 1, 1)
    return [Finding(AUTHORITY_GONE, Severity.ERROR, place, message, hint)]


def closes_unsigned(project: Project, entries: Iterable[Entry]) -> list[Finding]:
    """That the files no longer ask for signatures of closes from as early as was recorded: that goes on counting."""
    recorded = [
        (recorded_standing(one.content).closes_from, one) for one in entries if one.kind is EntryKind.AUTHORITY_RECORDED
    ]
    first, entry = min(((day, one) for day, one in recorded if day), key=lambda found: found[0], default=(None, None))
    authority = project.authority
    if first is None or entry is None or authority is None:
        return []
    if authority.close_signatures_from is not None and authority.close_signatures_from <= first:
        return []
    message = f"entry {entry.seq} has it that closes count only signed from {first} on, and the file says otherwise"
    hint = f"write close_signatures_from: {first} again; what was recorded goes on counting"
    place = authority.place("close_signatures_from")
    return [Finding(CLOSES_UNSIGNED, Severity.WARNING, place, message, hint)]


def keys_gone(project: Project, entries: Iterable[Entry]) -> list[Finding]:
    """That no key is left in the files and some are recorded: taking back all of them is said on purpose."""
    held = _keys_held(entries)
    if project.signers or project.signs_nobody or not held:
        return []
    keys = f"{len(held)} keys are" if len(held) > 1 else "one key is"
    message = f"no key of an approver is left here, and {keys} recorded: all would be taken back"
    hint = "put the file back; to take back all keys on purpose, let it hold the line `# nobody`"
    return [Finding(KEYS_GONE, Severity.ERROR, Position(SIGNERS, 1, 1), message, hint)]


def _authority(project: Project, root: Path, ledger: Ledger, entries: Sequence[Entry]) -> Iterator[Draft]:
    if project.authority is None:
        return
    content = authority_content(standing_in_files(project), lambda person: commit_subject(ledger, person))
    last = _last_authority(entries)
    if last is None or last.content != content:
        origin = origin_of(root, (project.authority.path, project.organisation.path))
        kind = EntryKind.AUTHORITY_RECORDED
        yield Draft(kind, "authority", content, origin.commit, origin.uncommitted)


def _last_authority(entries: Iterable[Entry]) -> Entry | None:
    return next((entry for entry in reversed(tuple(entries)) if entry.kind is EntryKind.AUTHORITY_RECORDED), None)


def _keys(project: Project, root: Path, ledger: Ledger, entries: Iterable[Entry]) -> list[Draft]:
    changes = list(_key_changes(project, ledger, entries))
    if not changes:
        return []
    origin = origin_of(root, (SIGNERS,))
    return [
        Draft(kind, content["fingerprint"], content, origin.commit, origin.uncommitted) for kind, content in changes
    ]


def _key_changes(
    project: Project, ledger: Ledger, entries: Iterable[Entry]
) -> Iterator[tuple[EntryKind, dict[str, Any]]]:
    held = _keys_held(entries)
    for key in keys_in_files(project):
        content = key_content(key, lambda person: commit_subject(ledger, person))
        known = held.pop((content["person"]["commitment"], content["fingerprint"]), None)
        if known is None or known.content != content:
            yield EntryKind.KEY_ADDED, content
    for person, shown in held:
        yield EntryKind.KEY_REVOKED, {"person": {"commitment": person}, "fingerprint": shown}


def _keys_held(entries: Iterable[Entry]) -> dict[tuple[str, str], Entry]:
    """The keys that count by what is recorded, each by person and fingerprint."""
    held: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if entry.kind in (EntryKind.KEY_ADDED, EntryKind.KEY_REVOKED):
            name = (entry.content["person"]["commitment"], entry.key)
            held.pop(name, None)
            if entry.kind is EntryKind.KEY_ADDED:
                held[name] = entry
    return held
