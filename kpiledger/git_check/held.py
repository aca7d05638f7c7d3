"""What does a commit hold under an entry's key? Specs of any commit, read as the files of today are.

Blobs are read once, whatever the number of commits that hold them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from kpiledger.git_check.snapshots import Folder, Snapshots
from kpiledger.ledger.contents import agreement_content
from kpiledger.ledger.definitions import definition_content
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.loading.events import read_tree
from kpiledger.loading.shape import shaped
from kpiledger.project import Project
from kpiledger.specs.agreement import AgreementFile
from kpiledger.specs.base import SpecFile
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.organisation import Organisation

AGREEMENTS, FACTS, KPIS = "metrics/agreements", "metrics/facts", "metrics/kpis"
# What is not read but quoted: the text of the entry stands in a file of the folder, word for word.
QUOTED: Mapping[EntryKind, tuple[str, str]] = {
    EntryKind.APPROVAL_RECORDED: ("metrics/approvals", "signature"),
    EntryKind.KEY_ADDED: ("metrics/approvers", "public_key"),
}
_Spec = TypeVar("_Spec", bound=SpecFile)
_Events = Mapping[str, tuple[Mapping[str, Any], ...]]


@dataclass(frozen=True, slots=True)
class Held:
    """What stands under an entry's key, whatever else it may have meant then, and why there may be more.

    `texts` are the files that may quote it, where that is what is looked for.
    """

    content: Mapping[str, Any] | None = None
    others: tuple[Mapping[str, Any], ...] = ()
    unreadable: str | None = None
    texts: tuple[str, ...] = ()


@dataclass(slots=True)
class SpecsInGit:
    """The specs of a project at its commits."""

    snapshots: Snapshots
    _specs: dict[str, SpecFile | str] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _files: dict[str, _Events] = field(default_factory=dict)
    _agreed: dict[str, tuple[_Events, tuple[str, ...]]] = field(default_factory=dict)

    def held(self, commit: str, entry: Entry) -> Held:
        """What a commit holds under an entry's key."""
        if entry.kind in QUOTED:
            folder = self.snapshots.folder(commit, QUOTED[entry.kind][0])
            return Held(texts=tuple(map(self._words, folder.files.values())) if folder else ())
        name, _, number = entry.key.rpartition("/")
        if not number.isdecimal():  # no key of ours: git holds nothing under it
            return Held()
        if entry.kind is EntryKind.DEFINITION_RECORDED:
            return self._definition(commit, name, int(number))
        return self._event(commit, name, int(number))

    def agreements_in(self, commit: str, path: str) -> frozenset[str]:
        """The agreements that a file below the folder of agreements speaks of at a commit."""
        folder = self.snapshots.folder(commit, AGREEMENTS)
        blob = folder.files.get(path) if folder else None
        return frozenset(self._in_file(path, blob)) if blob else frozenset()

    def _event(self, commit: str, agreement: str, ordinal: int) -> Held:
        """An event counts from the agreement's first; where that lay in a file that came later, it counted less."""
        folder = self.snapshots.folder(commit, AGREEMENTS)
        if folder is None:
            return Held()
        events, unread = self._events(folder)
        found = events.get(agreement, ())
        reason = next((why for blob, why in self._unread(unread) if agreement in self._words(blob)), None)
        counted = found[ordinal - 1] if 0 < ordinal <= len(found) else None
        return Held(counted, found, reason)

    def _events(self, folder: Folder) -> tuple[_Events, tuple[str, ...]]:
        """The events of every readable file by agreement, and the blobs of those that are not."""
        if folder.tree not in self._agreed:
            found: dict[str, tuple[Mapping[str, Any], ...]] = {}
            unread = []
            for path in sorted(folder.files):
                blob = folder.files[path]
                for agreement, events in self._in_file(path, blob).items():
                    found[agreement] = found.get(agreement, ()) + events
                if self._why(blob):
                    unread.append(blob)
            self._agreed[folder.tree] = found, tuple(unread)
        return self._agreed[folder.tree]

    def _in_file(self, path: str, blob: str) -> _Events:
        if blob not in self._files:
            spec = self._spec(path, blob, AgreementFile)
            found: dict[str, tuple[Mapping[str, Any], ...]] = {}
            for event in spec.events if spec else ():
                content = agreement_content(spec.holder, event) if spec else {}
                content = {"event": event.event.value, **content}
                found[event.agreement] = (*found.get(event.agreement, ()), content)
            self._files[blob] = found
        return self._files[blob]

    def _definition(self, commit: str, name: str, number: int) -> Held:
        """The version of a KPI over the facts of that commit."""
        kpis, facts = (self.snapshots.folder(commit, path) for path in (KPIS, FACTS))
        blob = (
            next((kpis.files[path] for path in kpis.files if PurePosixPath(path).stem == name), None) if kpis else None
        )
        if blob is None:
            return Held()
        kpi = self._spec(f"{name}.yml", blob, Kpi)
        if kpi is None:
            return Held(unreadable=self._why(blob))
        version = next((one for one in kpi.versions if one.version == number), None)
        if version is None:
            return Held()
        files = facts.files if facts else {}
        readable = [spec for path in sorted(files) if (spec := self._spec(path, files[path], Fact))]
        try:
            return Held(definition_content(_project_of(readable), kpi, version))
        except ValueError as problem:  # a fact that cannot be read is no fact
            why = next((why for _, why in self._unread(files.values())), str(problem))
            return Held(unreadable=why)

    def _spec(self, path: str, blob: str, model: type[_Spec]) -> _Spec | None:
        """A file's spec, None where this version cannot read it."""
        if blob not in self._specs:
            tree = read_tree(path, self.snapshots.text(blob))
            spec, findings = shaped(tree, model)
            said = [*tree.findings, *findings]
            self._specs[blob] = spec or (f"{path}: {said[0].message}" if said else f"{path} is no {model.__name__}")
        known = self._specs[blob]
        return known if isinstance(known, model) else None

    def _unread(self, blobs: Iterable[str]) -> Iterator[tuple[str, str]]:
        return ((blob, why) for blob in blobs if (why := self._why(blob)))

    def _why(self, blob: str) -> str | None:
        known = self._specs.get(blob)
        return known if isinstance(known, str) else None

    def _words(self, blob: str) -> str:
        if blob not in self._texts:
            self._texts[blob] = self.snapshots.text(blob).decode(errors="replace")
        return self._texts[blob]


def _project_of(facts: Iterable[Fact]) -> Project:
    """Facts alone, with a calendar that stands for any: what it says of a definition is not compared."""
    return Project(
        root=Path(),
        calendar=Calendar(starts_on=date(1970, 1, 1), zone="UTC"),
        organisation=Organisation(departments={}, units={}, roles={}),
        chain=Chain.model_construct(stages=()),
        facts={fact.fact: fact for fact in facts},
        kpis={},
        agreements=(),
        expectations={},
    )
