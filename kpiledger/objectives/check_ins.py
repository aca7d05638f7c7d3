"""Who looked at a key result when, and how sure were they that it would be reached?

A check-in is recorded in the ledger and nowhere else; a later one does not change it. What a role says names nobody;
what a person says is kept apart, so that it is erased with the person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kpiledger.errors import WrongUse
from kpiledger.ledger.canonical import decimal_text
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Clock, Ledger, writing
from kpiledger.ledger.subjects import commit_subject, commit_text, holder_name, resolving
from kpiledger.project import Project
from kpiledger.rules.personal import people_in


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What somebody said of a key result on a day; `confidence` is 0 to 1."""

    key_result: str
    year: int
    on: date
    by: str
    confidence: Decimal
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedCheckIn:
    """A check-in as the ledger has it; whoever was erased is named so."""

    said: CheckIn
    seq: int
    recorded_at: datetime


def year_of(project: Project, key_result: str, day: date) -> int:
    """The year in whose file a key result is looked at on a day: the day's own, else the last one that has it."""
    years = [
        file.year
        for file in project.objectives
        if any(result.id == key_result for one in file.objectives for result in one.key_results)
    ]
    if not years:
        raise WrongUse(f"there is no key result `{key_result}`", "`kpi alignment` lists those that there are")
    year = project.calendar.reckoning.year_of(day)
    return year if year in years else max(years)


def record_check_in(ledger: Ledger, said: CheckIn, people: Collection[str], clock: Clock) -> Entry:
    """Record a check-in; `people` are the ids of organisation.yml."""
    if said.on > clock().date():
        raise WrongUse(f"{said.on} is still to come", "record a check-in when it was made")
    if not 0 <= said.confidence <= 1:
        raise WrongUse(f"a confidence of {said.confidence:f} is none", "write 0 for surely not to 1 for surely, as 0.7")
    is_person = said.by in people
    others = frozenset(people) - ({said.by} if is_person else frozenset())
    named = people_in(said.note or "", others)
    if named:
        raise WrongUse(f"the note names {named[0]}, and what is recorded stays", "write it without naming people")
    with writing(ledger, clock) as writer:
        note = dict(commit_text(ledger, said.note, said.by)) if is_person and said.note else said.note
        content = {
            "key_result": said.key_result,
            "year": str(said.year),
            "confidence": decimal_text(said.confidence),
            "checked_in_on": said.on.isoformat(),
            "checked_in_by": dict(commit_subject(ledger, said.by)) if is_person else said.by,
            "note": note,
        }
        return writer.append([Draft(EntryKind.CHECK_IN_NOTED, said.key_result, content)])[0]


def check_ins(ledger: Ledger, entries: Iterable[Entry]) -> tuple[RecordedCheckIn, ...]:
    """All check-ins in the order of their days, and of a day in the order they were recorded."""
    plain = resolving(ledger)
    found = []
    for entry in entries:
        if entry.kind is EntryKind.CHECK_IN_NOTED:
            content = plain(entry.content)
            said = CheckIn(
                key_result=content["key_result"],
                year=int(content["year"]),
                on=date.fromisoformat(content["checked_in_on"]),
                by=holder_name(content["checked_in_by"]),
                confidence=Decimal(content["confidence"]),
                note=content["note"],
            )
            found.append(RecordedCheckIn(said, entry.seq, entry.recorded_at))
    return tuple(sorted(found, key=lambda one: (one.said.on, one.seq)))
