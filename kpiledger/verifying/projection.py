"""Do the tables of agreements, targets and decisions in the warehouse equal the fold of the ledger's own events?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kpiledger.ledger.entry import Entry
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger
from kpiledger.periods import COMMON
from kpiledger.project import Project
from kpiledger.projected import BELIEVED_ABOVE, RowDifference, TablesNote, compared, still_tells, vouched_tables
from kpiledger.reports.known import as_json
from kpiledger.verifying.check import Check, Held, Looked, Reads

NAME = "projection"


def believed(warehouse: Path | None, ledger: Ledger, project: Project | None, entries: Sequence[Entry]) -> str | None:
    """What spares the comparison of every row in a large ledger: the note that fits; None where it is to be made."""
    if warehouse is None or len(entries) <= BELIEVED_ABOVE:
        return None
    reckoning = project.calendar.reckoning if project else COMMON
    note = vouched_tables(warehouse, ledger)
    changing = (EntryKind.RUN_PUBLISHED, EntryKind.SUBJECT_ERASED)
    changed_at = next((entry.seq for entry in reversed(entries) if entry.kind in changing), 0)
    hashes = [bytes.fromhex(entry.entry_hash) for entry in entries]
    if not isinstance(note, TablesNote) or not still_tells(note, hashes, changed_at, reckoning):
        return None
    return f"{note}; `--every-row` compares them again"


def _look(held: Held) -> Looked:
    project, warehouse = held.beside.project, held.beside.projection
    if warehouse is None:
        return Looked()
    reckoning = project.calendar.reckoning if project else COMMON
    vouched = vouched_tables(warehouse, held.ledger)
    problems = [Problem(NAME, vouched)] if isinstance(vouched, str) else []
    found = compared(warehouse, held.ledger, held.entries, held.events, reckoning)
    partly = [f"{name} is not in the tables of another version" for name in found.unsaid]
    if vouched is None:
        partly.append(f"nobody vouches for the bytes of {warehouse.name}: an earlier version published it")
    return Looked((*problems, *map(_problem, found.differences)), partly=tuple(partly))


def _problem(difference: RowDifference) -> Problem:
    side = "missing" if difference.is_missing else "not in the ledger"
    apart = f" (apart in {', '.join(difference.apart)})" if difference.apart else ""
    said = ", ".join(f"{name}={as_json(value)}" for name, value in difference.said.items())
    return Problem(NAME, f"kpi.{difference.table}: a row is {side}{apart}: {said}")


CHECK = Check(NAME, _look, is_given=lambda _, beside: beside.projection is not None, reads=Reads.EVENTS)
