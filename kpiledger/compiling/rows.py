"""The CTEs by which a fact's rows get their dimensions and stand once for each slice."""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.compiling.plan import Column
from kpiledger.compiling.text import Cte, lines
from kpiledger.specs.fact import Fact

# What a row without a member is counted under: it must not fall out of the sum of the members.
NOT_SET = "(not set)"


def described(
    fact: Fact, slices: Iterable[str], columns: Iterable[Column], key: Iterable[str] = (), schema: str = ""
) -> Cte:
    """The fact's rows with the columns that measures read and the dimensions that KPIs are sliced by.

    A schema puts it in front of the models, where no CTE imports them.
    """
    slices = list(slices)
    read = dict.fromkeys([*key, *(name for column in columns for name in (column.time, *column.reads, *column.over))])
    own = [f"{fact.model}.{name}" for name in read if name not in slices]
    cut = [f"{_source(fact, name)} as {name}" for name in slices]
    joins = "".join(_join(fact, schema, model, on) for model, on in _joins(fact, slices))
    return "described", f"select\n{lines([*own, *cut])}\nfrom {schema}{fact.model}{joins}"


def dimension_models(fact: Fact, slices: Iterable[str]) -> list[str]:
    """The dimension models that must be imported to slice the fact so, in order."""
    return sorted({model for model, _ in _joins(fact, slices)})


def sliced(name: str, origin: str, slices: Iterable[str], comment: str) -> Cte:
    """Every row of `origin` once as a whole (`all`) and once for each slice."""
    parts = [f"select 'all' as slice, 'all' as member, {origin}.*\nfrom {origin}"]
    parts += [
        f"select '{cut}' as slice, coalesce(cast({cut} as varchar), '{NOT_SET}') as member, {origin}.*\nfrom {origin}"
        for cut in slices
    ]
    return name, "\nunion all\n".join(parts), comment


def _source(fact: Fact, slice_name: str) -> str:
    dimension = fact.dimensions[slice_name]
    if dimension.through and dimension.on:
        return f"{_alias(fact, dimension.through, dimension.on)}.{dimension.column}"
    return f"{fact.model}.{dimension.column}"


def _alias(fact: Fact, model: str, on: str) -> str:
    """A dimension model's name; with its key where the fact reaches it by two, as ordering and paying customer."""
    keys = {dimension.on for dimension in fact.dimensions.values() if dimension.through == model}
    return model if len(keys) == 1 else f"{model}__{on}"


def _join(fact: Fact, schema: str, model: str, on: str) -> str:
    alias = _alias(fact, model, on)
    named = "" if alias == model else f" as {alias}"
    return f"\nleft join {schema}{model}{named}\n    on {fact.model}.{on} = {alias}.{on}"


def _joins(fact: Fact, slices: Iterable[str]) -> list[tuple[str, str]]:
    through = {
        (dimension.through, dimension.on)
        for name in slices
        if (dimension := fact.dimensions[name]).through and dimension.on
    }
    return sorted((model, on) for model, on in through if model and on)
