"""Do the models and columns exist that a fact speaks of, and can no dimension multiply its rows?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.finding import Finding
from kpiledger.loading.tree import KEY
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown_column, unknown_model, warning
from kpiledger.specs.fact import Dimension, Fact
from kpiledger.specs.formula import Conversion

# A fact goes by days: of a date, or of a moment seen in the calendar's zone.
_TIMES = ("date", "timestamp")


def contract_rules(project: Project) -> Iterable[Finding]:
    """Findings where fact files and dbt's contracts disagree."""
    for fact in project.facts.values():
        yield from unknown_model(project, fact, ("model",), fact.model)
        for index, column in enumerate(fact.key):
            yield from unknown_column(project, fact, ("key", index), column, fact.model)
        yield from _times(project, fact)
        yield from _changed_at(project, fact)
        for name, dimension in fact.dimensions.items():
            yield from _dimension(project, fact, name, dimension)
            yield from _in_the_place(project, fact, name, dimension)


def _times(project: Project, fact: Fact) -> Iterable[Finding]:
    places = [(("time",), fact.time), *((("times", index), name) for index, name in enumerate(fact.times))]
    for path, column in places:
        yield from unknown_column(project, fact, path, column, fact.model)
        kind = project.columns.get(fact.model, {}).get(column, "")
        if kind and not kind.lower().startswith(_TIMES):
            message = f"`{column}` of {fact.model} is of the type {kind}, expected date or timestamp"
            yield error("KPI026", fact, path, message, "name a column with a date, or with a timestamp of a known zone")


def _changed_at(project: Project, fact: Fact) -> Iterable[Finding]:
    if fact.incremental is None:
        return
    path, column = ("incremental", "changed_at"), fact.incremental.changed_at
    hint = "name the column in which the loader writes when it inserted or changed a row"
    yield from unknown_column(project, fact, path, column, fact.model)
    kind = project.columns.get(fact.model, {}).get(column, "")
    if kind and not kind.lower().startswith(_TIMES):
        message = f"`{column}` of {fact.model} is of the type {kind}, expected timestamp or date"
        yield error("KPI130", fact, path, message, hint)
    elif column in {fact.time, *fact.times}:
        message = f"`{column}` is a date that the fact {fact.fact} goes by: a row that is changed later keeps it"
        yield error("KPI130", fact, path, message, hint)
    for kpi in _conversions_of(project, fact):
        message = f"the fact {fact.fact} is computed in full: `{kpi}` asks what follows on other days"
        hint = "take `incremental` out, or count the events that are followed in a fact of their own"
        yield warning("KPI131", fact, ("incremental", KEY), message, hint)


def _conversions_of(project: Project, fact: Fact) -> list[str]:
    """The first KPI that is a conversion of events of a fact, if any."""
    found = [
        name
        for name, kpi in sorted(project.kpis.items())
        for version in kpi.versions
        if isinstance(version.formula, Conversion) and version.formula.base.measure in fact.measures
    ]
    return found[:1]


def _dimension(project: Project, fact: Fact, name: str, dimension: Dimension) -> Iterable[Finding]:
    path = ("dimensions", name)
    if dimension.through is None or dimension.on is None:
        if dimension.through or dimension.on:
            given, lacks = ("through", "on") if dimension.through else ("on", "through")
            message = f"the dimension `{name}` has `{given}` and lacks `{lacks}`"
            hint = "write {through: <model>, on: <its key>, column: <its column>}"
            yield error("KPI044", fact, path, message, hint)
            return
        yield from unknown_column(project, fact, (*path, "column"), dimension.column, fact.model)
        return
    model, key = dimension.through, dimension.on
    yield from unknown_model(project, fact, (*path, "through"), model)
    yield from unknown_column(project, fact, (*path, "on"), key, fact.model)
    yield from unknown_column(project, fact, (*path, "on"), key, model)
    yield from unknown_column(project, fact, (*path, "column"), dimension.column, model)
    if key in project.columns.get(model, {}) and key not in project.unique_columns.get(model, ()):
        message = f"nothing tests that `{key}` is unique in {model}; a duplicate would inflate every number"
        yield error(
            "KPI027", fact, (*path, "on"), message, f"add `data_tests: [unique]` to {key} in the YAML of {model}"
        )


def _in_the_place(project: Project, fact: Fact, name: str, dimension: Dimension) -> Iterable[Finding]:
    """A dimension stands beside the fact's columns under its name, where expressions would read it for theirs."""
    if name in fact.measures:
        message = (
            f"`{name}` is both a dimension and a measure of the fact {fact.fact}: the aggregate has one column of it"
        )
        yield error("KPI045", fact, ("dimensions", name, KEY), message, "give one of them another name")
    is_itself = dimension.column == name and dimension.through is None
    if name in project.columns.get(fact.model, {}) and not is_itself:
        other = f"{dimension.through or fact.model}.{dimension.column}"
        message = f"the dimension `{name}` is {other} and would take the place of {fact.model}.{name} in expressions"
        hint = f"rename the dimension, or write `{name}: {name}` for the column of {fact.model}"
        yield error("KPI045", fact, ("dimensions", name, KEY), message, hint)
