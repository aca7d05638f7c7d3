"""Which conditions are no more than columns that equal figures or texts: these can be looked up as data."""

from __future__ import annotations

from kpiledger.expressions.parsing import parse
from kpiledger.expressions.rendering import DEFAULT_DIALECT, render
from kpiledger.expressions.terms import LITERALS, Op, Term
from kpiledger.expressions.writing import written


def equalities(text: str, dialect: str = DEFAULT_DIALECT) -> tuple[tuple[str, str], ...] | None:
    """The (column, literal) pairs of a condition that is a conjunction of `column = literal`, else None.

    Each column stands once. `is_open` and `not is_open` count as equal to true and false: they choose the same rows.
    """
    pairs: dict[str, str] = {}
    for term in _conjuncts(parse(text)):
        pair = _pair(term)
        if pair is None or pair[0] in pairs:
            return None
        pairs[pair[0]] = render(written(pair[1]), dialect)
    return tuple(pairs.items())


def _conjuncts(term: Term) -> list[Term]:
    if term.op is not Op.AND:
        return [term]
    return [inner for part in term.parts for inner in _conjuncts(part)]


def _pair(term: Term) -> tuple[str, Term] | None:
    if term.op is Op.COLUMN:
        return term.text, Term(Op.BOOLEAN, text="true")
    if term.op is Op.NOT and term.parts[0].op is Op.COLUMN:
        return term.parts[0].text, Term(Op.BOOLEAN, text="false")
    if term.op is Op.IN and len(term.parts) == 2:
        term = Term(Op.EQ, term.parts)
    if term.op is not Op.EQ:
        return None
    for column, literal in (term.parts, term.parts[::-1]):
        if column.op is Op.COLUMN and _is_literal(literal):
            return column.text, literal
    return None


def _is_literal(term: Term) -> bool:
    return term.op in LITERALS or (term.op is Op.NEG and term.parts[0].op is Op.NUMBER)
