"""What does a commit hold under an entry's key? Specs of any commit, read as the files of today are.

Blobs are read once, whatever the number of commits that hold them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from kpiledger.git_check.mentions import Mentions
from kpiledger.git_check.snapshots import Snapshots
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
    mentions: Mentions
    _specs: dict[str, SpecFile | str] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _files: dict[str, _Events] = field(default_factory=dict)
    _kpis: dict[str, dict[str, str]] = field(default_factory=dict)
    _sound: set[str] = field(default_factory=set)

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

    def _event(self, commit: str, agreement: str, ordinal: int) -> Held:
        """An event counts from the agreement's first; where that lay in a file that came later, it counted less."""
        folder = self.snapshots.folder(commit, AGREEMENTS)
        if folder is None:
            return Held()
        found: tuple[Mapping[str, Any], ...] = ()
        unread = []
        for path, blob in self.mentions.of(folder, agreement):
            found += self._in_file(path, blob).get(agreement, ())
            unread += [blob] if self._why(blob) else []
        reason = next((why for blob, why in self._unread(unread) if agreement in self._words(blob)), None)
        counted = found[ordinal - 1] if 0 < ordinal <= len(found) else None
        return Held(counted, found, reason)

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

    def definition_place(self, commit: str, name: str) -> tuple[str, str] | None:
        """The blob of a KPI's file and the tree of the facts: together they say every version of the KPI."""
        facts, blob = self.snapshots.folder(commit, FACTS), self._kpi_file(commit, name)
        if facts is None or blob is None:
            return None
        for one in (blob, *facts.files.values()):  # that they are undamaged is asked now, whatever is known of them
            if one not in self._sound:
                self.snapshots.text(one)
                self._sound.add(one)
        return blob, facts.tree

    def _kpi_file(self, commit: str, name: str) -> str | None:
        kpis = self.snapshots.folder(commit, KPIS)
        if kpis is None:
            return None
        if kpis.tree not in self._kpis:
            by_name: dict[str, str] = {}
            for path, blob in kpis.files.items():
                by_name.setdefault(PurePosixPath(path).stem, blob)
            self._kpis[kpis.tree] = by_name
        return self._kpis[kpis.tree].get(name)

    def _definition(self, commit: str, name: str, number: int) -> Held:
        """The version of a KPI over the facts of that commit."""
        facts = self.snapshots.folder(commit, FACTS)
        blob = self._kpi_file(commit, name)
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
