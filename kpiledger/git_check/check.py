"""Does the file at each recorded commit hold the recorded content, and is the commit in the present history?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from kpiledger.git_check.candidates import Candidates
from kpiledger.git_check.held import QUOTED, SpecsInGit
from kpiledger.git_check.judging import Looking
from kpiledger.git_check.objects import OBJECT_ID, ObjectDamaged, Objects
from kpiledger.git_check.present import GitRefused, outside_of, repository_of
from kpiledger.git_check.report import GitReport
from kpiledger.git_check.snapshots import Snapshots
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import erased_commitments

# Other kinds come from runs and commands, or say what the files no longer say.
_FROM_FILES = frozenset({EntryKind.DEFINITION_RECORDED, *EVENT_OF_KIND, *QUOTED})


def check_git(root: Path, ledger: Ledger, entries: Sequence[Entry]) -> GitReport:
    """What git says of every entry that was read from a file, in the order of the entries."""
    repository = repository_of(root)
    if isinstance(repository, str):
        return GitReport(None, (), repository)
    told = [entry for entry in entries if entry.kind in _FROM_FILES and (entry.commit or entry.uncommitted)]
    try:
        with Objects(root) as objects:
            present = _existing(objects, told)
            outside = outside_of(repository, present)
            specs = SpecsInGit(Snapshots(objects, repository.prefix))
            looking = Looking(
                repository=repository,
                ledger=ledger,
                specs=specs,
                candidates=Candidates(repository, specs),
                in_history=present - outside,
                present=present,
                erased=erased_commitments(entries),
            )
            return GitReport(repository.head, tuple(looking.at(entry) for entry in told))
    except GitRefused as refusal:
        return GitReport(repository.head, (), str(refusal))


def _existing(objects: Objects, entries: Iterable[Entry]) -> frozenset[str]:
    """The recorded commits that the repository has."""
    commits = {entry.commit for entry in entries if entry.commit and OBJECT_ID.match(entry.commit)}
    return frozenset(commit for commit in sorted(commits) if _is_commit(objects, commit))


def _is_commit(objects: Objects, commit: str) -> bool:
    try:
        found = objects.read(commit)
    except ObjectDamaged:
        return False
    return found is not None and found.kind == "commit"
