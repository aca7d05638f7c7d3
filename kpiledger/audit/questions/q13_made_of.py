"""Question 13: which run, extracts, checks and rows made a published number?"""

from __future__ import annotations

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.numbers import entries_behind, number_asked
from kpiledger.audit.standing import tree_facts
from kpiledger.audit.words import number_of
from kpiledger.tracing.lines import counted, shown
from kpiledger.tracing.trace import MADE_OF, contributions_of, row_lines, traced

COLUMNS = ("part", "name", "said", "result")
_ROWS = 10


def answer(asked: Asked) -> Answer:
    """A row for each part, from the run to the contributing rows; `--rows` says how many of these."""
    number, entries = number_asked(asked), entries_behind(asked)
    limit = None if asked.words.get("rows") == "all" else number_of(asked.words, "rows", _ROWS)
    with traced(asked.settings, asked.project(), asked.ledger, entries, number) as found:
        lines = [line for part in MADE_OF for line in part(found)]
        measured = contributions_of(found, limit)
        lines += row_lines(found, measured)
        value, now, version = found.value, found.fixed.value, found.fixed.version
    open_ = sum(1 for line in lines if line.part == "check" and line.result != "passed")
    summary: tuple[str, ...] = (
        f"{number} is {shown(value)}, by version {version} of its definition",
        f"{counted(open_, 'check')} of its sources did not pass" if open_ else "every check of its sources passed",
    )
    broken = [line.name for line in lines if not line.holds]
    if broken:
        summary += (f"{', '.join(broken)} changed since it was published: the rows may not be those of the number",)
    if value != now:
        summary += (f"that is the figure of the close; the rows below are those of {shown(now)}, as computed now",)
    notes = [
        f"of {counted(one.row_count, 'row')} of {one.measure} the first {len(one.rows)} by key are named: --rows all"
        for one in measured
        if len(one.rows) < one.row_count
    ]
    if not measured:
        notes.append(f"the files have no version {version} of {number.kpi} any more: its rows cannot be told")
    rows = [(line.part, line.name, line.said, line.result) for line in lines]
    return Answer(COLUMNS, rows, summary, tuple(notes), holds=not broken, facts=tree_facts(asked.index()))


QUESTION = Question(
    13,
    "For a published number: run, inputs, extracts with control totals, check results, contributing rows",
    answer,
    needs=("kpi", "period"),
    takes=("slice", "member", "span", "rows"),
)
