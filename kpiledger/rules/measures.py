"""Does each measure say what its aggregation needs, under a name that no other measure has?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.finding import Finding
from kpiledger.loading.tree import KEY
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown, unknown_column
from kpiledger.specs.fact import Fact, Measure
from kpiledger.vocabulary import Aggregation


def measure_rules(project: Project) -> Iterable[Finding]:
    """Findings in the measures of fact files."""
    first: dict[str, Fact] = {}
    for fact in project.facts.values():
        for name, measure in fact.measures.items():
            if name in first:
                message = f"the measure `{name}` is defined in {first[name].path} already"
                hint = "give it another name: KPIs name measures without their fact"
                yield error("KPI018", fact, ("measures", name, KEY), message, hint)
            first.setdefault(name, fact)
            yield from _complete(fact, name, measure)
            yield from _columns(project, fact, name, measure)


def _complete(fact: Fact, name: str, measure: Measure) -> Iterable[Finding]:
    path, agg = ("measures", name), measure.agg
    if measure.expr is None and agg is not Aggregation.COUNT:
        message = f"the measure `{name}` has `agg: {agg}` and no `expr`"
        yield error("KPI041", fact, path, message, "add `expr:` with a column, or an expression over columns")
    if (agg is Aggregation.LAST) != bool(measure.over):
        message = f"the measure `{name}` has `agg: {agg}` and {'an' if measure.over else 'no'} `over`"
        hint = "`over` names the keys whose last row counts, as over: [order_id]; other aggregations have none"
        yield error("KPI042", fact, (*path, "over"), message, hint)
    if (agg is Aggregation.PERCENTILE) != (measure.percentile is not None):
        found = "no `percentile`" if measure.percentile is None else "a `percentile`"
        message = f"the measure `{name}` has `agg: {agg}` and {found}"
        hint = "`percentile: 0.9` stands with `agg: percentile`, and only there"
        yield error("KPI043", fact, (*path, "percentile"), message, hint)


def _columns(project: Project, fact: Fact, name: str, measure: Measure) -> Iterable[Finding]:
    path = ("measures", name)
    for index, column in enumerate(measure.over):
        yield from unknown_column(project, fact, (*path, "over", index), column, fact.model)
    if measure.time:
        times = {fact.time, *fact.times}
        yield from unknown("KPI026", fact, (*path, "time"), measure.time, times, "time", f"the fact {fact.fact}")
