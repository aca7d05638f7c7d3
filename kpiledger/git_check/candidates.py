"""Which commits of the present history may hold an entry that was not cleared, and which came after its own?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from kpiledger.git_check.held import FACTS, KPIS, QUOTED
from kpiledger.git_check.present import Repository, commits_by_path
from kpiledger.git_check.quick import Writing
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind

_NOWHERE = Writing((), 0)


@dataclass
class Candidates:
    """The commits that touched what an entry may come from; each folder's history is asked of git once.

    `written` says it of agreements; of the entries in `searched` every file written in the history was looked at.
    """

    repository: Repository
    written: Mapping[str, Writing]
    searched: Set[int]
    _by_folder: dict[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    def of(self, entry: Entry) -> list[str]:
        """The commits that touched it, oldest first, and the newest one of all."""
        # A merge may hold what none of its parents does, and touches nothing by itself.
        newest = [self.repository.head] if self.repository.head else []
        return newest if self._was_searched(entry) else [*dict.fromkeys(self._touching(entry)), *newest]

    def since(self, entry: Entry, commit: str) -> list[str]:
        """The commits that touched it after a commit did; none where that one touched nothing, as a merge."""
        touched = list(dict.fromkeys(self._touching(entry)))
        return touched[touched.index(commit) + 1 :] if commit in touched else []

    def _was_searched(self, entry: Entry) -> bool:
        """Whether no commit that touched it can hold it: not even in another file than the one it touched."""
        if entry.seq not in self.searched or entry.kind is EntryKind.KEY_ADDED:  # keys share a file with others
            return False
        return entry.kind in QUOTED or self._writing(entry).path_count <= 1

    def _touching(self, entry: Entry) -> Iterator[str]:
        if entry.kind in QUOTED:
            yield from self._all_of(QUOTED[entry.kind][0])
        elif entry.kind is EntryKind.DEFINITION_RECORDED:
            name = entry.key.rpartition("/")[0]
            for path, commits in self._by_path(KPIS).items():
                yield from commits if PurePosixPath(path).stem == name else ()
            yield from self._all_of(FACTS)
        else:
            yield from self._writing(entry).commits

    def _writing(self, entry: Entry) -> Writing:
        return self.written.get(entry.key.rpartition("/")[0], _NOWHERE)

    def _all_of(self, folder: str) -> Iterator[str]:
        return (commit for commits in self._by_path(folder).values() for commit in commits)

    def _by_path(self, folder: str) -> Mapping[str, Sequence[str]]:
        if folder not in self._by_folder:
            self._by_folder[folder] = commits_by_path(self.repository, folder)
        return self._by_folder[folder]
