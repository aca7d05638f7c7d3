"""Question 21: which closed figures are another now, or were restated, why, and what does it do to the status?"""

from __future__ import annotations

from collections import Counter

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import counted
from kpiledger.audit.closes import closes_of, uncounted
from kpiledger.audit.restated import COLUMNS, held_figures, moved, restatements
from kpiledger.audit.standing import tree_facts
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.subjects import resolving


def answer(asked: Asked) -> Answer:
    """A row for each figure of a scorecard; values behind them are counted. Who accepted what is below."""
    found = restatements(asked)
    rows = held_figures(found)
    causes = Counter(cause for row in found for cause in row["cause"].split(", "))
    accepted = sum(1 for row in rows if row[14] is not None)
    summary = (
        f"{counted(len(rows), 'figure')} of scorecards and {counted(len(found) - len(rows), 'value')} are another than "
        f"when they were closed; {accepted} of the figures accepted as restated",
        f"the status of {moved(rows)} of them is another",
        *(f"  {cause}: {count}" for cause, count in sorted(causes.items())),
    )
    value_of = resolving(asked.ledger)
    notes = []
    for close in closes_of(asked):
        for entry in close.restatements:
            said = value_of(entry.content)
            notes.append(
                f"entry {entry.seq}: {close.period} restated on {entry.recorded_at:%Y-%m-%d} by {said['restated_by']}, "
                f"approved by {said['approved_by']}: {said['reason']}"
            )
    facts = {"figures": len(rows), "accepted": accepted, **tree_facts(asked.index())}
    void = uncounted(asked, EntryKind.PERIOD_RESTATED)
    return Answer(COLUMNS, rows, (*summary, *void), tuple(notes), holds=not void, facts=facts)


QUESTION = Question(21, "All restatements with cause and effect on status", answer, takes=("period", "kpi"))
