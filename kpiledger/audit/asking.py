"""How is a question put: do the words fit it, and who stands behind the commitments in its answer?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.cells import ByColumn, Row, columns_of, each_told, together
from kpiledger.audit.naming import require_narrowing
from kpiledger.audit.questions import Questions
from kpiledger.errors import WrongUse
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import resolving
from kpiledger.ledger_index.privacy import COMMITTED, commitment_in
from kpiledger.nearest import suggestion

# Every word that a question may be asked with, and what it means; a question names those it takes.
WORDS = {
    "kpi": "The id of a KPI.",
    "holder": "The unit, role or person held to a target.",
    "agreement": "The id of an agreement.",
    "version": "The number of a version of the agreement, from 1.",
    "slice": "The dimension that a KPI is cut by, as region.",
    "member": "One value of the dimension, as West.",
    "span": "The days that a value covers, as year_to_date or rolling_12; without it the period itself.",
    "rows": "How many contributing rows are named, or all.",
    "period": "As 2016-08, 2016-Q3 or 2016, and FY2016-Q3 in a fiscal year.",
    "known-at": "A moment (UTC) as 2016-08-01 or 2016-08-01T12:00:00; what was known then.",
    "from": "The first day (UTC) of recording, as 2016-01-01.",
    "to": "The last day (UTC) of recording, as 2016-12-31.",
    "days": "A number of days.",
    "person": "The id of a person, as p_1001.",
    "sample": "How many rows to draw from all of them.",
    "seed": "What the sample is drawn by: the same seed draws the same rows.",
    "seq": "The number of an entry of the ledger.",
    "size": "The size of a tree: its number of entries.",
    "from-size": "The size of the earlier tree.",
}


def question_of(questions: Questions, number: int) -> Question:
    """The question of a number; WrongUse where there is none."""
    if number not in questions.numbers:
        known = ", ".join(map(str, questions.numbers))
        raise WrongUse(f"there is no question {number}", f"`kpi audit --list` shows them: {known}")
    return questions.of(number)


def ask(question: Question, asked: Asked) -> Answer:
    """The answer, with people by their ids where they are not erased; WrongUse where the words do not fit."""
    _require_fit(question, asked)
    require_narrowing(question, asked)
    answer = question.answer(asked)
    return replace(answer, rows=all_resolved(answer.rows, len(answer.columns), asked.ledger))


def all_resolved(rows: Sequence[Row], width: int, ledger: Ledger) -> ByColumn:
    """Rows as an auditor reads them, a column at a time: nearly none of a large answer has a commitment in any cell."""
    columns = columns_of(rows, width)
    having = {number for number, column in enumerate(columns) if COMMITTED in together(column)}
    if not having:
        return ByColumn(columns)
    resolved_cell = resolving_cells(ledger)
    return ByColumn([each_told(column, resolved_cell) if at in having else column for at, column in enumerate(columns)])


def resolved(ledger: Ledger, cell: object) -> object:
    """A cell of the index as an auditor reads it: what a commitment stands for, or `erased`."""
    return resolving_cells(ledger)(cell)


def resolving_cells(ledger: Ledger) -> Callable[[object], object]:
    """`resolved` for the many cells of one answer: each value is read once."""
    value_of = resolving(ledger)

    def value(cell: object) -> object:
        if cell.__class__ is not str:  # asked of every cell of a large answer
            return cell
        commitment = commitment_in(cell)
        return cell if commitment is None else value_of({"commitment": commitment})

    return value


def _require_fit(question: Question, asked: Asked) -> None:
    takes = (*question.needs, *question.takes)
    how = " ".join([*(f"--{word} ..." for word in question.needs), *(f"[--{word} ...]" for word in question.takes)])
    usage = f"it is asked as `kpi audit {question.number}{f' {how}' if how else ''}`"
    for word in asked.words:
        if word not in takes:
            near = f"{suggestion(word, takes, 'words')}; " if takes else ""
            raise WrongUse(f"question {question.number} does not take --{word}", f"{near}{usage}")
    missing = [f"--{word}" for word in question.needs if word not in asked.words]
    if missing:
        raise WrongUse(f"question {question.number} needs {' and '.join(missing)}", usage)
