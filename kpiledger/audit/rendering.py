"""How does an answer look: for people, for machines, for a spreadsheet?"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from kpiledger.audit.answer import Answer, Question
from kpiledger.ledger.canonical import decimal_text, instant_text
from kpiledger.reports.known import as_json, moment

# A wider table breaks in a window and on paper: then each row is a block of its own.
_WIDEST = 140
# What spreadsheets begin a formula with; a figure with its sign is none.
_BEGINS = "=@\t\r+-"
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.]*\Z)")


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


def render_json(question: Question, words: Mapping[str, str], answer: Answer) -> str:
    """The answer for machines."""
    shown = {
        "question": question.number,
        "text": question.text,
        "asked": dict(words),
        "holds": answer.holds,
        "summary": answer.summary,
        "columns": answer.columns,
        "rows": [dict(zip(answer.columns, row, strict=True)) for row in answer.rows],
        "notes": answer.notes,
        "facts": answer.facts,
    }
    return json.dumps(_plain(shown), ensure_ascii=False, indent=2)


def render_csv(answer: Answer) -> str:
    """The table alone, with a head, for a spreadsheet; null is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_cell(value) for value in row] for row in answer.rows)
    return text.getvalue().rstrip("\n")


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
    rows = [[_shown(value) for value in row] for row in answer.rows]
    if not rows:
        return []
    widths = [max(len(text) for text in column) for column in zip(answer.columns, *rows, strict=True)]
    if sum(widths) + 2 * len(widths) > _WIDEST:
        return _blocks(answer.columns, rows)
    lines = [answer.columns, ["-" * width for width in widths], *rows]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Each row as lines of column and value; what a row does not have is left out."""
    width = max(len(name) for name in columns)
    lines: list[str] = []
    for number, row in enumerate(rows, 1):
        named = [(name, text) for name, text in zip(columns, row, strict=True) if text != "-"]
        lines += [f"{number}.", *(f"  {name.ljust(width)}  {text}" for name, text in named)]
    return lines


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


def _cell(value: object) -> object:
    """A value for a spreadsheet, which must not take a text for a formula and run it."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in _BEGINS and _FORMULA.match(value) else value
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return decimal_text(value)
        case datetime():
            return _instant(value)
        case list() | tuple() | Mapping():
            return json.dumps(_plain(value), ensure_ascii=False)
    return value


def _instant(value: datetime) -> str:
    return instant_text(value) if value.tzinfo else value.isoformat(timespec="microseconds") + "Z"


def _plain(value: object) -> object:
    """JSON of a value; a moment of the index has no zone and is UTC."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return _instant(value) if isinstance(value, datetime) else as_json(value)
