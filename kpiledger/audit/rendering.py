"""How does an answer look to people; and the list of all questions?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import cast

from kpiledger.audit.answer import Answer, Question
from kpiledger.audit.cells import columns_of, each_told, has_any, together, types_in
from kpiledger.audit.machine_forms import csv_parts, render_csv, render_json
from kpiledger.ledger.canonical import decimal_text
from kpiledger.reports.known import moment

__all__ = ["csv_parts", "list_csv", "list_json", "render_csv", "render_json", "render_list", "render_text"]

# A wider table breaks in a window and on paper: then each row is a block of its own.
_WIDEST = 140
_LINE_ENDS = "\n\r"


def render_text(question: Question, words: Mapping[str, str], answer: Answer) -> str:
    """The answer for people."""
    asked = [", ".join(f"{name} {value}" for name, value in words.items())] if words else []
    parts = [
        [f"Question {question.number}: {question.text}", *asked],
        list(answer.summary),
        _table(answer),
        list(answer.notes),
        [f"{name}: {_shown(value)}" for name, value in answer.facts.items()],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def render_list(questions: Sequence[Question]) -> str:
    """Every question with the words it needs and takes."""
    lines = []
    for question in questions:
        words = [*(f"--{word}" for word in question.needs), *(f"[--{word}]" for word in question.takes)]
        lines += [f"{question.number:>3}  {question.text}", *([f"     {' '.join(words)}"] if words else [])]
    return "\n".join(lines)


def list_json(questions: Sequence[Question]) -> str:
    """The same for machines."""
    shown = [{"question": q.number, "text": q.text, "needs": q.needs, "takes": q.takes} for q in questions]
    return json.dumps(shown, ensure_ascii=False, indent=2)


def list_csv(questions: Sequence[Question]) -> str:
    """The same for a spreadsheet."""
    rows = [(q.number, q.text, " ".join(q.needs), " ".join(q.takes)) for q in questions]
    return render_csv(Answer(("question", "text", "needs", "takes"), rows))


def _table(answer: Answer) -> list[str]:
    if not answer.rows:
        return []
    columns = [_all_shown(column) for column in columns_of(answer.rows, len(answer.columns))]
    widths = [max(len(name), max(map(len, column))) for name, column in zip(answer.columns, columns, strict=True)]
    if sum(widths) + 2 * len(widths) > _WIDEST:
        return _blocks(answer.columns, columns)
    padded = [
        [text.ljust(width) for text in (name, "-" * width, *column)]
        for name, width, column in zip(answer.columns, widths, columns, strict=True)
    ]
    return [line.rstrip() for line in map("  ".join, zip(*padded, strict=True))]


def _blocks(names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[str]:
    """Each row as lines of column and value; what a row does not have is left out."""
    width = max(len(name) for name in names)
    named = [
        [f"{start}{text}" if text != "-" else None for text in column]
        for start, column in zip((f"  {name.ljust(width)}  " for name in names), columns, strict=True)
    ]
    rows = map("\n".join, map(partial(filter, None), zip(*named, strict=True)))
    return [f"{number}.\n{row}" if row else f"{number}." for number, row in enumerate(rows, 1)]


def _all_shown(column: Sequence[object]) -> Sequence[str]:
    """A column for people; most are texts on one line, which are shown as they are."""
    if types_in(column) == {str} and not has_any(together(column), _LINE_ENDS):
        return [cell or "-" for cell in cast("Sequence[str | None]", column)]
    return each_told(column, _shown)


def _shown(value: object) -> str:
    """A value for people; what is not there is a dash."""
    if isinstance(value, str):  # most cells are texts, and there may be a million of them
        return value.replace("\n", " ").replace("\r", " ") or "-"
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return decimal_text(value)
        case datetime():
            return moment(value)
        case list() | tuple():
            return ", ".join(_shown(item) for item in value)
        case Mapping():
            return ", ".join(f"{name} {_shown(item)}" for name, item in value.items())
    return str(value)
