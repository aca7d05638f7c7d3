"""How does an answer look to machines: as JSON, and as CSV for a spreadsheet?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import chain, islice
from json.encoder import encode_basestring
from typing import cast

from kpiledger.audit.answer import Answer, Question
from kpiledger.audit.cells import columns_of, each_told, has_any, types_in
from kpiledger.ledger.canonical import decimal_text, instant_text
from kpiledger.reports.known import as_json

# What spreadsheets begin a formula with; a figure with its sign is none.
_BEGINS = "=@\t\r+-"
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.]*\Z)")
_QUOTED = ',"\n\r'
_AT_ONCE = 5_000


def render_json(question: Question, words: Mapping[str, str], answer: Answer) -> str:
    """The answer for machines."""
    before = {
        "question": question.number,
        "text": question.text,
        "asked": dict(words),
        "holds": answer.holds,
        "summary": answer.summary,
        "columns": answer.columns,
    }
    above, below = _json(before), _json({"notes": answer.notes, "facts": answer.facts})
    # An encoder that indents is slow, and rows may be many: they are laid between what stands above and below.
    return f'{above[:-2]},\n  "rows": {_json_rows(answer)},{below[1:]}'


def render_csv(answer: Answer) -> str:
    """The table alone, with a head, for a spreadsheet; null is an empty cell."""
    return "\n".join(csv_parts(answer))


def csv_parts(answer: Answer) -> Iterator[str]:
    """The same, some thousand lines at a time: a large table need not stand in memory as one text."""
    columns = map(_spreadsheet_column, columns_of(answer.rows, len(answer.columns)))
    lines = chain([_quoted(answer.columns)], zip(*columns, strict=True))
    while part := [",".join(line) or '""' for line in islice(lines, _AT_ONCE)]:
        yield "\n".join(part)


def _spreadsheet_column(column: Sequence[object]) -> Sequence[str]:
    """A column of a spreadsheet; texts of which nobody takes any for a formula are left as they are."""
    if types_in(column) == {str}:
        texts = [cell or "" for cell in cast("Sequence[str | None]", column)]
        if not {text[:1] for text in texts} & {*_BEGINS}:
            return _quoted(texts)
    return _quoted(each_told(column, _cell))


def _cell(value: object) -> str:
    """A value for a spreadsheet, which must not take a text for a formula and run it."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in _BEGINS and _FORMULA.match(value) else str(value)
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return decimal_text(value)
        case datetime():
            return _instant(value)
        case list() | tuple() | Mapping():
            return json.dumps(_plain(value), ensure_ascii=False)
    return str(value)


def _quoted(texts: Sequence[str]) -> Sequence[str]:
    """A column with quotes around what CSV asks them for: the library's own writer takes five times as long."""
    whole = "".join(texts)
    marks = [mark for mark in _QUOTED if mark in whole]
    if not marks:
        return texts
    if marks == [","]:  # as nearly every column that has any
        return [f'"{text}"' if "," in text else text for text in texts]
    return ['"' + text.replace('"', '""') + '"' if has_any(text, _QUOTED) else text for text in texts]


def _json_rows(answer: Answer) -> str:
    """The rows as `json.dumps` indents them where they stand: a map of column and value each."""
    if not answer.rows:
        return "[]"
    named = [
        each_told(column, partial(_json_cell, name))
        for name, column in zip(answer.columns, columns_of(answer.rows, len(answer.columns)), strict=True)
    ]
    rows = map(",\n".join, zip(*named, strict=True))
    return "[\n    {\n" + "\n    },\n    {\n".join(rows) + "\n    }\n  ]"


def _json_cell(name: str, value: object) -> str:
    """One line of a row, or several where the value is a list or a map: no text in JSON has a line end."""
    shown = encode_basestring(value) if isinstance(value, str) else _json(value).replace("\n", "\n      ")
    return f"      {encode_basestring(name)}: {shown}"


def _json(value: object) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, indent=2)


def _instant(value: datetime) -> str:
    return instant_text(value) if value.tzinfo else value.isoformat(timespec="microseconds") + "Z"


def _plain(value: object) -> object:
    """JSON of a value; a moment of the index has no zone and is UTC."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return _instant(value) if isinstance(value, datetime) else as_json(value)
