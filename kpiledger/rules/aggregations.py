"""Can the aggregations of KPIs be computed together: the two parts of a ratio, and the measures of a fact?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error
from kpiledger.specs.base import Path
from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.formula import Ratio
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Aggregation

_FROM_ROWS = (Aggregation.COUNT_DISTINCT, Aggregation.MEDIAN, Aggregation.PERCENTILE)


@dataclass(frozen=True, slots=True)
class _Used:
    """A measure as the formula of a KPI version uses it."""

    kpi: Kpi
    formula: Path
    place: Path
    name: str
    fact: Fact
    measure: Measure

    @property
    def path(self) -> Path:
        """Where the KPI names the measure."""
        return (*self.formula, *self.place, "measure")

    @property
    def time(self) -> str:
        """The date column that the measure goes by."""
        return self.measure.time or self.fact.time

    @property
    def is_last(self) -> bool:
        """Whether it covers what holds at the end of an interval, and not what happened within it."""
        return self.measure.agg is Aggregation.LAST


def aggregation_rules(project: Project) -> Iterable[Finding]:
    """Findings where a formula, or the KPIs of one fact, need what cannot be computed together."""
    first: dict[tuple[str, bool], _Used] = {}
    told: set[str] = set()
    for kpi in project.kpis.values():
        for index, version in enumerate(kpi.versions):
            used = list(_used(project, kpi, index))
            if isinstance(version.formula, Ratio):
                yield from _divided_twice(used)
                yield from _last_and_other(used)
            for one in used:
                if not one.is_last and one.measure.agg not in _FROM_ROWS:
                    continue
                other = first.setdefault((one.fact.fact, one.is_last), one)
                if _terms(one) != _terms(other) and one.name not in told:
                    told.add(one.name)
                    yield _apart(one, other)


def _used(project: Project, kpi: Kpi, index: int) -> Iterator[_Used]:
    for place, needed in kpi.versions[index].formula.inputs.items():
        found = project.measure(needed.measure)
        if found:
            yield _Used(kpi, ("versions", index, "formula"), place, needed.measure, *found)


def _divided_twice(parts: list[_Used]) -> Iterable[Finding]:
    for part in parts:
        if part.measure.agg is Aggregation.AVERAGE:
            message = f"`{part.name}` is an average, a division itself, and cannot be the {part.place[-1]} of a ratio"
            hint = "use the measures that it is made of: one with the sum and one with the count"
            yield error("KPI046", part.kpi, part.path, message, hint)


def _last_and_other(parts: list[_Used]) -> Iterable[Finding]:
    if len({part.is_last for part in parts}) > 1:
        message = " and ".join(f"`{part.name}` has `agg: {part.measure.agg}`" for part in parts)
        message += "; what holds at the end of a period and what happened in it are different rows"
        hint = "divide `last` by `last`, or make two KPIs of them"
        yield error("KPI048", parts[0].kpi, parts[0].formula, message, hint)


def _terms(used: _Used) -> tuple[str, tuple[str, ...]]:
    return used.time, used.measure.over


def _apart(one: _Used, other: _Used) -> Finding:
    message = f"`{one.name}` {_told(one)}, and `{other.name}` of the KPI `{other.kpi.kpi}` {_told(other)}; "
    if one.is_last:
        message += f"all `last` measures of the fact {one.fact.fact} need the same time and `over`"
    else:
        message += f"all distinct counts, medians and percentiles of the fact {one.fact.fact} need the same time"
    hint = "put one of the two measures on a fact of its own, in another file over the same model"
    return error("KPI047", one.kpi, one.path, message, hint)


def _told(used: _Used) -> str:
    return f"goes by {used.time}" + (f" over [{', '.join(used.measure.over)}]" if used.is_last else "")
