"""Which commits of the present history may hold an entry whose own commit is not in it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from kpiledger.git_check.held import AGREEMENTS, FACTS, KPIS, QUOTED, SpecsInGit
from kpiledger.git_check.present import Repository, commits_by_path
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind


@dataclass
class Candidates:
    """The commits that touched what an entry may come from; each folder's history is asked of git once."""

    repository: Repository
    specs: SpecsInGit
    _by_folder: dict[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    def of(self, entry: Entry) -> list[str]:
        """The commits that touched it, oldest first, and the newest one of all."""
        # A merge may hold what none of its parents does, and touches nothing by itself.
        newest = [self.repository.head] if self.repository.head else []
        return [*dict.fromkeys(self._touching(entry)), *newest]

    def since(self, entry: Entry, commit: str) -> list[str]:
        """The commits that touched it after a commit did; none where that one touched nothing, as a merge."""
        touched = list(dict.fromkeys(self._touching(entry)))
        return touched[touched.index(commit) + 1 :] if commit in touched else []

    def _touching(self, entry: Entry) -> Iterator[str]:
        name = entry.key.rpartition("/")[0]
        if entry.kind in QUOTED:
            yield from self._all_of(QUOTED[entry.kind][0])
        elif entry.kind is EntryKind.DEFINITION_RECORDED:
            for path, commits in self._by_path(KPIS).items():
                yield from commits if PurePosixPath(path).stem == name else ()
            yield from self._all_of(FACTS)
        else:
            yield from self._of_agreements.get(name, ())

    def _all_of(self, folder: str) -> Iterator[str]:
        return (commit for commits in self._by_path(folder).values() for commit in commits)

    def _by_path(self, folder: str) -> Mapping[str, Sequence[str]]:
        if folder not in self._by_folder:
            self._by_folder[folder] = commits_by_path(self.repository, folder)
        return self._by_folder[folder]

    @cached_property
    def _of_agreements(self) -> Mapping[str, Sequence[str]]:
        """By agreement, the commits that touched a file with events of it."""
        found: dict[str, list[str]] = defaultdict(list)
        for path, commits in self._by_path(AGREEMENTS).items():
            for commit in commits:
                for agreement in self.specs.agreements_in(commit, path):
                    found[agreement].append(commit)
        return found
