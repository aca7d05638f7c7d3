"""What in a project's files belongs in the ledger, and under which key?

A version of a KPI is `<kpi>/<version>`; an event is `<agreement>/<ordinal>`, 1 for the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kpiledger.finding import Position
from kpiledger.ledger.contents import KIND_OF_EVENT, agreement_content
from kpiledger.ledger.definitions import definition_content
from kpiledger.ledger.schema import EntryKind
from kpiledger.project import Project


@dataclass(frozen=True, slots=True)
class Recordable:
    """A definition or an agreement event as the files have it, and the files it comes from."""

    kind: EntryKind
    key: str
    content: Mapping[str, Any]
    position: Position
    paths: tuple[str, ...]

    @property
    def is_first(self) -> bool:
        """Whether the key's ordinal is 1."""
        return self.key.endswith("/1")


def recordables(project: Project) -> Iterator[Recordable]:
    """Everything in the files that belongs in the ledger: definitions by name, then agreements by file."""
    for name in sorted(project.kpis):
        kpi = project.kpis[name]
        for index, version in enumerate(kpi.versions):
            inputs = (project.measure(given.measure) for given in version.formula.inputs.values())
            facts = {found[0].path for found in inputs if found}
            content = definition_content(project, kpi, version)
            place = kpi.place("versions", index)
            paths = (kpi.path, *sorted(facts))
            yield Recordable(EntryKind.DEFINITION_RECORDED, f"{name}/{version.version}", content, place, paths)
    ordinals: dict[str, int] = {}
    for file in sorted(project.agreements, key=lambda file: file.path):
        for index, event in enumerate(file.events):
            ordinal = ordinals[event.agreement] = ordinals.get(event.agreement, 0) + 1
            content = agreement_content(file.holder, event)
            place = file.place("events", index)
            key = f"{event.agreement}/{ordinal}"
            yield Recordable(KIND_OF_EVENT[event.event], key, content, place, (file.path,))
