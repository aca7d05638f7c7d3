"""Question 22: which data came after a period was closed, and what would it do to the closed figures?"""

from __future__ import annotations

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import counted
from kpiledger.audit.restated import COLUMNS, held_figures, moved, restatements
from kpiledger.audit.standing import tree_facts
from kpiledger.closing.causes import Cause


def answer(asked: Asked) -> Answer:
    """A row for each figure of a scorecard that late rows would change; those that were accepted are left out."""
    found = [
        row
        for row in restatements(asked)
        if Cause.LATE_DATA in row["cause"].split(", ") and row["accepted_seq"] is None
    ]
    rows = held_figures(found)
    details = dict.fromkeys(f"{row['close_period']}: {row['detail']}" for row in found)
    summary = (
        f"late rows would change {counted(len(rows), 'figure')} of scorecards and "
        f"{counted(len(found) - len(rows), 'value')} of closed periods",
        f"the status of {moved(rows)} of the figures would be another",
        *details,
    )
    facts = {"figures": len(rows), **tree_facts(asked.index())}
    return Answer(COLUMNS, rows, summary, _NOTES, facts=facts)


_NOTES = ("Nothing of this counts: `kpi restate` accepts it, with a reason and an approver.",)

QUESTION = Question(22, "Late data after a close and its would-be effect", answer, takes=("period", "kpi"))
