"""What do closing, reopening, restating and overriding share: the world they are done in, and how reasons are told?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.claim import claim, release
from kpiledger.closing.four_eyes import Deed, refusals_of_people
from kpiledger.closing.judged import signatures_from
from kpiledger.closing.published import lacking
from kpiledger.closing.refusing import ToClose, refusals_of_files
from kpiledger.closing.signed import refusals_of_key
from kpiledger.closing.standing import closes_in
from kpiledger.closing.verified import require_unchanged
from kpiledger.errors import RunStopped, WrongUse
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries, writing
from kpiledger.ledger.subjects import commit_subject
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.settings import Settings
from kpiledger.vocabulary import Grain
from kpiledger.warehouse import open_current

CLOSABLE = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)


@dataclass(frozen=True, slots=True)
class Pair:
    """Who does something to a period, who approves it, and the approver's SSH key, where they sign it."""

    done_by: str
    approved_by: str
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The project that a period of is closed, its ledger, and the clock."""

    settings: Settings
    project: Project
    ledger: Ledger
    clock: Callable[[], datetime]

    @property
    def publication(self) -> Path:
        """The folder of what readers see."""
        return self.settings.warehouse.resolve().parent

    def deed(self, pair: Pair) -> Deed:
        """Who does it, as of today."""
        return Deed(pair.done_by, pair.approved_by, self.clock().date(), pair.key)

    def asked(self, period: Period) -> ToClose:
        """A period with what the ledger says of it; RunStopped where a closed file is not as it was."""
        if period.grain not in CLOSABLE:
            raise WrongUse(
                f"{period} is a {period.grain}; months, quarters and years are closed",
                "a day or a week is closed with the first of them that it lies in",
            )
        entries = read_entries(self.ledger) if self.ledger.exists else ()
        closes = closes_in(entries)
        require_unchanged(self.settings.closes, closes)
        return ToClose(period, self.project, self.ledger, entries, closes)

    def person(self, person: str) -> dict[str, str]:
        """What stands for a person in an entry."""
        return dict(commit_subject(self.ledger, person))

    def record(self, kind: EntryKind, key: str, content: dict[str, Any]) -> Entry:
        """Append an entry."""
        with writing(self.ledger, self.clock) as writer:
            return writer.append([Draft(kind, key, content)])[0]


@contextmanager
def alone(place: Place, what: str) -> Iterator[None]:
    """No run publishes meanwhile."""
    place.settings.build.mkdir(parents=True, exist_ok=True)
    claim(place.settings.build, what)
    try:
        yield
    finally:
        release(place.settings.build)


@contextmanager
def published(place: Place, what: str) -> Iterator[DuckDBPyConnection]:
    """The published warehouse, to read; RunStopped where there is none that a close could be made from."""
    if not place.settings.warehouse.exists():
        refuse(what, ["nothing is published: run `kpi run`"])
    with open_current(place.settings.warehouse) as connection:
        missing = lacking(connection)
        if missing:
            refuse(what, [f"the published warehouse has no {', '.join(missing)}: run `kpi run`"])
        yield connection


def refuse(what: str, reasons: Iterable[str]) -> None:
    """RunStopped with every reason, if there is any."""
    told = [f"  - {reason}" for reason in reasons]
    if told:
        raise RunStopped(f"{what} is refused:\n" + "\n".join(told), "mend what is said, then ask again")


def reasons_against(place: Place, asked: ToClose, deed: Deed) -> Iterator[str]:
    """What forbids whatever is done to a period: the people, the signature, and files that no run has recorded."""
    yield from refusals_of_people(place.project, deed)
    if deed.key is not None:
        yield from refusals_of_key(place.project, deed, deed.key)
    else:
        yield from _unsigned(place, asked, deed)
    yield from refusals_of_files(asked)


def _unsigned(place: Place, asked: ToClose, deed: Deed) -> Iterator[str]:
    """That the policy asks for a signature: the one in the files, or a stricter one that was recorded."""
    authority = place.project.authority
    days = (authority and authority.close_signatures_from, signatures_from(asked.entries))
    first = min((day for day in days if day), default=None)
    if first is not None and first <= deed.on:
        yield f"{deed.approved_by} has to sign it: from {first} on it counts only so (--key, the approver's SSH key)"
