"""The sheet of a spot check as CSV: written with a line for each row drawn, and read back filled in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kpiledger.errors import WrongUse
from kpiledger.spot_checks.sample import Sample

CHECK, STRATUM, DIRECTION, ROW, KEY, ANSWER, FOUND = (
    "spot_check", "stratum", "direction", "row", "key", "answer", "found",
)  # fmt: skip
# A spreadsheet reads a cell that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FIGURE = re.compile(r"-[0-9]+(\.[0-9]+)?\Z")


class Answer(StrEnum):
    """What was found of a row."""

    RIGHT = "right"
    """It is on the other side, with the same values."""
    WRONG = "wrong"
    """It is not there, or a value differs."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A line of a filled sheet: which row, and what was found."""

    stratum: str
    direction: str
    key: str
    answer: Answer
    found: str


def sheet_text(sample: Sample, answers: Iterable[Answered] = ()) -> str:
    """The sheet: its columns are check, stratum, direction, row, key, the values compared, answer and found."""
    known = {(one.stratum, one.direction, one.key): one for one in answers}
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    values = [f"value of {name}" for name in sample.columns]
    writer.writerow([CHECK, STRATUM, DIRECTION, ROW, KEY, *values, ANSWER, FOUND])
    for part in sample.parts:
        for number, row in enumerate(part.rows, 1):
            one = known.get((part.name, part.direction, row.key))
            values = [_cell(row.values.get(name) or "") for name in sample.columns]
            said = [one.answer.value, _cell(one.found)] if one else ["", ""]
            writer.writerow([sample.check, part.name, part.direction, number, _cell(row.key), *values, *said])
    return written.getvalue()


def read_sheet(text: str, sample: Sample) -> tuple[Answered, ...]:
    """The answers of a filled sheet, one for each row drawn and for no other; WrongUse says which lines are not so."""
    expected = {(part.name, part.direction, key): key for part in sample.parts for key in part.keys}
    cells = {(name, direction, _cell(key)): (name, direction, key) for name, direction, key in expected}
    answered: dict[tuple[str, str, str], Answered] = {}
    problems, told = [], set()
    for number, line in enumerate(_lines(text), 2):
        place = (line[STRATUM], line[DIRECTION], line[KEY])
        known = cells.get(place) or (place if place in expected else None)
        if known is not None:
            told.add(known)
        if line[CHECK] != sample.check or known is None:
            problems.append(f"line {number}: {line[KEY]!r} was not drawn for {sample.check}")
        elif known in answered:
            problems.append(f"line {number}: {line[KEY]!r} stands twice")
        elif line[ANSWER].strip().lower() not in set(Answer):
            problems.append(f"line {number}: {line[KEY]!r} has the answer {line[ANSWER]!r}, not right or wrong")
        else:
            answered[known] = Answered(*known, Answer(line[ANSWER].strip().lower()), line[FOUND])
    problems += [f"{key!r} of {name} has no line" for name, way, key in expected if (name, way, key) not in told]
    if problems:
        more = f"\n  and {len(problems) - 20} more" if len(problems) > 20 else ""
        listed = "".join(f"\n  {problem}" for problem in problems[:20])
        message = f"the sheet is not what was drawn, filled in:{listed}{more}"
        raise WrongUse(message, "answer each row that was drawn, and no other")
    return tuple(answered[place] for place in expected)


def errors_by_part(sample: Sample, answers: Sequence[Answered]) -> list[tuple[Mapping[str, str | None], str, int, int]]:
    """For each part its stratum, its direction, how many rows were looked at and how many were wrong."""
    wrong = [(one.stratum, one.direction) for one in answers if one.answer is Answer.WRONG]
    return [
        (part.stratum, part.direction, len(part.rows), wrong.count((part.name, part.direction)))
        for part in sample.parts
    ]


def _lines(text: str) -> list[dict[str, str]]:
    # A spreadsheet puts a mark before the first letter, and semicolons where commas part decimals.
    content = text.removeprefix("\ufeff")
    first = content.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(content), delimiter=";" if first.count(";") > first.count(",") else ",")
    named = reader.fieldnames or ()
    lacking = [name for name in (CHECK, STRATUM, DIRECTION, KEY, ANSWER, FOUND) if name not in named]
    if lacking:
        message = f"the sheet has no column {', '.join(lacking)}"
        raise WrongUse(message, "fill in the file that `kpi spot-check sheet` writes")
    return [{name: value or "" for name, value in line.items() if isinstance(name, str)} for line in reader]


def _cell(text: str) -> str:
    """A text as a cell that no spreadsheet reads as a formula; a figure below zero is none."""
    return f"'{text}" if text.startswith(_FORMULA) and not _FIGURE.match(text) else text
