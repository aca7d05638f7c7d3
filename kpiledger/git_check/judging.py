"""How does one entry stand in git: same, moved, rewritten, different, or not to be compared?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kpiledger.git_check.candidates import Candidates
from kpiledger.git_check.held import QUOTED, Held, SpecsInGit
from kpiledger.git_check.objects import OBJECT_ID, ObjectDamaged
from kpiledger.git_check.present import Repository, after
from kpiledger.git_check.report import Change, GitFinding, GitState, short_commit
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.definitions import comparable
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import Gone, resolving
from kpiledger.recording.differing import differences

# Other files say these: the commit is the last one that touched the KPI's file and those of its facts.
_ELSEWHERE = ("definition.calendar", "definition_hash", "depends_on")


@dataclass
class Looking:
    """What is known of the repository while entries are looked at."""

    repository: Repository
    ledger: Ledger
    specs: SpecsInGit
    candidates: Candidates
    in_history: Set[str]
    present: Set[str]
    erased: Set[str]
    branches: Mapping[str, Sequence[str]]
    known_definitions: Set[tuple[str, str, str]]
    new_definitions: set[tuple[str, str, str]] = field(default_factory=set)
    _descendants: dict[str, frozenset[str]] = field(default_factory=dict)

    def at(self, entry: Entry) -> GitFinding:
        """What git says of one entry."""
        if entry.commit is None:
            return _finding(entry, GitState.UNCOMMITTED)
        if not OBJECT_ID.match(entry.commit):
            return _finding(entry, GitState.DIFFERENT, f"{entry.commit!r} is no commit id")
        try:
            if entry.commit in self.in_history:
                return self._at_commit(entry, entry.commit)
            return self._outside(entry, entry.commit)
        except ObjectDamaged as damage:
            return _finding(entry, GitState.DIFFERENT, f"commit {short_commit(entry.commit)}: {damage}")

    def _at_commit(self, entry: Entry, commit: str) -> GitFinding:
        if self._is_known(entry, commit):
            return _finding(entry, GitState.SAME)
        held = self.specs.held(commit, entry)
        changes = self._changes(entry, held)
        if changes == ():
            self._learn(entry, commit)
            return self._edited(entry, commit, held) or _finding(entry, GitState.SAME)
        if held.unreadable:
            said = f"commit {short_commit(commit)}: {held.unreadable}"
            return _finding(entry, GitState.UNREADABLE, said)
        if changes is None:
            return _finding(entry, GitState.DIFFERENT, f"commit {short_commit(commit)} does not hold it")
        said = f"commit {short_commit(commit)} does not hold what was recorded"
        return _finding(entry, GitState.DIFFERENT, said, changes)

    def _edited(self, entry: Entry, commit: str, held: Held) -> GitFinding | None:
        """The first later commit that said otherwise of an agreement event; None where none did."""
        for later in self.candidates.since(entry, commit) if entry.kind in EVENT_OF_KIND else ():
            then = self.specs.held(later, entry)
            if then.content == held.content or then.unreadable or later not in self._after(commit):
                continue
            changes = self._changes(entry, then)
            if changes != ():
                said = f"commit {short_commit(later)} {'said otherwise' if changes else 'did not hold it'}"
                is_back = self.repository.head and self._holds(entry, self.repository.head)
                said += ", and it was put back since" if is_back else ", and it was not put back"
                return _finding(entry, GitState.EDITED, said, changes or (), later)
        return None

    def _outside(self, entry: Entry, commit: str) -> GitFinding:
        if self.repository.is_shallow:
            said = f"commit {short_commit(commit)} is not in this shallow clone; `git fetch --unshallow` brings it"
            return _finding(entry, GitState.NOT_LOOKED_AT, said)
        said = where_is(commit, self.present, self.branches)
        found_in = next((one for one in self.candidates.of(entry) if self._holds(entry, one)), None)
        if found_in:
            return _finding(entry, GitState.MOVED, moved_said(said, found_in), found_in=found_in)
        return self._rewritten(entry, said)

    def _rewritten(self, entry: Entry, said: str) -> GitFinding:
        """The present history says something else, or nothing: shown is what it says today."""
        head = self.repository.head
        held = self.specs.held(head, entry) if head else Held()
        changes = self._changes(entry, held)
        if changes:
            said += f"; the history was rewritten, and commit {short_commit(head or '')} says otherwise"
        else:
            said += "; the history was rewritten, and no commit of it holds this"
        return _finding(entry, GitState.REWRITTEN, said, changes or ())

    @cached_property
    def _resolve(self) -> Callable[[Any], Any]:
        return resolving(self.ledger)

    def _holds(self, entry: Entry, commit: str) -> bool:
        if self._is_known(entry, commit):
            return True
        is_held = self._changes(entry, self.specs.held(commit, entry)) == ()
        if is_held:
            self._learn(entry, commit)
        return is_held

    def _is_known(self, entry: Entry, commit: str) -> bool:
        """Whether a KPI's file over those facts is known to say what a definition recorded."""
        if entry.kind is not EntryKind.DEFINITION_RECORDED or entry.has_commitments:
            return False
        place = self.specs.definition_place(commit, entry.key.rpartition("/")[0])
        return place is not None and (entry.entry_hash, *place) in self.known_definitions

    def _learn(self, entry: Entry, commit: str) -> None:
        if entry.kind is EntryKind.DEFINITION_RECORDED and not entry.has_commitments:
            place = self.specs.definition_place(commit, entry.key.rpartition("/")[0])
            if place is not None:
                self.new_definitions.add((entry.entry_hash, *place))

    def _changes(self, entry: Entry, held: Held) -> tuple[Change, ...] | None:
        """How what is held differs from what was recorded, nothing where it is the same; None where it is not held."""
        recorded = self._resolve(entry.content)
        if entry.kind in QUOTED:
            text = recorded[QUOTED[entry.kind][1]]
            is_erased = isinstance(text, Gone) and text.commitment in self.erased
            return () if is_erased or any(text.strip() in one for one in held.texts) else None
        counted = None if held.content is None else _differences(entry, recorded, held.content, self.erased)
        if counted != () and any(not _differences(entry, recorded, other, self.erased) for other in held.others):
            return ()
        return counted

    def _after(self, commit: str) -> frozenset[str]:
        if commit not in self._descendants:
            self._descendants[commit] = after(self.repository, commit)
        return self._descendants[commit]


def where_is(commit: str, present: Set[str], branches: Mapping[str, Sequence[str]]) -> str:
    """Where a commit is that the present history does not have."""
    if commit not in present:
        return f"commit {short_commit(commit)} is not in the repository any more"
    found = branches.get(commit)
    place = f"only on {', '.join(found)}" if found else "on no branch any more"
    return f"commit {short_commit(commit)} is {place}"


def moved_said(where: str, found_in: str) -> str:
    """What is said of an entry whose commit is elsewhere, and its content still there."""
    return f"{where}; commit {short_commit(found_in)} of the present history holds what was recorded"


def _differences(
    entry: Entry, recorded: Mapping[str, Any], found: Mapping[str, Any], erased: Set[str]
) -> tuple[Change, ...]:
    if entry.kind is EntryKind.DEFINITION_RECORDED:
        recorded, found = comparable(recorded, found)
    else:
        recorded = {"event": EVENT_OF_KIND[entry.kind].value, **recorded}
    return tuple(change for change in differences(recorded, found, erased) if not change[0].startswith(_ELSEWHERE))


def _finding(
    entry: Entry, state: GitState, said: str = "", changes: tuple[Change, ...] = (), found_in: str | None = None
) -> GitFinding:
    return GitFinding(entry.seq, entry.kind.value, entry.key, entry.commit, state, said, changes, found_in)
