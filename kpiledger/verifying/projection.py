"""Do the tables of agreements and targets in the warehouse equal the fold of the ledger's own events?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields

from kpiledger.approvals import approvals_of
from kpiledger.folding import (
    AgreementVersionRow,
    RecordedEvent,
    TargetPeriodRow,
    agreement_version_rows,
    fold,
    target_period_rows,
)
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.schema import EntryKind
from kpiledger.periods import COMMON
from kpiledger.reports.known import as_json
from kpiledger.verifying.check import Check, Held, Looked, ProjectionRow, Reads

NAME = "projection"


def _look(held: Held) -> Looked:
    """Tables must equal the fold of all events, or of those that the last publication could know.

    A run records before it checks; when its checks fail, readers keep the former publication.
    """
    found = _problems(held, held.entries, held.events)
    published = [entry.seq for entry in held.entries if entry.kind is EntryKind.RUN_PUBLISHED]
    if found and published:
        known = [entry for entry in held.entries if entry.seq < published[-1]]
        events = [event for event in held.events if event.seq < published[-1]]
        return Looked.found(found if _problems(held, known, events) else [])
    return Looked.found(found)


def _problems(held: Held, entries: Sequence[Entry], events: Sequence[RecordedEvent]) -> list[Problem]:
    project, rows = held.beside.project, held.beside.projection or ()
    approvals = approvals_of(held.ledger, entries)
    versions = fold(events, approvals)
    folded: tuple[tuple[type[ProjectionRow], Sequence[ProjectionRow]], ...] = (
        (AgreementVersionRow, agreement_version_rows(versions, approvals)),
        (TargetPeriodRow, target_period_rows(versions, project.calendar.reckoning if project else COMMON, approvals)),
    )
    return [
        problem
        for kind, expected in folded
        for problem in _differences(kind.__name__, [row for row in rows if isinstance(row, kind)], expected)
    ]


def _differences(table: str, found: Sequence[ProjectionRow], folded: Sequence[ProjectionRow]) -> Iterator[Problem]:
    """Rows as a multiset: a doubled row is a difference."""
    have, want = Counter(map(astuple, found)), Counter(map(astuple, folded))
    names = [field.name for field in fields(folded[0] if folded else found[0])] if folded or found else []
    for row, count in (want - have).items():
        yield Problem(NAME, f"{table}: {count} missing: {_row(names, row)}")
    for row, count in (have - want).items():
        yield Problem(NAME, f"{table}: {count} not in the ledger: {_row(names, row)}")


def _row(names: Sequence[str], row: Sequence[object]) -> str:
    shown = zip(names, row, strict=True)
    return ", ".join(f"{name}={as_json(value)}" for name, value in shown if value is not None)


CHECK = Check(NAME, _look, is_given=lambda _, beside: beside.projection is not None, reads=Reads.EVENTS)
