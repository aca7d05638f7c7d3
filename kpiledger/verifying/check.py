"""What is a check of the ledger against something, what is it given, and what does it say?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kpiledger.approvals import Reading
from kpiledger.folding import RecordedEvent
from kpiledger.ledger.checkpoint import VerifierKey
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.integrity import Examination
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.store import Ledger
from kpiledger.project import Project
from kpiledger.settings import Settings


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside the ledger and is held against it; None where it was not given.

    `projection` is the warehouse whose tables are compared, `published` has the hash of each table that readers see.
    """

    project: Project | None = None
    projection: Path | None = None
    published: Mapping[str, str] | None = None
    settings: Settings | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A ledger whose bytes, tree and signature hold, and what lies beside it.

    `events` are the recorded agreement events; empty where they cannot be read, and then a check that needs
    them is not asked. `index` gives the faults that were seen in the index meanwhile, `judging` what recorded approvals
    were found to be.
    """

    ledger: Ledger
    key: VerifierKey
    found: Examination
    beside: Beside
    events: Sequence[RecordedEvent]
    index: Callable[[], Sequence[str]]
    judging: Callable[[], Reading]

    @property
    def entries(self) -> Sequence[Entry]:
        """The entries in the order recorded."""
        return self.found.entries


@dataclass(frozen=True, slots=True)
class Looked:
    """What a check says: the problems found, or why there was nothing to look at.

    `partly` says what of it could not be looked at as it should be, and is no problem.
    """

    problems: tuple[Problem, ...] = ()
    not_looked_at: str | None = None
    partly: tuple[str, ...] = ()

    @classmethod
    def found(cls, problems: Iterable[Problem]) -> Looked:
        """It was looked at, with these problems."""
        return cls(tuple(problems))


class Reads(StrEnum):
    """What a check reads of the ledger, and so what must be sound before it is made."""

    ENTRIES = "entries"
    """The entries alone."""
    VALUES = "values"
    """The personal values behind them as well."""
    EVENTS = "events"
    """The agreement events, read as specs and folded."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the ledger is held against.

    `is_given` says whether there is such a thing at all; one that is given and cannot be looked at is said.
    """

    name: str
    look: Callable[[Held], Looked]
    is_given: Callable[[Ledger, Beside], bool]
    reads: Reads = Reads.ENTRIES
