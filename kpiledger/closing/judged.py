"""Does a recorded deed on a period count? Judged by policy and keys as the ledger had them when it was recorded.

Where the policy asks for signatures (`close_signatures_from`), a deed that two people did not do, whose approver had no
right, or that is not signed by its approver, does not count: a close leaves its period open, a reopening leaves it
closed, a restatement changes no figure, an override lets nothing pass. It stays recorded, and is told. Once recorded,
the earliest day of a policy goes on counting: taking it out of the files takes nothing back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kpiledger.approvals.contents import person_of, recorded_key, recorded_standing
from kpiledger.approvals.standing import NOBODY, Key, Standing
from kpiledger.closing.deeds import DEEDS, KINDS
from kpiledger.closing.four_eyes import lacks_right
from kpiledger.closing.signed import problems_of_signature
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind

_READ = frozenset(KINDS)


@dataclass(frozen=True, slots=True)
class Judged:
    """A recorded deed on a period: whether it is signed, what does not hold of it, and why it does not count."""

    entry: Entry
    is_signed: bool
    problems: tuple[str, ...]
    why_not: str | None


def judged_deeds(entries: Iterable[Entry], units: frozenset[str] | None = None) -> Iterator[Judged]:
    """Every close, lock, reopening, restatement and override, judged by what was recorded before it.

    `units` are those of the whole company: where no policy was recorded with them, the right to approve is judged by
    these, and without them not at all.
    """
    judging = _Judging(units)
    for entry in entries:
        if entry.kind in DEEDS:
            yield judging.judge(entry)
        elif entry.kind in _READ:
            judging.learn(entry)


def not_counting(entries: Iterable[Entry]) -> Mapping[str, str]:
    """Why deeds do not count, by the hashes of their entries."""
    return {one.entry.entry_hash: one.why_not for one in judged_deeds(entries) if one.why_not}


def signatures_from(entries: Iterable[Entry]) -> date | None:
    """The earliest day that a recorded policy asked for signatures from."""
    judging = _Judging(None)
    for entry in entries:
        if entry.kind is EntryKind.AUTHORITY_RECORDED:
            judging.learn(entry)
    return judging.asked_from


def done_by(said: Mapping[str, Any]) -> Any:
    """Who did what the content of a deed says."""
    return next(value for name, value in said.items() if name.endswith("_by") and name != "approved_by")


@dataclass(slots=True)
class _Judging:
    """What was recorded so far: policy, keys, signatures that were given, and closes that do not count.

    `owners` has everybody whom a key ever spoke for, by its fingerprint: taking a key back does not take it away.
    """

    units: frozenset[str] | None
    standing: Standing = NOBODY
    asked_from: date | None = None
    keys: dict[tuple[str, str], Key] = field(default_factory=dict)
    owners: dict[str, set[str]] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)
    void: set[str] = field(default_factory=set)

    def learn(self, entry: Entry) -> None:
        """Take in a policy or a key."""
        if entry.kind is EntryKind.AUTHORITY_RECORDED:
            self.standing = recorded_standing(entry.content)
            days = [day for day in (self.asked_from, self.standing.closes_from) if day]
            self.asked_from = min(days, default=None)
            self.units = self.standing.close_units or self.units
        elif entry.kind is EntryKind.KEY_ADDED:
            found = recorded_key(entry.content)
            self.keys[found.person, entry.content["fingerprint"]] = found
            self.owners.setdefault(entry.content["fingerprint"], set()).add(found.person)
        else:
            self.keys.pop((person_of(entry.content["person"]), entry.content["fingerprint"]), None)

    def judge(self, entry: Entry) -> Judged:
        """What does not hold of a deed."""
        is_asked = self.asked_from is not None and self.asked_from <= entry.recorded_at.date()
        signature = entry.content.get("signature")
        problems = [*self._of_people(entry), *(self._of_signature(entry) if signature else ())]
        if is_asked and not signature:
            problems.append(f"it is not signed by its approver, as the policy asks from {self.asked_from} on")
        if entry.content.get("close_hash") in self.void:
            problems.append("the close that it is about does not count")
        why_not = "; ".join(problems) if is_asked and problems else None
        if why_not and entry.kind is EntryKind.PERIOD_CLOSED:
            self.void.add(entry.entry_hash)
        return Judged(entry, signature is not None, tuple(problems), why_not)

    def _of_people(self, entry: Entry) -> Iterator[str]:
        approver, day = person_of(entry.content["approved_by"]), entry.recorded_at.date()
        if approver == person_of(done_by(entry.content)):
            yield "the same person did it and approved it"
        why = self.units is not None and lacks_right(self.standing, self.units, approver, day, self.asked_from)
        if why:
            yield f"its approver {why}"

    def _of_signature(self, entry: Entry) -> Iterator[str]:
        said = entry.content["signature"]
        known = self.keys.get((person_of(entry.content["approved_by"]), said["fingerprint"]))
        yield from problems_of_signature(entry, known)
        if known is not None and self.asked_from is not None and not known.signs_closes:
            yield f"it is signed with {said['fingerprint']}, which was not bound to closes when it was recorded"
        doer = person_of(done_by(entry.content))
        if doer in self.owners.get(said["fingerprint"], ()) and doer != person_of(entry.content["approved_by"]):
            yield f"it is signed with {said['fingerprint']}, which was recorded for who did it"
        first = self.given.setdefault(said["signature"], entry.seq)
        if first != entry.seq:
            yield f"its signature was given to entry {first}"
