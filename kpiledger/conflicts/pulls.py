"""Which way does a KPI that does well pull the measures that it is made of?

Revenue that should rise pulls its measure up. A margin pulls profit up and, being divided by it, revenue down.
Where a formula leaves the sign open (a minimum of two, an absolute value, a case), nothing is said about the measure.
An input of an earlier period is over and cannot be pulled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kpiledger.expressions import NotAccepted, canonical
from kpiledger.expressions.parsing import parse
from kpiledger.expressions.terms import Op, Term
from kpiledger.project import Project
from kpiledger.specs.formula import Conversion, Derived, Formula, Input, Ratio
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Direction

UP, DOWN = 1, -1

_WAYS = {Direction.INCREASE: UP, Direction.DECREASE: DOWN}
# Rising with each of their parts, where amounts are not negative: as the quantities that KPIs are made of are.
_RISING = frozenset({Op.ADD, Op.MUL, Op.COALESCE, Op.GREATEST, Op.LEAST, Op.ROUND, Op.FLOOR, Op.CEIL, Op.TO_DECIMAL})


@dataclass(frozen=True, slots=True)
class Part:
    """A measure, or the rows of it where a condition (in canonical words) holds."""

    measure: str
    where: str | None = None

    def meets(self, other: Part) -> bool:
        """Whether both surely speak of common rows: the same ones, or one of the whole measure."""
        return self.measure == other.measure and (self.where == other.where or None in (self.where, other.where))


def pulls_of(project: Project, kpi: Kpi) -> Mapping[Part, int]:
    """The parts that a KPI pulls UP or DOWN when it does well, by its newest version; none for `maintain`."""
    way = _WAYS.get(kpi.direction)
    return {} if way is None else {part: way * sign for part, sign in _signs(project, kpi, frozenset()).items()}


def _signs(project: Project, kpi: Kpi, seen: frozenset[str]) -> dict[Part, int]:
    """The parts that the value of a KPI surely rises (UP) or falls (DOWN) with."""
    found: dict[Part, set[int]] = {}
    for part, sign in _signs_of(project, kpi.versions[-1].formula, seen | {kpi.kpi}):
        found.setdefault(part, set()).add(sign)
    return {part: signs.pop() for part, signs in found.items() if len(signs) == 1}


def _signs_of(project: Project, formula: Formula, seen: frozenset[str]) -> Iterator[tuple[Part, int]]:
    if isinstance(formula, Ratio):
        yield _part(formula.numerator), UP
        yield _part(formula.denominator), DOWN
    elif isinstance(formula, Conversion):
        yield _part(formula.converted), UP
        yield _part(formula.base), DOWN
    elif isinstance(formula, Derived):
        yield from _of_derived(project, formula, seen)
    else:
        yield _part(Input(measure=formula.measure, where=formula.where)), UP


def _of_derived(project: Project, formula: Derived, seen: frozenset[str]) -> Iterator[tuple[Part, int]]:
    for name, sign in _signs_in(_term(formula.expr), UP):
        given = formula.inputs_by_name.get(name)
        if given is None or given.offset:
            continue
        if given.measure:
            yield _part(Input(measure=given.measure, where=given.where)), sign
        elif given.kpi and given.kpi in project.kpis and given.kpi not in seen:
            for part, own in _signs(project, project.kpis[given.kpi], seen).items():
                yield part, sign * own


def _signs_in(term: Term, sign: int) -> Iterator[tuple[str, int]]:
    """Each name in an expression with the sign by which the whole moves with it, where that is sure."""
    if term.op is Op.COLUMN:
        yield term.text, sign
    elif term.op in _RISING:
        own = sign * _factor(term)
        for part in term.parts:
            yield from _signs_in(part, own)
    elif term.op in (Op.SUB, Op.DIV):
        first, second = term.parts
        yield from _signs_in(first, sign)
        yield from _signs_in(second, -sign)
    elif term.op is Op.NEG:
        yield from _signs_in(term.parts[0], -sign)
    else:
        for name in term.columns:  # both signs: nothing is sure
            yield name, UP
            yield name, DOWN


def _factor(term: Term) -> int:
    """The sign of the fixed factors of a product: `-1 * losses` falls with losses."""
    negative = [part for part in term.parts if part.op is Op.NEG and not part.columns]
    return DOWN if term.op is Op.MUL and len(negative) % 2 else UP


def _term(expression: str) -> Term:
    try:
        return parse(expression)
    except NotAccepted:  # a finding of the rules
        return Term(Op.NULL)


def _part(given: Input) -> Part:
    if given.where is None:
        return Part(given.measure)
    try:
        return Part(given.measure, canonical(given.where))
    except NotAccepted:  # a finding of the rules
        return Part(given.measure, given.where)
