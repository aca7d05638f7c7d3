"""How is it told that a file says something else than what was recorded from it?

What is recorded is never edited: a file that differs from the ledger is a finding that shows both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from kpiledger.finding import Finding, Position, Severity
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.definitions import comparable
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.recordables import Recordable
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.subjects import Gone
from kpiledger.project import Project
from kpiledger.recording.differing import differences, shown

EDITED_EVENT = "KPI090"
CHANGED_DEFINITION = "KPI091"
MISSING_FROM_FILES = "KPI092"
LOST_VALUE = "KPI093"


def contradiction(item: Recordable, entry: Entry, recorded: Mapping[str, Any], erased: Set[str]) -> Iterator[Finding]:
    """What a file says otherwise than the entry that was recorded from it; `recorded` is its resolved content."""
    kinds = {"event": event_word(entry.kind)}, {"event": event_word(item.kind)}
    content = item.content
    if item.kind is EntryKind.DEFINITION_RECORDED:
        recorded, content = comparable(recorded, content)
    found = differences({**kinds[0], **recorded}, {**kinds[1], **content}, erased)
    lost = [path for path, old, _ in found if isinstance(old, Gone)]
    if lost:
        yield _lost(item, entry, lost)
    # The hash says only that something else differs, which is shown itself.
    changes = [change for change in found if change[0] not in ("definition_hash", *lost)]
    if not changes:
        return
    told = "; ".join(f"{path}: recorded {shown(old)}, found {shown(new)}" for path, old, new in changes)
    if item.kind is EntryKind.DEFINITION_RECORDED:
        rule, what, hint = CHANGED_DEFINITION, "the definition", _hint([path for path, *_ in changes])
    else:
        rule, what = EDITED_EVENT, "the agreement event"
        hint = "put it back and add a new event that amends the agreement, with its own reason"
    message = f"{what} {item.key} is not as it was recorded in entry {entry.seq}: {told}"
    yield Finding(rule, Severity.ERROR, item.position, message, hint)


def _hint(paths: Sequence[str]) -> str:
    """What to do about a definition that differs at some places."""
    if all(path.startswith("depends_on") for path in paths):
        return "put the KPI that it is derived from back as it was recorded, and give that one a new version"
    if all(path.startswith("definition.calendar") for path in paths):
        return "put metrics/calendar.yml back: the numbers that were recorded rest on it"
    if all(".dimensions." in path for path in paths):
        return "put it back, and slice by another column as a dimension with a name of its own"
    if all(path.startswith(("definition.measures", "definition.facts")) for path in paths):
        return "put it back, and let a new version use a measure with a name of its own"
    if paths == ["definition.missing"]:
        return "put it back; `missing` holds for every version: a KPI that reads what is missing anew is another KPI"
    return "put it back and add a new version with its own valid_from and change"


def _lost(item: Recordable, entry: Entry, paths: Sequence[str]) -> Finding:
    message = f"{item.key}, recorded in entry {entry.seq}, cannot be compared: {', '.join(paths)} is missing"
    message += " from the ledger's `subjects` and no `subject.erased` says why"
    hint = "restore the folder `subjects` from a copy of the ledger"
    return Finding(LOST_VALUE, Severity.ERROR, item.position, message, hint)


def event_word(kind: EntryKind) -> str:
    """The word that an agreement file has for a kind of entry; the kind itself for others."""
    event = EVENT_OF_KIND.get(kind)
    return event.value if event else kind.value


def missing(entry: Entry, project: Project) -> Finding:
    """That what was recorded is no longer in the files."""
    what, path = "agreement event", "metrics/agreements"
    name = entry.key.partition("/")[0]
    if entry.kind is EntryKind.DEFINITION_RECORDED:
        what = "definition"
        path = project.kpis[name].path if name in project.kpis else "metrics/kpis"
    else:
        files = (file for file in project.agreements if any(event.agreement == name for event in file.events))
        path = next((file.path for file in files), path)
    return Finding(
        MISSING_FROM_FILES,
        Severity.ERROR,
        Position(path, 1, 1),
        f"the {what} {entry.key}, recorded in entry {entry.seq}, is no longer in the files",
        "put it back; what no longer holds is retired by a new event or followed by a new version",
    )
