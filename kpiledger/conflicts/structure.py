"""Which KPIs pull what they are made of in opposite directions, whatever the figures say?

One that does well by more of a measure and one that does well by less of it cannot both have their way with it:
calls handled, and problems solved for each call handled. It may still be the right pair to hold somebody to, as a
number and its counterweight; then both should be held by the same people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kpiledger.conflicts.pulls import DOWN, UP, Part, pulls_of
from kpiledger.project import Project


@dataclass(frozen=True, slots=True, order=True)
class PulledApart:
    """A measure that one KPI pulls up and the other down, with the condition on its rows where there is one."""

    up: str
    down: str
    measure: str
    where: str | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """The two KPIs, in the order of their names."""
        return min(self.up, self.down), max(self.up, self.down)


def pulled_apart(project: Project) -> tuple[PulledApart, ...]:
    """Every measure that two KPIs in use pull in opposite directions; once for a pair, by the names of the KPIs."""
    pulls = {name: pulls_of(project, kpi) for name, kpi in sorted(project.kpis.items()) if kpi.deprecated is None}
    found: dict[tuple[str, str, str], PulledApart] = {}
    for one in _opposed(pulls):
        found.setdefault((*one.pair, one.measure), one)
    return tuple(sorted(found.values(), key=lambda one: (one.pair, one.measure)))


def _opposed(pulls: Mapping[str, Mapping[Part, int]]) -> Iterator[PulledApart]:
    ups, downs = _by_measure(pulls, UP), _by_measure(pulls, DOWN)
    for measure, raising in ups.items():
        for up, raised in raising:
            for down, lowered in downs.get(measure, ()):
                # Who pulls the very same rows up as well is not against them: a share gains by what it is a share of.
                is_against = pulls[down].get(raised) != UP
                if up != down and raised.meets(lowered) and is_against:
                    yield PulledApart(up, down, measure, raised.where or lowered.where)


def _by_measure(pulls: Mapping[str, Mapping[Part, int]], way: int) -> Mapping[str, list[tuple[str, Part]]]:
    found: defaultdict[str, list[tuple[str, Part]]] = defaultdict(list)
    for name, parts in pulls.items():
        for part, sign in parts.items():
            if sign == way:
                found[part.measure].append((name, part))
    return found
