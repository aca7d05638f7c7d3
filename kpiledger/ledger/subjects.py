"""How does an entry speak of a person, so that the person can be erased while the tree still verifies?

In the entry stands {"commitment": SHA-256(salt || value)}; salt and value lie in the side store. A person's id
has one commitment in the whole ledger; each text about a person has its own, and its file names the person's
commitment, so that erasing the person erases the texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kpiledger.errors import LedgerDamaged, WrongUse
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.side_store import (
    Kept,
    all_kept,
    delete_kept,
    keep_person,
    keep_text,
    person_commitment,
    read_kept,
    value_path,
)
from kpiledger.ledger.store import Clock, Ledger, writing

ERASED = "erased"
_DIGITS = 12
_APART = re.compile(rf"{ERASED}_([0-9a-f]{{{_DIGITS}}})\Z")

_COMMITTED_BEGINS = b'{"commitment":'
_COMMITTED = re.compile(_COMMITTED_BEGINS + rb'"([0-9a-f]{64})"\}')


class Gone(str):
    """What `resolve` gives for a value that the side store has not: it reads as `erased`, whatever the reason."""

    commitment: str

    def __new__(cls, commitment: str) -> Gone:
        """The one text that every value which is gone reads as."""
        gone = super().__new__(cls, ERASED)
        gone.commitment = commitment
        return gone

    @property
    def apart(self) -> str:
        """A name that tells two erased people apart, where a table has a row for each: `erased_` and 12 digits."""
        return f"{ERASED}_{self.commitment[:_DIGITS]}"


def holder_name(value: str) -> str:
    """A holder as tables and answers name them: whoever was erased apart from all others."""
    return value.apart if isinstance(value, Gone) else value


def commitment_told(holder: str) -> str | None:
    """The first digits of the commitment of an erased holder as tables name them; None for any other name."""
    found = _APART.match(holder)
    return found.group(1) if found else None


def commit_subject(ledger: Ledger, subject: str) -> Mapping[str, str]:
    """What stands in an entry for a person's id; the same for every entry."""
    return {"commitment": keep_person(ledger, subject)}


def commit_text(ledger: Ledger, text: str, subject: str) -> Mapping[str, str]:
    """What stands in an entry for a text about a person."""
    return {"commitment": keep_text(ledger, text, subject)}


def resolve(ledger: Ledger, value: Any) -> Any:
    """A recorded value with each commitment replaced by what it stands for, or by `Gone`."""
    return resolving(ledger)(value)


def resolving(ledger: Ledger) -> Callable[[Any], Any]:
    """`resolve` for many values: each file is read once. Not to be kept longer than one answer."""
    seen: dict[str, str] = {}

    def value_of(commitment: str) -> str:
        if commitment not in seen:
            kept = read_kept(ledger, commitment)
            seen[commitment] = kept.value if kept else Gone(commitment)
        return seen[commitment]

    return lambda value: _replaced(value, value_of)


def _replaced(value: Any, value_of: Callable[[str], str]) -> Any:
    if value is None or value.__class__ is str:  # by far most often
        return value
    if isinstance(value, Mapping):
        if len(value) == 1 and "commitment" in value:
            return value_of(value["commitment"])
        return {key: _replaced(item, value_of) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_replaced(item, value_of) for item in value]
    return value


def commitments_by_place(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every commitment in a recorded value, with the path to it, as `targets[0].baseline.exclude[1].reason`."""
    if value is None or value.__class__ is str:  # most of what is looked through
        return
    if isinstance(value, Mapping):
        if len(value) == 1 and "commitment" in value:
            yield place, value["commitment"]
        else:
            for key, item in value.items():
                yield from commitments_by_place(item, f"{place}.{key}" if place else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from commitments_by_place(item, f"{place}[{index}]")


def commitments_in(entry: Entry) -> frozenset[str]:
    """Every commitment in an entry; by its canonical bytes, which is ten times as fast as by place."""
    found = _COMMITTED.findall(entry.line)
    if len(found) != entry.line.count(_COMMITTED_BEGINS):  # a map of a definition may look like one
        return frozenset(commitment for _, commitment in commitments_by_place(entry.content))
    return frozenset(text.decode() for text in found)


def erased_commitments(entries: Iterable[Entry]) -> frozenset[str]:
    """The commitments whose values were deleted on purpose: a `subject.erased` names them."""
    erasures = (entry.content for entry in entries if entry.kind is EntryKind.SUBJECT_ERASED)
    return frozenset(commitment for content in erasures for commitment in content["commitments"])


def unexplained(ledger: Ledger, entries: Iterable[Entry]) -> Iterator[Problem]:
    """Values that do not fit their commitments, are gone without a recorded erasure, or are there in spite of one."""
    held = list(entries)
    erased = erased_commitments(held)
    told: dict[str, str | None] = dict.fromkeys(erased)
    for entry in filter(lambda entry: entry.has_commitments, held):
        for commitment in sorted(commitments_in(entry)):
            if commitment not in told:
                told[commitment] = _fault(ledger, commitment)
            fault = told[commitment]
            if fault:
                yield Problem("subjects", fault, entry.seq, entry.key)
    for entry in held:
        if entry.kind is EntryKind.SUBJECT_ERASED:
            for commitment in entry.content["commitments"]:
                if value_path(ledger, commitment).exists():
                    message = f"the value of {commitment} is still there: erasing was interrupted; erase again"
                    yield Problem("subjects", message, entry.seq, entry.key)


def _fault(ledger: Ledger, commitment: str) -> str | None:
    try:
        kept = read_kept(ledger, commitment)
    except LedgerDamaged as damage:
        return damage.message
    return None if kept else f"the value of {commitment} is gone and no `subject.erased` says so"


def kept_about(ledger: Ledger, subject: str) -> tuple[Kept, ...]:
    """A person's id and every text about them, as the side store has them."""
    kept = tuple(all_kept(ledger))
    own = {item.commitment for item in kept if item.about is None and item.value == subject}
    return tuple(item for item in kept if item.commitment in own or item.about in own)


def erase(ledger: Ledger, subject: str, reason: str, clock: Clock) -> Entry:
    """Delete a person's id and every text about them, and record that it was done."""
    with writing(ledger, clock) as writer:
        kept = kept_about(ledger, subject)
        if not kept:
            raise WrongUse(f"the ledger holds nothing about {subject!r}", "write the id as it was recorded")
        own = person_commitment(ledger, subject) or kept[0].commitment
        content = {"commitments": sorted(item.commitment for item in kept), "reason": reason}
        entry = writer.append([Draft(EntryKind.SUBJECT_ERASED, own, content)])[0]
        delete_kept(ledger, kept)
    return entry
