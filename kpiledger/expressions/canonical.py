"""One text for all ways of writing the same expression.

Two expressions with the same canonical text have the same value on every row, nulls included. The reverse is not
promised: sums of three are not put in order, since the order of figures with a floating point shows in the last
digit.
"""

from __future__ import annotations

from decimal import Decimal

from kpiledger.expressions.parsing import parse
from kpiledger.expressions.terms import LITERALS, NULL, Op, Term
from kpiledger.expressions.writing import written

_MIRRORED = {Op.GT: Op.LT, Op.GE: Op.LE}
_OPPOSITE = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.LT: Op.GE,
    Op.LE: Op.GT,
    Op.GT: Op.LE,
    Op.GE: Op.LT,
    Op.AND: Op.OR,
    Op.OR: Op.AND,
}
_COMPARISONS = {Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE}
_OF_ONE_SUBJECT = {Op.BETWEEN, Op.IN, Op.SWITCH}
_UNORDERED = {Op.ADD, Op.MUL, Op.EQ, Op.NE, Op.GREATEST, Op.LEAST}
# A subject that is larger is not written once for each member: nested, that would grow without bound.
_SUBJECT_MAX = 20


def canonical(text: str) -> str:
    """The text that every way of writing an accepted expression has in common; itself an accepted expression."""
    return written(_normal(parse(text)))


def _normal(term: Term, is_negated: bool = False) -> Term:
    """The normal form of a term, or of its opposite; in SQL's logic of three values both are sure."""
    op = _OPPOSITE.get(term.op, term.op) if is_negated else term.op
    if term.op is Op.NOT:
        return _normal(term.parts[0], not is_negated)
    if term.op in (Op.AND, Op.OR):
        return _joined(op, [_normal(part, is_negated) for part in term.parts])
    parts = tuple(_normal(part) for part in term.parts)
    if term.op in _COMPARISONS:
        return _compared(op, *parts)
    if term.op in _OF_ONE_SUBJECT and (parts[0].size <= _SUBJECT_MAX or len(parts) == 2):
        return _spelt_out(term.op, parts, is_negated)
    normal = _plain(Term(term.op, parts, term.text))
    return Term(Op.NOT, (normal,)) if is_negated else normal


def _spelt_out(op: Op, parts: tuple[Term, ...], is_negated: bool) -> Term:
    """What is asked of one subject, as questions of their own; all parts are normal."""
    subject, *others = parts
    if op is Op.BETWEEN:
        low, high = others
        if is_negated:
            return _joined(Op.OR, [_compared(Op.LT, subject, low), _compared(Op.LT, high, subject)])
        return _joined(Op.AND, [_compared(Op.LE, low, subject), _compared(Op.LE, subject, high)])
    if op is Op.IN:
        equal, joined = (Op.NE, Op.AND) if is_negated else (Op.EQ, Op.OR)
        return _joined(joined, [_compared(equal, subject, member) for member in others])
    tests = len(others) - len(others) % 2
    asked = [
        _compared(Op.EQ, subject, part) if place < tests and place % 2 == 0 else part
        for place, part in enumerate(others)
    ]
    case = _plain(Term(Op.CASE, tuple(asked)))
    return Term(Op.NOT, (case,)) if is_negated else case


def _joined(op: Op, parts: list[Term]) -> Term:
    flat = [inner for part in parts for inner in (part.parts if part.op is op else (part,))]
    ordered = _ordered(flat)
    return Term(op, ordered) if len(ordered) > 1 else ordered[0]


def _compared(op: Op, left: Term, right: Term) -> Term:
    if op in _MIRRORED:
        return Term(_MIRRORED[op], (right, left))
    return _plain(Term(op, (left, right)))


def _plain(term: Term) -> Term:
    """A term of normal parts, with its own freedom of writing taken away."""
    match term.op:
        case Op.COLUMN:
            return Term(Op.COLUMN, text=term.text.lower())
        case Op.NUMBER:
            return Term(Op.NUMBER, text=_figure(term.text))
        case Op.NEG:
            return _negative(term)
        case Op.IN:
            return Term(Op.IN, (term.parts[0], *_ordered(term.parts[1:])))
        case Op.CASE | Op.SWITCH if term.parts[-1] == NULL and len(term.parts) % 2 == (term.op is Op.CASE):
            return Term(term.op, term.parts[:-1])
    if term.op in _UNORDERED:
        return Term(term.op, tuple(sorted(term.parts, key=lambda part: (part.op in LITERALS, written(part)))))
    return term


def _negative(term: Term) -> Term:
    (part,) = term.parts
    if part.op is Op.NEG:
        return part.parts[0]
    return part if part == Term(Op.NUMBER, text="0") else term


def _ordered(terms: list[Term] | tuple[Term, ...]) -> tuple[Term, ...]:
    """Terms each once, in the order of their texts."""
    unique = {written(term): term for term in terms}
    return tuple(unique[text] for text in sorted(unique))


def _figure(text: str) -> str:
    """A figure without the zeros that say nothing; 1.0 and 1 are equal in all that an expression can do."""
    figure = Decimal(text)
    return f"{figure.normalize():f}" if figure else "0"
