"""The text of an expression to its term: a closed grammar, a part of SQL that every warehouse reads alike.

Nothing is passed through: what is not in this grammar is refused. Comparisons do not chain, so that no reader
has to know which warehouse binds them how.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from kpiledger.expressions.calls import called, case, listed
from kpiledger.expressions.cursor import Cursor, made
from kpiledger.expressions.functions import CHANGING_WORDS, changing
from kpiledger.expressions.problem import NotAccepted
from kpiledger.expressions.terms import NULL, Op, Term
from kpiledger.expressions.tokens import Sort, Token, shown, tokens_of
from kpiledger.vocabulary import SQL_WORDS

_COMPARISONS = {op.value: op for op in (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE)}
# Signs, and how tightly they bind.
_CALCULATIONS = {"||": (1, Op.CONCAT), "+": (2, Op.ADD), "-": (2, Op.SUB), "*": (3, Op.MUL), "/": (3, Op.DIV)}
_STATES = {"null": Op.IS_NULL, "true": Op.IS_TRUE, "false": Op.IS_FALSE}
# Words of SQL that an expression may begin with, or that are refused in words of their own.
_BEGINNINGS = frozenset({"case", "cast", "null", "true", "false", *CHANGING_WORDS})
_SINGLE = "a column, a figure, a text or a function"


@lru_cache(maxsize=16384)
def parse(text: str) -> Term:
    """The term of an expression; NotAccepted says why there is none."""
    cursor = Cursor(tokens_of(text))
    term = _condition(cursor)
    if cursor.next.sort is not Sort.END:
        raise cursor.unexpected("the end, or a sign between the two")
    return term


def _condition(cursor: Cursor) -> Term:
    """A whole expression, as it may stand within brackets."""
    return _joined(cursor, Op.OR, _all)


def _all(cursor: Cursor) -> Term:
    return _joined(cursor, Op.AND, _not)


def _joined(cursor: Cursor, op: Op, part: Callable[[Cursor], Term]) -> Term:
    parts = [part(cursor)]
    while cursor.took(op.value):
        parts.append(part(cursor))
    return made(op, *parts) if len(parts) > 1 else parts[0]


def _not(cursor: Cursor) -> Term:
    if not cursor.took("not"):
        return _compared(cursor)
    with cursor.deeper():
        return made(Op.NOT, _not(cursor))


def _compared(cursor: Cursor) -> Term:
    left = _calculated(cursor)
    comparison = _COMPARISONS.get(cursor.value)
    if comparison:
        cursor.take()
        return made(comparison, left, _calculated(cursor))
    if cursor.took("is"):
        is_not = cursor.took("not")
        state = _STATES.get(cursor.value)
        if state is None:
            raise cursor.unexpected("`null`, `true` or `false`")
        cursor.take()
        return _negated(made(state, left), is_not)
    is_not = cursor.took("not")
    tested = _tested(cursor, left)
    if tested is None and is_not:
        raise cursor.unexpected("`in`, `between` or `like`")
    return left if tested is None else _negated(tested, is_not)


def _tested(cursor: Cursor, left: Term) -> Term | None:
    if cursor.took("in"):
        return made(Op.IN, left, *listed(cursor, _condition))
    if cursor.took("between"):
        low = _calculated(cursor)
        cursor.need("and")
        return made(Op.BETWEEN, left, low, _calculated(cursor))
    if cursor.took("like"):
        return made(Op.LIKE, left, _pattern(_calculated(cursor)))
    return None


def _calculated(cursor: Cursor, least: int = 1) -> Term:
    """Terms joined by signs that bind at least so tightly, from left to right."""
    term = _signed(cursor)
    while (sign := _CALCULATIONS.get(cursor.value)) and sign[0] >= least:
        cursor.take()
        term = made(sign[1], term, _calculated(cursor, sign[0] + 1))
    return term


def _signed(cursor: Cursor) -> Term:
    if not cursor.took("-"):
        return _single(cursor)
    with cursor.deeper():
        term = _signed(cursor)
    if term == NULL:
        raise NotAccepted("`-null` has no kind that a warehouse knows", "write null without the sign")
    return made(Op.NEG, term)


def _single(cursor: Cursor) -> Term:
    token = cursor.next
    if token.sort is Sort.NUMBER:
        return Term(Op.NUMBER, text=cursor.take().value)
    if token.sort is Sort.TEXT:
        return Term(Op.TEXT, text=cursor.take().value)
    if token.sort is Sort.WORD and (token.value in _BEGINNINGS or token.value not in SQL_WORDS):
        return _word(cursor, cursor.take())
    if cursor.took("("):
        with cursor.deeper():
            term = _condition(cursor)
        cursor.need(")")
        return term
    raise cursor.unexpected(_SINGLE)


def _word(cursor: Cursor, token: Token) -> Term:
    word = token.value
    if word in ("true", "false"):
        return Term(Op.BOOLEAN, text=word)
    if word == "null":
        return NULL
    if word == "case" or cursor.value == "(":
        with cursor.deeper():
            return case(cursor, _condition) if word == "case" else called(cursor, word, _condition)
    if word == "date" and cursor.next.sort is Sort.TEXT:
        return Term(Op.DATE, text=_day(cursor.take().value))
    if word in CHANGING_WORDS:
        raise changing(word)
    return Term(Op.COLUMN, text=token.written)


def _negated(term: Term, is_not: bool) -> Term:
    return made(Op.NOT, term) if is_not else term


def _pattern(term: Term) -> Term:
    if term.op is not Op.TEXT:
        raise NotAccepted("the pattern after `like` is no text", "write it out, as status like 'open%'")
    if "\\" in term.text:
        message = f"the pattern {shown(term.text)} has a backslash, which some warehouses read as a sign of its own"
        raise NotAccepted(message, "use % for any characters and _ for one, without a backslash")
    return term


def _day(text: str) -> str:
    try:
        if len(text) == len("2016-01-31"):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise NotAccepted(f"{shown(text)} is no day", "write a day that exists, as date '2016-01-31'")
