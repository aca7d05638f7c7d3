"""A term as text with as few brackets as SQL needs: the same for every warehouse but for a few words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kpiledger.expressions.terms import Op, Term

# How tightly an operation binds; a part that binds less stands in brackets.
_OR, _AND, _NOT, _COMPARED, _CONCAT, _SUM, _PRODUCT, _SIGNED, _SINGLE = range(1, 10)
_LEVELS = {
    Op.OR: _OR,
    Op.AND: _AND,
    Op.NOT: _NOT,
    **dict.fromkeys((Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE), _COMPARED),
    **dict.fromkeys((Op.IN, Op.BETWEEN, Op.LIKE, Op.IS_NULL, Op.IS_TRUE, Op.IS_FALSE), _COMPARED),
    Op.CONCAT: _CONCAT,
    **dict.fromkeys((Op.ADD, Op.SUB), _SUM),
    **dict.fromkeys((Op.MUL, Op.DIV), _PRODUCT),
    Op.NEG: _SIGNED,
}
_NEGATED_WORDS = {Op.IN: "not in", Op.BETWEEN: "not between", Op.LIKE: "not like"}
_NEGATED_STATES = {Op.IS_NULL: "is not null", Op.IS_TRUE: "is not true", Op.IS_FALSE: "is not false"}


@dataclass(frozen=True, slots=True)
class Words:
    """What differs from one dialect to the next: a text in quotes, the type of quotients, how spaces are trimmed."""

    text: Callable[[str], str]
    double: str
    trim: str


def doubled_quotes(content: str) -> str:
    """A text in standard SQL."""
    return "'" + content.replace("'", "''") + "'"


def written(term: Term, words: Words | None = None) -> str:
    """The text of a term in lower case but for its texts, in one line.

    Without the words of a dialect it is written as a user would; with them, so that every warehouse gives the
    same answer.
    """
    return _Writer(words).text(term)


class _Writer:
    def __init__(self, words: Words | None) -> None:
        self.words = words

    def text(self, term: Term, least: int = 0) -> str:
        level = _LEVELS.get(term.op, _SINGLE)
        if term.op is Op.NOT and term.parts[0].op in (*_NEGATED_WORDS, *_NEGATED_STATES):
            level = _COMPARED
        text = self._open(term, level)
        return f"({text})" if level < least else text

    def _open(self, term: Term, level: int) -> str:
        match term.op:
            case Op.COLUMN:
                return term.text.lower()
            case Op.NUMBER | Op.BOOLEAN:
                return term.text
            case Op.NULL:
                return "null"
            case Op.TEXT:
                return self.words.text(term.text) if self.words else doubled_quotes(term.text)
            case Op.DATE:
                return f"date '{term.text}'"
            case Op.AND | Op.OR:
                return f" {term.op} ".join(self.text(part, level + 1) for part in term.parts)
            case Op.NOT:
                return self._not(term.parts[0])
            case Op.NEG:
                return "-" + self.text(term.parts[0], _SINGLE)
            case Op.DIV:
                return self._quotient(*term.parts)
            case Op.CONCAT:
                left, right = term.parts
                return f"{self.text(left, level if left.op is Op.CONCAT else _SINGLE)} || {self.text(right, _SINGLE)}"
            case Op.ADD | Op.SUB | Op.MUL:
                left, right = term.parts
                return f"{self.text(left, level)} {term.op} {self.text(right, level + 1)}"
            case Op.EQ | Op.NE | Op.LT | Op.LE | Op.GT | Op.GE:
                left, right = term.parts
                return f"{self.text(left, level + 1)} {term.op} {self.text(right, level + 1)}"
            case Op.IN | Op.BETWEEN | Op.LIKE:
                return self._tested(term, term.op)
            case Op.IS_NULL | Op.IS_TRUE | Op.IS_FALSE:
                return f"{self.text(term.parts[0], level + 1)} {term.op}"
            case Op.CASE | Op.SWITCH:
                return self._case(term)
        return self._function(term)

    def _not(self, part: Term) -> str:
        if part.op in _NEGATED_WORDS:
            return self._tested(part, _NEGATED_WORDS[part.op])
        if part.op in _NEGATED_STATES:
            return f"{self.text(part.parts[0], _COMPARED + 1)} {_NEGATED_STATES[part.op]}"
        return f"not {self.text(part, _NOT)}"

    def _tested(self, term: Term, word: str) -> str:
        subject, *others = (self.text(part, _COMPARED + 1) for part in term.parts)
        if term.op is Op.IN:
            return f"{subject} {word} ({', '.join(self.text(part) for part in term.parts[1:])})"
        return f"{subject} {word} {' and '.join(others)}"

    def _quotient(self, left: Term, right: Term) -> str:
        if self.words is None:
            return f"{self.text(left, _PRODUCT)} / {self.text(right, _PRODUCT + 1)}"
        is_figure = right.op is Op.NUMBER and float(right.text) != 0
        divisor = self.text(right) if is_figure else f"nullif({self.text(right)}, 0)"
        return f"cast({self.text(left)} as {self.words.double}) / {divisor}"

    def _case(self, term: Term) -> str:
        parts = [self.text(part) for part in term.parts]
        subject = f" {parts.pop(0)}" if term.op is Op.SWITCH else ""
        last = f" else {parts.pop()}" if len(parts) % 2 else ""
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return f"case{subject}" + "".join(f" when {test} then {value}" for test, value in pairs) + f"{last} end"

    def _function(self, term: Term) -> str:
        first, *others = (self.text(part) for part in term.parts)
        match term.op:
            case Op.EXTRACT:
                return f"extract({term.text} from {first})"
            case Op.TO_DATE:
                return f"cast({first} as date)"
            case Op.TO_DECIMAL:
                return f"cast({first} as decimal({term.text}))"
            case Op.ROUND if self.words:
                return f"round(cast({first} as decimal(38, 12)), {others[0] if others else 0})"
            case Op.TRIM if self.words:
                return self.words.trim.format(first)
        return f"{term.op}({', '.join((first, *others))})"
