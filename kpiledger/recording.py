"""What do the files say that the ledger does not hold yet, and what do they say differently?

Recording is once each, however often it runs. What is recorded is never edited: a file that differs
from the ledger is a finding that shows both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kpiledger.errors import WrongUse
from kpiledger.finding import Finding, Position, Severity, has_errors, in_order
from kpiledger.git import origin_of
from kpiledger.ledger.contents import EVENT_OF_KIND, with_commitments
from kpiledger.ledger.definitions import comparable
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.merkle import root as tree_root
from kpiledger.ledger.recordables import Recordable, recordables
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Clock, Ledger, read_entries, writing
from kpiledger.ledger.subjects import Gone, erased_commitments, resolve
from kpiledger.project import Project

EDITED_EVENT = "KPI090"
CHANGED_DEFINITION = "KPI091"
MISSING_FROM_FILES = "KPI092"
LOST_VALUE = "KPI093"

_SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class RecordedDefinition:
    """Where and when the ledger recorded a version of a KPI."""

    definition_hash: str
    seq: int
    recorded_at: datetime
    entry_hash: str
    commit: str | None


@dataclass(frozen=True, slots=True)
class RecordReport:
    """What a recording did: entries added, entries in all, and the root of the tree in hexadecimal."""

    new: int
    total: int
    root_hash: str


def pending(project: Project, ledger: Ledger) -> tuple[tuple[Recordable, ...], list[Finding]]:
    """What is still to be recorded, and where the files contradict what is; both empty when all is well."""
    return _compare(project, ledger, read_entries(ledger) if ledger.exists else ())


def contradictions(project: Project, ledger: Ledger, entries: Sequence[Entry]) -> list[Finding]:
    """Where the files say something else than the entries given; what is not yet recorded is none."""
    return _compare(project, ledger, entries)[1]


def record(project: Project, root: Path, ledger: Ledger, clock: Clock) -> RecordReport:
    """Record what is pending, once; WrongUse where the files contradict the ledger (show `pending` first)."""
    with writing(ledger, clock) as writer:
        new, findings = _compare(project, ledger, writer.entries)
        if has_errors(findings):
            first = findings[0]
            raise WrongUse(f"{first.position.path}:{first.position.line}: {first.message}", first.hint)
        _refuse_misplaced(new)
        writer.append([_draft(project, root, ledger, item) for item in new])
        leaves = [entry.leaf for entry in writer.entries]
        return RecordReport(len(new), len(leaves), tree_root(leaves).hex())


def record_publication(ledger: Ledger, content: Mapping[str, Any], clock: Clock) -> Entry | None:
    """Record that a run published; None if the last publication had the same hashes and as-of date."""
    with writing(ledger, clock) as writer:
        published = [entry for entry in writer.entries if entry.kind is EntryKind.RUN_PUBLISHED]
        same = ("as_of_on", "hashes")
        if published and all(published[-1].content[name] == content[name] for name in same):
            return None
        return writer.append([Draft(EntryKind.RUN_PUBLISHED, str(content["run_id"]), content)])[0]


def recorded_definitions(ledger: Ledger) -> dict[tuple[str, int], RecordedDefinition]:
    """The versions of KPIs that the ledger holds, by KPI and version."""
    return {
        (entry.content["kpi"], int(entry.content["version"])): RecordedDefinition(
            entry.content["definition_hash"], entry.seq, entry.recorded_at, entry.entry_hash, entry.commit
        )
        for entry in read_entries(ledger)
        if entry.kind is EntryKind.DEFINITION_RECORDED
    }


def _refuse_misplaced(new: Sequence[Recordable]) -> None:
    """Nothing is recorded that could not be folded: an agreement begins with `agreed`, once."""
    for item in new:
        if item.kind in EVENT_OF_KIND and (item.kind is EntryKind.AGREEMENT_AGREED) != item.is_first:
            raise WrongUse(
                f"{item.position.path}:{item.position.line}: event {item.key} is {_event_word(item.kind)}",
                "an agreement's first event is `agreed` and no later one is; run `kpi check`",
            )


def _draft(project: Project, root: Path, ledger: Ledger, item: Recordable) -> Draft:
    origin = origin_of(root, item.paths)
    content = with_commitments(ledger, dict(item.content), project.organisation.people)
    return Draft(item.kind, item.key, content, origin.commit, origin.uncommitted)


def _compare(
    project: Project, ledger: Ledger, entries: Sequence[Entry]
) -> tuple[tuple[Recordable, ...], list[Finding]]:
    recorded = {(_family(entry.kind), entry.key): entry for entry in entries if _family(entry.kind) is not None}
    erased = erased_commitments(entries)
    new: list[Recordable] = []
    findings: list[Finding] = []
    for item in recordables(project):
        entry = recorded.pop((_family(item.kind), item.key), None)
        if entry is None:
            new.append(item)
        else:
            findings += _contradiction(item, entry, resolve(ledger, entry.content), erased)
    findings += [_missing(entry, project) for entry in recorded.values()]
    return tuple(new), in_order(findings)


def _family(kind: EntryKind) -> str | None:
    """What a key is unique in: an event edited from `amended` to `retired` is still the same event."""
    if kind is EntryKind.DEFINITION_RECORDED:
        return "definition"
    return "agreement" if kind in EVENT_OF_KIND else None


def _contradiction(item: Recordable, entry: Entry, recorded: Mapping[str, Any], erased: Set[str]) -> Iterator[Finding]:
    kinds = {"event": _event_word(entry.kind)}, {"event": _event_word(item.kind)}
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
    shown = "; ".join(f"{path}: recorded {_shown(old)}, found {_shown(new)}" for path, old, new in changes)
    if item.kind is EntryKind.DEFINITION_RECORDED:
        rule, what, hint = CHANGED_DEFINITION, "the definition", _hint([path for path, *_ in changes])
    else:
        rule, what = EDITED_EVENT, "the agreement event"
        hint = "put it back and add a new event that amends the agreement, with its own reason"
    message = f"{what} {item.key} is not as it was recorded in entry {entry.seq}: {shown}"
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


def _event_word(kind: EntryKind) -> str:
    event = EVENT_OF_KIND.get(kind)
    return event.value if event else kind.value


def _missing(entry: Entry, project: Project) -> Finding:
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


def differences(recorded: Any, found: Any, erased: Set[str], path: str = "") -> list[tuple[str, Any, Any]]:
    """Each value that differs, as (path, recorded, found); only a value whose erasure is recorded fits anything."""
    if isinstance(recorded, Gone):
        return [] if recorded.commitment in erased else [(path, recorded, found)]
    if isinstance(recorded, Mapping) and isinstance(found, Mapping):
        keys = [*recorded, *(key for key in found if key not in recorded)]
        pairs = [(f"{path}.{key}" if path else str(key), recorded.get(key), found.get(key)) for key in keys]
    elif isinstance(recorded, list) and isinstance(found, list) and len(recorded) == len(found):
        pairs = [(f"{path}[{i}]", old, new) for i, (old, new) in enumerate(zip(recorded, found, strict=True))]
    else:
        return [] if recorded == found else [(path, recorded, found)]
    return [change for at, old, new in pairs for change in differences(old, new, erased, at)]


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[: _SHOWN_LENGTH - 1]}…"
