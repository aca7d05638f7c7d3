"""How does a trace look: for a controller, for machines, and its rows for a spreadsheet?"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from kpiledger.ledger.canonical import decimal_text
from kpiledger.tracing.contributing import Contribution
from kpiledger.tracing.lines import Line
from kpiledger.tracing.number import Number

# What each part of a trace says, in the words of its reader.
_HEADS = {
    "value": "The number",
    "definition": "How it is defined",
    "agreement": "What was promised",
    "run": "The run that made it",
    "extract": "What it was made from",
    "manual input": "Put in by hand",
    "mart": "The tables that its rows are read from",
    "check": "Checks of its sources",
    "override": "Checks let pass",
    "reconciliation": "Does it agree with the sources",
    "spot check": "Rows that people looked at",
    "measure": "What it is computed of",
    "row": "Contributing rows",
}
_BEGINS = ("=", "@", "\t", "\r", "+", "-")


@dataclass(frozen=True, slots=True)
class Trace:
    """A number with everything said of it, and the rows behind it."""

    number: Number
    value: Decimal | None
    lines: tuple[Line, ...]
    contributions: tuple[Contribution, ...]

    @property
    def broken(self) -> tuple[Line, ...]:
        """What is not as it was recorded."""
        return tuple(line for line in self.lines if not line.holds)


def text_of(trace: Trace) -> str:
    """The trace for people, part by part."""
    shown = "none" if trace.value is None else decimal_text(trace.value)
    blocks = [[f"{trace.number}: {shown}"]]
    for part, lines in groupby(trace.lines, key=lambda line: _HEADS[line.part]):
        blocks.append([part, *(text for line in lines for text in _told(line))])
    for one in trace.contributions:
        if one.row_count > len(one.rows):
            blocks.append([f"{len(one.rows)} of {one.row_count} rows of {one.measure} are shown: --rows all"])
    return "\n\n".join("\n".join(block) for block in blocks)


def json_of(trace: Trace) -> str:
    """The trace for machines; numbers are decimal texts."""
    shown = {
        "number": {**trace.number.words, "first": str(trace.number.period.start), "value": _cell(trace.value)},
        "lines": [
            {"part": one.part, "name": one.name, "said": one.said, "result": _cell(one.result), "holds": one.holds}
            for one in trace.lines
            if one.part != "row"
        ],
        "measures": [
            {
                "measure": one.measure, "fact": one.fact, "key": one.key, "row_count": one.row_count,
                "total": _cell(one.total), "first_day": _cell(one.first_day), "last_day": str(one.last_day),
                "where": one.where or None,
                "rows": [{"key": row.key, "on": str(row.on), "amount": _cell(row.amount)} for row in one.rows],
            }
            for one in trace.contributions
        ],
    }  # fmt: skip
    return json.dumps(shown, ensure_ascii=False, indent=2)


def csv_of(trace: Trace) -> str:
    """The contributing rows for a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("measure", "fact", "key", "row", "on", "amount"))
    for one in trace.contributions:
        for row in one.rows:
            writer.writerow(
                (one.measure, one.fact, _safe(one.key), _safe(row.key), str(row.on), _cell(row.amount))
            )  # fmt: skip
    return text.getvalue().rstrip("\n")


def _told(line: Line) -> list[str]:
    result = _cell(line.result)
    if line.part in ("value", "measure", "row"):
        return [f"  {line.name}: {result if result is not None else '-'} ({line.said})"]
    if result is not None and len(result) == len("0" * 64):
        return [f"  {line.name}: {line.said}", f"    hash {result}"]
    return [f"  {line.name}: {line.said}{f': {result}' if result else ''}"]


def _safe(parts: Sequence[str | None]) -> str:
    """A key in one cell that no spreadsheet takes for a formula."""
    text = ", ".join(str(part) for part in parts)
    return f"'{text}" if text.startswith(_BEGINS) else text


def _cell(value: object) -> str | None:
    if value is None:
        return None
    return decimal_text(value) if isinstance(value, Decimal) else str(value)
