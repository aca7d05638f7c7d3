"""Which KPI do two sides of a conflict share, and if none, which one could they?

A conflict between departments is nobody's fault and no single one can solve it; a number that both are held to makes it
theirs together. The best candidate is a KPI that already balances both sides: it is made of what both are made of, or
both name it as their counterweight. Among equals an outcome goes before an output, quality before quantity, and what
comes later in the customer chain before what comes earlier, since it is nearer to what the customer meets.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kpiledger.conflicts.held import Held
from kpiledger.conflicts.pulls import Part, pulls_of
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi

Measures = frozenset[str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A KPI for both sides, None where a new one is needed; and why, in words."""

    kpi: str | None
    why: str


def shared_by(held: Mapping[str, tuple[Held, ...]], one: str | None, other: str | None) -> tuple[str, ...]:
    """The KPIs that holders of both departments are held to, by name."""
    return tuple(
        sorted(kpi for kpi, promises in held.items() if {one, other} <= {promise.department for promise in promises})
    )


def held_together(held: Mapping[str, tuple[Held, ...]], one: str, other: str) -> tuple[str, ...]:
    """The holders who are held to both KPIs, with both weights where there are any, by name."""
    others = {promise.holder: promise for promise in held.get(other, ())}
    both = ((promise, others[promise.holder]) for promise in held.get(one, ()) if promise.holder in others)
    return tuple(dict.fromkeys(_balanced(first, second) for first, second in both))


def _balanced(one: Held, other: Held) -> str:
    weights = [f"{promise.weight.normalize():f}" for promise in (one, other) if promise.weight is not None]
    return f"{one.holder} ({' and '.join(weights)})" if weights else one.holder


class Candidates:
    """The KPIs of a project as candidates for sharing; what each is made of is read once."""

    def __init__(self, project: Project) -> None:
        self._kpis = {name: kpi for name, kpi in project.kpis.items() if kpi.deprecated is None}
        self._measures = {name: _measures(pulls_of(project, kpi)) for name, kpi in self._kpis.items()}
        self._stages = {stage.stage: at for at, stage in enumerate(project.chain.stages)}
        self._order = {name: (*self._taste(name), name) for name in self._kpis}
        self._made_of: dict[str, set[str]] = {}
        for name, measures in self._measures.items():
            if len(measures) > 1:
                for measure in measures:
                    self._made_of.setdefault(measure, set()).add(name)
        self._of_both: dict[tuple[Measures, Measures], frozenset[str]] = {}

    def suggestion(self, one: Kpi, other: Kpi) -> Suggestion:
        """The KPI that both sides could share."""
        of_both = self._made_of_both(one, other)
        counters = {one.kpi, *one.counter_kpis} & {other.kpi, *other.counter_kpis} & self._kpis.keys()
        ranked = of_both & counters or of_both or counters
        if not ranked:
            return Suggestion(None, f"a new KPI that balances {one.kpi} and {other.kpi}, held by both")
        best = min(ranked, key=self._order.__getitem__)
        if best in (one.kpi, other.kpi):
            rest = other.kpi if best == one.kpi else one.kpi
            return Suggestion(best, f"{best} already holds {rest} in balance: let both sides be held to it")
        made = "is made of what both are made of" if best in of_both else ""
        counter = "is the counterweight that both name" if best in counters else ""
        return Suggestion(best, f"{best} {' and '.join(filter(None, (made, counter)))}: let both sides be held to it")

    def _made_of_both(self, one: Kpi, other: Kpi) -> frozenset[str]:
        """The KPIs that share a measure with each; many pairs are made of the same measures."""
        sides = (self._measures.get(one.kpi, frozenset()), self._measures.get(other.kpi, frozenset()))
        if sides not in self._of_both:
            first, second = (
                frozenset().union(*(self._made_of.get(measure, ()) for measure in measures)) for measures in sides
            )
            self._of_both[sides] = first & second
        return self._of_both[sides]

    def _taste(self, name: str) -> tuple[bool, bool, int]:
        kpi = self._kpis[name]
        return kpi.effect != "outcome", kpi.aspect != "quality", -self._stages.get(kpi.chain_stage, 0)


def _measures(parts: Collection[Part]) -> Measures:
    return frozenset(part.measure for part in parts)
