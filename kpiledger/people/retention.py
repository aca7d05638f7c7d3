"""What about people has been kept long enough, by the lengths that `retention:` in kpiledger.yml sets?

A text or signature is due its length after the last day of the agreement that its entry is about, or after the
day it was recorded where that is later; a person, that long after everything that names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kpiledger.errors import RunStopped
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.side_store import Kept, all_kept, delete_kept
from kpiledger.ledger.store import Clock, Ledger, read_entries, writing
from kpiledger.ledger.subjects import commitments_by_place
from kpiledger.people.generated import erase_in_journals, remove_generated
from kpiledger.people.naming import named_in_specs
from kpiledger.periods import add_months
from kpiledger.project import Project
from kpiledger.settings import Retained, Settings
from kpiledger.stretches import Length

_SIGNED = (EntryKind.APPROVAL_RECORDED, EntryKind.KEY_ADDED, EntryKind.KEY_REVOKED)


@dataclass(frozen=True, slots=True)
class Due:
    """A value that has been kept long enough; `in_the_way` says where the project's files still have it."""

    kind: Retained
    kept: Kept
    last_needed_on: date
    due_on: date
    entries: tuple[int, ...]
    in_the_way: str | None = None


def due(settings: Settings, project: Project, ledger: Ledger, today: date) -> tuple[Due, ...]:
    """Everything that is due, the longest due first."""
    entries = read_entries(ledger) if ledger.exists else ()
    ends = _ends(entries)
    named: dict[str, list[Entry]] = {}
    for entry in entries:
        for _, commitment in commitments_by_place(entry.content):
            named.setdefault(commitment, []).append(entry)
    found = [
        one
        for kept in all_kept(ledger)
        if kept.commitment in named
        for one in _judged(settings, project, kept, named[kept.commitment], ends, today)
    ]
    return tuple(sorted(found, key=lambda one: (one.due_on, one.entries)))


def apply(settings: Settings, ledger: Ledger, found: Iterable[Due], clock: Clock) -> list[Entry]:
    """Erase what is due and nothing in the files keeps, one `subject.erased` for each length; the entries."""
    free = [one for one in found if one.in_the_way is None]
    if not free:
        return []
    remove_generated(settings)
    erase_in_journals(settings, None, [one.kept.value for one in free])
    with writing(ledger, clock) as writer:
        drafts, gone = [], []
        for kind, length in settings.retention.items():
            values = {one.kept.commitment: one.kept for one in free if one.kind is kind}
            if kind is Retained.PEOPLE:
                values |= {kept.commitment: kept for kept in all_kept(ledger) if kept.about in values}
            if values:
                first = next(iter(values))
                content = {"commitments": sorted(values), "reason": f"retention: {kind.value} are kept {length}"}
                drafts.append(Draft(EntryKind.SUBJECT_ERASED, first, content))
                gone += [kept for kept in values.values() if kept not in gone]
        added = writer.append(drafts)
        delete_kept(ledger, gone)
    return list(added)


def require_something(settings: Settings) -> None:
    """RunStopped where no length is set: then everything is kept."""
    if not settings.retention:
        raise RunStopped(
            "no length of retention is set, so everything is kept",
            "write `retention: {texts_about_people: 5 years, people: 10 years}` into kpiledger.yml",
        )


def _judged(
    settings: Settings,
    project: Project,
    kept: Kept,
    entries: list[Entry],
    ends: Mapping[str, date],
    today: date,
) -> Iterable[Due]:
    kind = _kind(kept, entries)
    length = settings.retention.get(kind)
    if length is None:
        return
    last = max(_needed_until(entry, ends) for entry in entries)
    due_on = _after(last, length)
    if due_on <= today:
        where = _in_the_way(settings, project, kept)
        yield Due(kind, kept, last, due_on, tuple(dict.fromkeys(entry.seq for entry in entries)), where)


def _kind(kept: Kept, entries: list[Entry]) -> Retained:
    if kept.about is None:
        return Retained.PEOPLE
    return Retained.SIGNATURES if entries[0].kind in _SIGNED else Retained.TEXTS_ABOUT_PEOPLE


def _ends(entries: Iterable[Entry]) -> dict[str, date]:
    """The last day of each agreement that any of its events gave it."""
    ends: dict[str, date] = {}
    for entry in entries:
        end = entry.content.get("valid_to") if entry.kind in EVENT_OF_KIND else None
        if end:
            name = entry.content["agreement"]
            ends[name] = max(ends.get(name, date.min), date.fromisoformat(end))
    return ends


def _needed_until(entry: Entry, ends: Mapping[str, date]) -> date:
    """An event or approval is needed while its agreement holds; anything else on the day it was recorded."""
    return max(entry.recorded_at.date(), ends.get(entry.key.partition("/")[0], date.min))


def _in_the_way(settings: Settings, project: Project, kept: Kept) -> str | None:
    if kept.about is None:
        named = named_in_specs(settings.root, kept.value)
        return f"{named[0].path}:{named[0].line}" if named else None
    for file in project.agreements:
        for index, event in enumerate(file.events):
            excluded = [month.reason for one in event.targets if one.baseline for month in one.baseline.exclude]
            if kept.value in (event.reason.text, *excluded):
                place = file.place("events", index)
                return f"{place.path}:{place.line}"
    return None


def _after(day: date, length: Length) -> date:
    return add_months(day, length.months) + timedelta(days=length.days)
