"""How is a person erased everywhere, in which order, and what is said to stay?

The specs come first: while they name the person, the next run would record the person anew. Then what runs
made is removed, then the journal is cleansed, and last the ledger forgets the values: a process that dies
half way is started again and ends with the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.claim import claim, release
from kpiledger.errors import RunStopped, WrongUse
from kpiledger.finding import Finding, Position, Severity
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.searching import entries_with
from kpiledger.ledger.side_store import Kept, kept_of
from kpiledger.ledger.store import Clock, Ledger, signed_checkpoint
from kpiledger.ledger.subjects import erase, kept_about
from kpiledger.people.generated import (
    erase_in_journals,
    generated,
    journals_telling,
    remove_generated,
)
from kpiledger.people.naming import is_named, named_in_specs
from kpiledger.people.staying import files_staying
from kpiledger.reports.findings import findings_text
from kpiledger.settings import Settings

NAMED_IN_SPECS = "KPI161"
_TOUCHED = "select distinct seq from mention where list_contains(?::varchar[], commitment) order by seq"


@dataclass(frozen=True, slots=True)
class Stays:
    """Something that an erasure leaves, and why."""

    what: str
    why: str


STAYS_OUTSIDE = (
    Stays("the history of git", "rewrite it with `git filter-repo`; `kpi verify` will say so"),
    Stays("backups and copies", "a ledger that is restored from one must be erased again"),
    Stays("what was handed on", "`kpi audit 32` says which exports were recorded"),
    Stays("the shell's history", "the command was typed with the id"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure takes, what it leaves and why, and which lines of the specs are in its way."""

    person: str
    values: int
    entries: tuple[int, ...]
    removed: tuple[Path, ...]
    journals: tuple[Path, ...]
    stays: tuple[Stays, ...]
    in_the_way: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """What went: the entry that records it, how many values, and what is to be made anew."""

    entry: Entry
    values: int
    removed: tuple[Path, ...]
    journals: tuple[Path, ...]
    stays: tuple[Stays, ...]


def plan(settings: Settings, ledger: Ledger, index: DuckDBPyConnection, person: str) -> Plan:
    """What erasing a person would do; changes nothing."""
    named = named_in_specs(settings.root, person)
    kept = kept_of(ledger, person)
    own = [one.commitment for one in kept]
    return Plan(
        person=person,
        values=len(own),
        entries=tuple(seq for (seq,) in index.execute(_TOUCHED, [own]).fetchall()),
        removed=tuple(generated(settings)),
        journals=tuple(journals_telling(settings, person, _texts(kept))),
        stays=_stays(settings, ledger, person),
        in_the_way=tuple(named),
    )


def erase_everywhere(settings: Settings, ledger: Ledger, person: str, reason: str, clock: Clock) -> Erased:
    """Erase a person; RunStopped with every place while the specs still name them."""
    require_unnamed(settings, person)
    if is_named(reason.encode(), person):
        raise WrongUse(f"the reason names {person}, and it is recorded for good", "give the reason without the id")
    kept = kept_of(ledger, person) or kept_about(ledger, person)
    if not kept:
        raise WrongUse(f"the ledger holds nothing about {person!r}", "write the id as it was recorded")
    settings.build.mkdir(parents=True, exist_ok=True)
    claim(settings.build, "erasing")
    try:
        removed = remove_generated(settings)
        journals = erase_in_journals(settings, person, _texts(kept))
        remove_torn(ledger, person)
        entry = erase(ledger, person, reason, clock)
    finally:
        release(settings.build)
    return Erased(
        entry, len(entry.content["commitments"]), tuple(removed), tuple(journals), _stays(settings, ledger, person)
    )


def require_unnamed(settings: Settings, person: str) -> None:
    """RunStopped with a finding for each line of the specs that names the person."""
    found = named_in_specs(settings.root, person)
    if found:
        hint = "take the person out of these lines (write the role, or remove the file), and erase again"
        raise RunStopped(findings_text([_finding(place, person) for place in found]), hint)


def _texts(kept: Iterable[Kept]) -> list[str]:
    return [one.value for one in kept if one.about is not None]


def remove_torn(ledger: Ledger, person: str) -> None:
    """Remove what killed writers left if it names the person; it was never acknowledged, and nobody reads it."""
    for path in _torn(ledger, person):
        path.unlink()


def _torn(ledger: Ledger, person: str) -> list[Path]:
    return [path for path in sorted((ledger.directory / "torn").glob("*")) if is_named(path.read_bytes(), person)]


def _stays(settings: Settings, ledger: Ledger, person: str) -> tuple[Stays, ...]:
    """What is not ours to erase, each with its reason."""
    size = signed_checkpoint(ledger).size
    plain = [seq for seq, line in entries_with(ledger.storage, size, person.encode()) if is_named(line, person)]
    return (
        Stays("the entries themselves", "they hold commitments that tell nothing without the salt"),
        *(Stays(f"entry {seq}", "it names the person in words, recorded as they stood") for seq in plain),
        *(Stays(file.place, file.why) for file in files_staying(settings, person)),
        *_closes(settings),
        *STAYS_OUTSIDE,
    )


def _closes(settings: Settings) -> Iterator[Stays]:
    """Closes hold people's targets: they stay whether or not a file of them names the person."""
    if any(settings.closes.glob("*/*")):
        yield Stays("what periods were closed with", "people who hold targets stand there as commitments")


def _finding(place: Position, person: str) -> Finding:
    said = "names" if place.excerpt else "is named after"
    message = f"this {said if place.excerpt else f'file {said}'} {person}, who is to be erased"
    hint = "write the role in place of the person" if place.excerpt else "remove the file, or rename it"
    return Finding(NAMED_IN_SPECS, Severity.ERROR, place, message, hint)
