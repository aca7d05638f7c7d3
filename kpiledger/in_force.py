"""Which versions of other KPIs does a version of a derived KPI take its numbers from, and on which days?

It follows each input in its own versions: where the input gets a new one, its own definition stays as it is
and its numbers change from that day on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kpiledger.project import Project
from kpiledger.specs.formula import kpis_in
from kpiledger.specs.kpi import Kpi, KpiVersion


@dataclass(frozen=True, slots=True)
class InForce:
    """A version of an input, and the days on which a period may begin that takes its value from it."""

    kpi: Kpi
    version: KpiVersion
    first_day: date
    last_day: date | None


def inputs_in_force(project: Project, version: KpiVersion) -> Iterator[InForce]:
    """The versions of the KPIs that a version names, on the days it is computed for; by KPI, then version."""
    return _named(project, version, version.first_day, version.last_day)


def all_inputs_in_force(project: Project, version: KpiVersion) -> Iterator[InForce]:
    """The same, with the inputs of the inputs; one may come several times, by several ways or for several days."""
    return _behind(project, version, version.first_day, version.last_day, frozenset())


def _behind(
    project: Project, version: KpiVersion, first_day: date, last_day: date | None, seen: frozenset[str]
) -> Iterator[InForce]:
    for found in _named(project, version, first_day, last_day):
        if found.kpi.kpi not in seen:  # a KPI that is derived from itself is a finding of the rules
            yield found
            path = seen | {found.kpi.kpi}
            yield from _behind(project, found.version, found.first_day, found.last_day, path)


def _named(project: Project, version: KpiVersion, first_day: date, last_day: date | None) -> Iterator[InForce]:
    for name in sorted(set(kpis_in(version.formula).values())):
        if name in project.kpis:
            for one in project.kpis[name].versions:
                start, end = max(one.valid_from, first_day), _earlier(one.valid_to, last_day)
                if end is None or start <= end:
                    yield InForce(project.kpis[name], one, start, end)


def _earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two last days; None is none."""
    return min((day for day in (one, other) if day is not None), default=None)
