"""What does an auditor's question look like, and what is an answer: a table, sentences, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from duckdb import DuckDBPyConnection

from kpiledger.ledger.store import Ledger
from kpiledger.periods import Reckoning
from kpiledger.settings import Settings

if TYPE_CHECKING:
    from kpiledger.project import Project
    from kpiledger.specs.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Asked:
    """The world a question is put to, and the words it was asked with, by option name without dashes in front.

    `index` opens the ledger's index, `project` loads the specs: neither is done for a question that needs it not.
    """

    settings: Settings
    ledger: Ledger
    index: Callable[[], DuckDBPyConnection]
    project: Callable[[], Project]
    words: Mapping[str, str]

    def reckoning(self) -> Reckoning:
        """How the company reckons its periods: by the calendar alone, which many questions need and no other spec."""
        # Imported here, since most questions need no specs, and their models take a tenth of a second to import.
        found: Calendar | None = import_module("kpiledger.loading.load").calendar_of(self.settings.root)
        return (found or self.project().calendar).reckoning


@dataclass(frozen=True, slots=True)
class Answer:
    """A table with sentences above and below it; `holds` is false where what was asked about is not as it should be."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]
    summary: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    holds: bool = True
    facts: Mapping[str, object] = field(default_factory=dict)  # counts, tree size, root: for machines, and shown


@dataclass(frozen=True, slots=True)
class Question:
    """One of the auditor's questions; `needs` and `takes` name the options that it must and may be asked with."""

    number: int
    text: str
    answer: Callable[[Asked], Answer]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
