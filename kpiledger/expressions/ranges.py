"""Between which figures does a column lie on the rows that a condition chooses?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kpiledger.expressions.parsing import parse
from kpiledger.expressions.terms import Op, Term

_TURNED = {Op.LT: Op.GT, Op.LE: Op.GE, Op.GT: Op.LT, Op.GE: Op.LE, Op.EQ: Op.EQ}


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest figure; None where there is no bound. It may be too wide, and is never too narrow."""

    low: Decimal | None = None
    high: Decimal | None = None

    def within(self, other: Range) -> Range:
        """What lies in both."""
        lows = [one for one in (self.low, other.low) if one is not None]
        highs = [one for one in (self.high, other.high) if one is not None]
        return Range(max(lows, default=None), min(highs, default=None))

    def around(self, other: Range) -> Range:
        """What both lie in."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Range(low, high)


def ranges(text: str) -> dict[str, Range]:
    """The columns that a condition compares with figures, each with its range."""
    return _ranges(parse(text))


def _ranges(term: Term) -> dict[str, Range]:
    if term.op is Op.AND:
        return both([_ranges(part) for part in term.parts])
    found = _compared(term)
    return {found[0]: found[1]} if found else {}


def both(given: list[dict[str, Range]]) -> dict[str, Range]:
    """The ranges where several conditions hold together."""
    together: dict[str, Range] = {}
    for one in given:
        for name, found in one.items():
            together[name] = together.get(name, Range()).within(found)
    return together


def _compared(term: Term) -> tuple[str, Range] | None:
    if term.op in _TURNED and term.parts[1].op is Op.COLUMN:
        term = Term(_TURNED[term.op], term.parts[::-1])
    if not term.parts or term.parts[0].op is not Op.COLUMN:
        return None
    figures = [_figure(part) for part in term.parts[1:]]
    known = [one for one in figures if one is not None]
    if not known or len(known) < len(figures):
        return None
    found = _range(term.op, known)
    return (term.parts[0].text, found) if found else None


def _range(op: Op, figures: list[Decimal]) -> Range | None:
    match op:
        case Op.GT | Op.GE:
            return Range(low=figures[0])
        case Op.LT | Op.LE:
            return Range(high=figures[0])
        case Op.BETWEEN:
            return Range(figures[0], figures[1])
        case Op.EQ | Op.IN:
            return Range(min(figures), max(figures))
    return None


def _figure(term: Term) -> Decimal | None:
    if term.op is Op.NUMBER:
        return Decimal(term.text)
    if term.op is Op.NEG and term.parts[0].op is Op.NUMBER:
        return -Decimal(term.parts[0].text)
    return None
