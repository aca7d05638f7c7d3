"""Does a fact read a column that is named as one of ours? The two would stand in one query and be mistaken.

Columns that nothing reads may be named as they are. Dates and keys are mostly named with their model, so that fewer
names are taken from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

from kpiledger.expressions import NotAccepted, columns_in
from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error
from kpiledger.specs.base import Path, SpecFile
from kpiledger.specs.fact import Fact
from kpiledger.specs.formula import Conversion
from kpiledger.vocabulary import BESIDE_EXPRESSIONS, BESIDE_KEYS

_Read = tuple[SpecFile, Path, str]


def taken_name_rules(project: Project) -> Iterable[Finding]:
    """Findings where facts, or KPIs over them, read a column whose name the compiled models need."""
    for fact in project.facts.values():
        yield from _found(_dates_and_keys(fact), fact.model, BESIDE_KEYS)
        yield from _found(_of_measures(fact), fact.model)
    for kpi in project.kpis.values():
        for index, version in enumerate(kpi.versions):
            for place, given in version.formula.inputs.items():
                known = project.measure(given.measure)
                path = ("versions", index, "formula", *place, "where")
                if known and given.where:
                    yield from _found(_in_text(kpi, path, given.where), known[0].model)
            if isinstance(version.formula, Conversion):
                yield from _found(
                    [(kpi, ("versions", index, "formula", "entity"), version.formula.entity)], "its facts"
                )


def _dates_and_keys(fact: Fact) -> Iterator[_Read]:
    yield fact, ("time",), fact.time
    for key in ("times", "key"):
        yield from ((fact, (key, index), name) for index, name in enumerate(getattr(fact, key)))


def _of_measures(fact: Fact) -> Iterator[_Read]:
    for name, measure in fact.measures.items():
        for key, text in (("expr", measure.expr), ("where", measure.where)):
            if text:
                yield from _in_text(fact, ("measures", name, key), text)
        yield from ((fact, ("measures", name, "over", index), column) for index, column in enumerate(measure.over))


def _in_text(spec: SpecFile, path: Path, text: str) -> Iterator[_Read]:
    with suppress(NotAccepted):  # the text is told to be no expression by another rule
        yield from ((spec, path, name) for name in columns_in(text))


def _found(read: Iterable[_Read], model: str, taken: Collection[str] = BESIDE_EXPRESSIONS) -> Iterator[Finding]:
    for spec, path, column in read:
        if column in taken:
            message = f"the column `{column}` of {model} is named as a column that the compiled models add"
            yield error("KPI127", spec, path, message, f"rename it in the mart, as `{column}_of_order`")
