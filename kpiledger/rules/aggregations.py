"""Can the parts of a formula be put together: what is divided, rolled over, counted as an event, or taken earlier?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown_column
from kpiledger.specs.base import Path
from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.formula import Conversion, Cumulative, Derived, Ratio
from kpiledger.specs.kpi import Kpi
from kpiledger.stretches import PERIOD, Length
from kpiledger.vocabulary import Aggregation, Grain

# The months of a period; days and weeks are no part of a month.
_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
_WEEK, _YEAR = 7, 12


def aggregation_rules(project: Project) -> Iterable[Finding]:
    """Findings where the parts of a formula cannot be computed together."""
    for kpi in project.kpis.values():
        for index, version in enumerate(kpi.versions):
            path: Path = ("versions", index, "formula")
            match version.formula:
                case Ratio():
                    yield from _divided_twice(project, kpi, index)
                case Cumulative() as formula:
                    yield from _cumulative(project, kpi, path, formula)
                case Conversion() as formula:
                    yield from _conversion(project, kpi, index, formula)
                case Derived() as formula:
                    yield from _derived(project, kpi, path, formula)


def _measures(project: Project, kpi: Kpi, index: int) -> Iterator[tuple[Path, str, Fact, Measure]]:
    for place, needed in kpi.versions[index].formula.inputs.items():
        found = project.measure(needed.measure)
        if found:
            yield ("versions", index, "formula", *place, "measure"), needed.measure, *found


def _divided_twice(project: Project, kpi: Kpi, index: int) -> Iterable[Finding]:
    for path, name, _, measure in _measures(project, kpi, index):
        if measure.agg is Aggregation.AVERAGE:
            message = f"`{name}` is an average, a division itself, and cannot be the {path[-2]} of a ratio"
            hint = "use the measures that it is made of: one with the sum and one with the count"
            yield error("KPI046", kpi, path, message, hint)


def _cumulative(project: Project, kpi: Kpi, path: Path, formula: Cumulative) -> Iterable[Finding]:
    for place, span in enumerate(kpi.spans):
        if span != PERIOD:
            message = f"a cumulative KPI covers its own days, and `{span}` asks for others"
            yield error("KPI126", kpi, ("spans", place), message, "write `spans: [period]`")
    found = project.measure(formula.measure)
    if found and found[1].agg is Aggregation.LAST:
        message = (
            f"`{formula.measure}` has `agg: last`: what stands at the end of a window is what stands at its last day"
        )
        yield error("KPI125", kpi, (*path, "measure"), message, "write `type: simple`")


def _conversion(project: Project, kpi: Kpi, index: int, formula: Conversion) -> Iterable[Finding]:
    for path, name, fact, measure in _measures(project, kpi, index):
        if measure.agg is not Aggregation.COUNT:
            message = f"`{name}` has `agg: {measure.agg}`, and a conversion counts events"
            yield error("KPI124", kpi, path, message, "name a measure with `agg: count`; `where` chooses its rows")
        entity = ("versions", index, "formula", "entity")
        yield from unknown_column(project, kpi, entity, formula.entity, fact.model)


def _derived(project: Project, kpi: Kpi, path: Path, formula: Derived) -> Iterable[Finding]:
    for name, given in formula.inputs_by_name.items():
        if given.offset:
            yield from _offset(kpi, (*path, "inputs", name, "offset"), given.offset)
        other = project.kpis.get(given.kpi or "")
        cumulative = other and any(isinstance(one.formula, Cumulative) for one in other.versions)
        for place, span in enumerate(kpi.spans):
            if cumulative and span != PERIOD:
                message = f"`{given.kpi}` is cumulative and covers its own days, and `{span}` asks for others"
                yield error("KPI126", kpi, ("spans", place), message, "write `spans: [period]`")


def _offset(kpi: Kpi, path: Path, offset: Length) -> Iterable[Finding]:
    for grain in kpi.grains:
        if not _is_whole(offset, grain):
            message = f"the offset is {offset}, and `{kpi.kpi}` has values by {grain}: no whole {grain}s"
            hint = f"write an offset of whole {grain}s, as `1 {grain}`, or take {grain} out of `grains`"
            yield error("KPI122", kpi, path, message, hint)


def _is_whole(offset: Length, grain: Grain) -> bool:
    match grain:
        case Grain.DAY:
            return True
        case Grain.WEEK:
            return offset.days % _WEEK == 0 and offset.months % _YEAR == 0
    return not offset.days and offset.months % _MONTHS[grain] == 0
