"""What was checked, what was not and why, and what does not hold?

First the ledger itself, byte by byte; then, if its entries hold, everything that lies beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

from kpiledger.approvals import Reading, judging
from kpiledger.collector import uncollected
from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.folding import RecordedEvent, fold
from kpiledger.ledger.checkpoint import VerifierKey
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.integrity import UNSIGNED, Examination
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.postgres_storage import PostgresStorage
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.store import Ledger, examine_ledger
from kpiledger.project import Project
from kpiledger.settings import Settings
from kpiledger.verifying import index, rights, subjects
from kpiledger.verifying import projection as projections
from kpiledger.verifying.check import Beside, Check, Held, Reads
from kpiledger.verifying.checks import CHECKS
from kpiledger.verifying.meanwhile import Meanwhile, looked_at_meanwhile

_OF_THE_LEDGER = ("entries", "leaves", "checkpoint", "order")
_CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what does not hold.

    `looked_at` names the checks that were made, `not_looked_at` those that were not, and why. `examined` is the ledger
    as it was read, None where it could not be.
    """

    ledger: str
    looked_at: tuple[str, ...]
    not_looked_at: tuple[str, ...]
    problems: tuple[Problem, ...]
    examined: Examination | None = field(repr=False)

    @property
    def entries(self) -> int:
        """How many entries the signed checkpoint covers; without one, how many there are."""
        if self.examined is None:
            return 0
        checkpoint = self.examined.checkpoint
        return checkpoint.size if checkpoint else len(self.examined.entries)

    @property
    def root_hash(self) -> str | None:
        """The root that was signed, in hexadecimal."""
        checkpoint = self.examined.checkpoint if self.examined else None
        return checkpoint.root.hex() if checkpoint else None

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


@dataclass(slots=True)
class _Notes:
    """What is said while the checks are made."""

    not_looked_at: list[str]
    problems: list[Problem]
    looked_at: list[str] = field(default_factory=list)

    def leave_out(self, names: Iterable[str], why: str) -> None:
        self.not_looked_at += [f"{name}: {why}" for name in names]


@uncollected()
def verify(
    ledger: Ledger,
    project: Project | None = None,
    projection: Path | None = None,
    key: VerifierKey | None = None,
    published: Mapping[str, str] | None = None,
    not_looked_at: Sequence[str] = (),
    problems: Sequence[str] = (),
    settings: Settings | None = None,
    is_every_row: bool = True,
) -> Verification:
    """Check a ledger with everything given: a project's files, its warehouse, a key kept elsewhere.

    Unless `is_every_row`, the rows of published tables and of the index are not compared where a note by the ledger's
    key says what they are.

    The caller says in `not_looked_at` what there was not to look at, and in `problems` what could not be
    looked at although it should be.
    """
    beside = Beside(project, projection, published, settings)
    given = [check for check in CHECKS if check.is_given(ledger, beside)]
    names = [check.name for check in given]
    notes = _Notes(list(not_looked_at), [Problem("project", text) for text in problems])
    believes = not is_every_row and is_its_own(key, ledger)
    vouched = index.believed(beside, ledger) if believes else None
    given = [index.of_entries(vouched) if vouched and check is index.CHECK else check for check in given]
    with looked_at_meanwhile(ledger, None if vouched else index.files_of(beside)) as meanwhile:
        try:
            found = examine_ledger(ledger, key, meanwhile.strictly.read)
            trusted = key or trusted_key(ledger.keys)
        except LedgerDamaged as damage:  # a file is missing or the public key is none
            notes.leave_out(names, "the ledger cannot be read")
            notes.problems.append(Problem("ledger", damage.message))
            return _verification(ledger, None, notes)
        if isinstance(ledger.storage, PostgresStorage):
            found = replace(found, problems=tuple(_with_way_out(problem) for problem in found.problems))
        _note_ledger(found, notes)
        if found.has_sound_entries:
            spared = projections.believed(projection, ledger, project, found.entries) if believes else None
            if spared:
                given = [check for check in given if check is not projections.CHECK]
                notes.looked_at.append(projections.NAME)
                notes.leave_out([f"{projections.NAME}, row by row"], spared)
            # Reading a hundred thousand events as specs takes longer than all else: only where something needs it.
            events = _events(ledger, found, notes) if any(check.reads is Reads.EVENTS for check in given) else ()
            judged = cache(partial(_judged, ledger, found.entries, meanwhile))
            held = Held(ledger, trusted, found, beside, events or (), meanwhile.index, judged)
            for check in given:
                _make(check, held, notes, events is not None)
        else:
            notes.leave_out(names, "the ledger itself does not hold")
    return _verification(ledger, found, notes)


def is_its_own(key: VerifierKey | None, ledger: Ledger) -> bool:
    """Whether the key that is trusted is the one that notes beside the ledger are held against."""
    try:
        return key is None or key == trusted_key(ledger.keys)
    except LedgerDamaged:
        return False


def _judged(ledger: Ledger, entries: Sequence[Entry], meanwhile: Meanwhile) -> Reading:
    return judging(ledger, entries, meanwhile.signatures.of)


def _note_ledger(found: Examination, notes: _Notes) -> None:
    """What the examination of the ledger itself says."""
    notes.problems += found.problems
    if found.tail:
        message = (
            f"{found.tail} bytes after the last acknowledged entry: an append was interrupted, or an older "
            "checkpoint was put back; the next recording sets them aside in `torn`"
        )
        notes.problems.append(Problem("tail", message))
    notes.looked_at += _OF_THE_LEDGER
    if not found.has_sound_entries:
        notes.leave_out(["checkpoints"], "the ledger itself does not hold")
    elif found.history is None:
        notes.leave_out(["checkpoints"], "none were kept; the next recording begins to")
    else:
        notes.looked_at.append("checkpoints")


def _with_way_out(problem: Problem) -> Problem:
    return rights.way_out(problem) if problem.name == UNSIGNED else problem


def _events(ledger: Ledger, found: Examination, notes: _Notes) -> Sequence[RecordedEvent] | None:
    """The recorded events, None where they cannot be read or folded."""
    try:
        events = recorded_events(ledger, found.entries)
        fold(events)
    except LedgerDamaged as damage:
        notes.problems.append(Problem(_CONTENT, damage.message))
        return None
    return events


def _make(check: Check, held: Held, notes: _Notes, has_events: bool) -> None:
    has_values = has_events and not any(problem.name == subjects.NAME for problem in notes.problems)
    if (check.reads is Reads.EVENTS and not has_events) or (check.reads is Reads.VALUES and not has_values):
        notes.leave_out([check.name], "the recorded events cannot be read")
        return
    try:
        looked = check.look(held)
    except (LedgerDamaged, BrokenWorld) as damage:
        notes.problems.append(Problem(check.name, damage.message))
        notes.leave_out([check.name], "it cannot be read")
        return
    if looked.not_looked_at is not None:
        notes.leave_out([check.name], looked.not_looked_at)
    else:
        notes.looked_at.append(check.name)
        notes.problems += looked.problems
        for text in looked.partly:
            notes.leave_out([check.name], text)


def _verification(ledger: Ledger, found: Examination | None, notes: _Notes) -> Verification:
    # A value that does not fit its commitment is told by `subjects`, with its entry.
    named = {problem.message for problem in notes.problems if problem.name != _CONTENT}
    problems = [problem for problem in notes.problems if problem.name != _CONTENT or problem.message not in named]
    return Verification(
        ledger=ledger.storage.place,
        looked_at=tuple(notes.looked_at),
        not_looked_at=tuple(notes.not_looked_at),
        problems=tuple(problems),
        examined=found,
    )
