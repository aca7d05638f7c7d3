"""Do the tables of agreements, targets and decisions in the warehouse equal the fold of the ledger's own events?"""

from __future__ import annotations

from dataclasses import fields

from kpiledger.ledger.problem import Problem
from kpiledger.periods import COMMON
from kpiledger.projected import RowDifference, compared
from kpiledger.reports.known import as_json
from kpiledger.verifying.check import Check, Held, Looked, Reads

NAME = "projection"


def _look(held: Held) -> Looked:
    project, rows = held.beside.project, held.beside.projection or ()
    reckoning = project.calendar.reckoning if project else COMMON
    found = compared(held.ledger, held.entries, held.events, rows, reckoning)
    return Looked.found(map(_problem, found.differences))


def _problem(difference: RowDifference) -> Problem:
    row, side = difference.row, "missing" if difference.is_missing else "not in the ledger"
    shown = ((field.name, getattr(row, field.name)) for field in fields(row))
    said = ", ".join(f"{name}={as_json(value)}" for name, value in shown if value is not None)
    return Problem(NAME, f"{type(row).__name__}: {difference.count} {side}: {said}")


CHECK = Check(NAME, _look, is_given=lambda _, beside: beside.projection is not None, reads=Reads.EVENTS)
