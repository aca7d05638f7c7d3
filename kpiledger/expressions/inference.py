"""The kind of each term of an expression, and where kinds meet that do not fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from kpiledger.expressions.kinds import Kind
from kpiledger.expressions.problem import KINDS, Problem
from kpiledger.expressions.terms import Op, Term
from kpiledger.expressions.tokens import shown
from kpiledger.expressions.writing import written

_DAYS = (Kind.DATE, Kind.TIMESTAMP)
_ORDERED = (Kind.NUMBER, *_DAYS)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?\Z")

_LITERALS = {Op.NUMBER: Kind.NUMBER, Op.TEXT: Kind.TEXT, Op.DATE: Kind.DATE, Op.BOOLEAN: Kind.BOOLEAN}
# Operation -> the kinds its parts may have, and the kind it gives.
_FIXED: dict[Op, tuple[tuple[Kind, ...], Kind]] = {
    **dict.fromkeys((Op.NEG, Op.ADD, Op.SUB, Op.MUL, Op.DIV), ((Kind.NUMBER,), Kind.NUMBER)),
    **dict.fromkeys((Op.ABS, Op.ROUND, Op.FLOOR, Op.CEIL, Op.TO_DECIMAL), ((Kind.NUMBER,), Kind.NUMBER)),
    **dict.fromkeys((Op.AND, Op.OR, Op.NOT, Op.IS_TRUE, Op.IS_FALSE), ((Kind.BOOLEAN,), Kind.BOOLEAN)),
    **dict.fromkeys((Op.LOWER, Op.UPPER, Op.TRIM, Op.CONCAT), ((Kind.TEXT,), Kind.TEXT)),
    Op.LIKE: ((Kind.TEXT,), Kind.BOOLEAN),
    Op.LENGTH: ((Kind.TEXT,), Kind.NUMBER),
    Op.EXTRACT: (_DAYS, Kind.NUMBER),
    Op.TO_DATE: (_DAYS, Kind.DATE),
}
_CALCULATED = (Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.NEG)
_ORDERINGS = (Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN)


def kind_in(term: Term, columns: Mapping[str, Kind]) -> tuple[Kind, list[Problem]]:
    """The kind of an expression over columns of known kinds, and what does not fit in it."""
    inference = _Inference(columns)
    kind = inference.kind(term)
    return kind, list(dict.fromkeys(inference.problems))


class _Inference:
    def __init__(self, columns: Mapping[str, Kind]) -> None:
        self.columns = columns
        self.problems: list[Problem] = []

    def kind(self, term: Term) -> Kind:
        if term.op is Op.COLUMN:
            return self.columns.get(term.text, Kind.UNKNOWN)
        if term.op in _LITERALS:
            return _LITERALS[term.op]
        kinds = [self.kind(part) for part in term.parts]
        if term.op in _FIXED:
            wanted, given = _FIXED[term.op]
            self._need(term, wanted, zip(term.parts, kinds, strict=True))
            return given
        match term.op:
            case Op.NULL:
                return Kind.UNKNOWN
            case Op.IS_NULL:
                return Kind.BOOLEAN
            case Op.SUBSTRING:
                self._need(term, (Kind.TEXT,), [(term.parts[0], kinds[0])])
                return Kind.TEXT
            case Op.CASE | Op.SWITCH:
                return self._case(term, kinds)
            case Op.COALESCE | Op.NULLIF:
                return self._alike(term, term.parts, kinds)
            case Op.GREATEST | Op.LEAST:
                self._need(term, _ORDERED, zip(term.parts, kinds, strict=True))
                return self._alike(term, term.parts, kinds)
        self._compared(term, term.parts, kinds)
        return Kind.BOOLEAN

    def _need(self, term: Term, wanted: tuple[Kind, ...], parts: Iterable[tuple[Term, Kind]]) -> None:
        for part, kind in parts:
            if kind is not Kind.UNKNOWN and kind not in wanted:
                message = f"`{_short(part)}` is {kind}, and `{_sign(term)}` wants {_either(wanted)}"
                self.problems.append(Problem(message, _hint(term, kind, wanted), KINDS))
                return

    def _compared(self, term: Term, parts: tuple[Term, ...], kinds: list[Kind]) -> None:
        """Whether a subject may be compared with each of the others."""
        if term.op in _ORDERINGS:
            asked = [pair for pair in zip(parts, kinds, strict=True) if not _may_be_a_day(*pair, kinds)]
            if term.op is Op.BETWEEN and parts[0].op is Op.TEXT:
                asked.insert(0, (parts[0], kinds[0]))  # three texts in a row would be compared as texts
            before = len(self.problems)
            self._need(term, _ORDERED, asked)
            if len(self.problems) > before:
                return
        for part, kind in zip(parts[1:], kinds[1:], strict=True):
            self._pair(term, (parts[0], kinds[0]), (part, kind))

    def _pair(self, term: Term, one: tuple[Term, Kind], other: tuple[Term, Kind]) -> None:
        if _fit(one[1], other[1]):
            return
        for (day, kind), (text, _) in ((one, other), (other, one)):
            if kind in _DAYS and text.op is Op.TEXT:
                self._moment(day, kind, text)
                return
        if Kind.OTHER in (one[1], other[1]) and Op.TEXT in (one[0].op, other[0].op):
            return
        message = (
            f"`{_short(one[0])}` is {one[1]} and `{_short(other[0])}` is {other[1]}; `{_sign(term)}` wants both alike"
        )
        self.problems.append(Problem(message, _pair_hint(one[1], other[1]), KINDS))

    def _moment(self, day: Term, kind: Kind, text: Term) -> None:
        if _is_moment(text.text, kind):
            return
        example = "'2016-01-31'" if kind is Kind.DATE else "'2016-01-31' or '2016-01-31 13:30:00'"
        message = f"`{_short(day)}` is {kind}, and {shown(text.text)} is none"
        self.problems.append(Problem(message, f"write a day that exists, as {example}", KINDS))

    def _case(self, term: Term, kinds: list[Kind]) -> Kind:
        first = 1 if term.op is Op.SWITCH else 0
        pairs = (len(term.parts) - first) // 2
        tests = [first + 2 * pair for pair in range(pairs)]
        values = [place for place in range(first, len(term.parts)) if place not in tests]
        if first:
            compared = [0, *tests]
            self._compared(term, tuple(term.parts[place] for place in compared), [kinds[place] for place in compared])
        else:
            named = Term(Op.CASE, term.parts)
            self._need(named, (Kind.BOOLEAN,), [(term.parts[place], kinds[place]) for place in tests])
        return self._alike(term, tuple(term.parts[place] for place in values), [kinds[place] for place in values])

    def _alike(self, term: Term, parts: tuple[Term, ...], kinds: list[Kind]) -> Kind:
        """The kind that all parts have; a problem where they differ."""
        known = [(part, kind) for part, kind in zip(parts, kinds, strict=True) if kind is not Kind.UNKNOWN]
        if not known:
            return Kind.UNKNOWN
        first, kind = known[0]
        for part, other in known[1:]:
            if other is not kind:
                word = "the values of `case`" if term.op in (Op.CASE, Op.SWITCH) else f"the values in `{term.op}`"
                message = f"{word} differ: `{_short(first)}` is {kind} and `{_short(part)}` is {other}"
                hint = "give values of one kind; a day is written date '2016-01-31'"
                self.problems.append(Problem(message, hint, KINDS))
                return Kind.UNKNOWN
        return kind


def _fit(one: Kind, other: Kind) -> bool:
    return Kind.UNKNOWN in (one, other) or one is other or (one in _DAYS and other in _DAYS)


def _may_be_a_day(part: Term, kind: Kind, kinds: list[Kind]) -> bool:
    """Whether a text that is compared may mean a day: beside a day, or beside what may be one and written as one."""
    if part.op is not Op.TEXT or kind is not Kind.TEXT:
        return False
    is_beside_a_day = any(other in _DAYS for other in kinds)
    return is_beside_a_day or (Kind.UNKNOWN in kinds and _is_moment(part.text, Kind.TIMESTAMP))


def _is_moment(text: str, kind: Kind) -> bool:
    if not _MOMENT.match(text) or (kind is Kind.DATE and len(text) != len("2016-01-31")):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _hint(term: Term, kind: Kind, wanted: tuple[Kind, ...]) -> str:
    if term.op in _CALCULATED and kind in _DAYS:
        return "let the mart hold the days between two dates as a column: warehouses calculate with dates differently"
    if kind is Kind.BOOLEAN and wanted == (Kind.NUMBER,):
        return f"write case when {_short(term.parts[0])} then 1 else 0 end" if len(term.parts) == 1 else _COUNTED
    if term.op in _ORDERINGS and kind is Kind.TEXT:
        return "texts are compared with =, <>, in and like only: warehouses put them in different orders"
    if wanted == (Kind.BOOLEAN,):
        return "write a condition, as status = 'open', or a column that is true or false"
    if wanted == (Kind.TEXT,):
        return "use a column that holds texts"
    return f"use a column that is {_either(wanted)}, or let the mart hold it as one"


_COUNTED = "count it as case when is_open then 1 else 0 end"


def _pair_hint(one: Kind, other: Kind) -> str:
    kinds = {one, other}
    if kinds == {Kind.TEXT, Kind.NUMBER}:
        return "a text stands in single quotes, a figure without quotes; compare the column with what it holds"
    if kinds & set(_DAYS):
        return "compare a date with another date, or with a day in quotes as '2016-01-31'"
    return "compare values of one kind"


def _either(wanted: tuple[Kind, ...]) -> str:
    *others, last = dict.fromkeys(wanted)
    return f"{', '.join(others)} or {last}" if others else str(last)


def _sign(term: Term) -> str:
    return {Op.NEG: "-", Op.SWITCH: "case"}.get(term.op, term.op.value)


def _short(term: Term) -> str:
    text = written(term)
    return text if len(text) <= 60 else f"{text[:59]}…"
