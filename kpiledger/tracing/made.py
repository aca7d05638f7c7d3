"""In which run was a number made, of which extracts and statements, and of which input by hand?"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.recipe import FILE, Recipe, read_recipe
from kpiledger.specs.fact import Fact
from kpiledger.tracing.inputs import manifests_of
from kpiledger.tracing.lines import Line, Traced, counted, shown, totals_text
from kpiledger.tracing.number import Fixed

_RECORDED = "recorded."
_AS_OF = "select as_of_on from kpi.as_of"


def recipe_of(traced: Traced) -> Recipe | None:
    """The statements that were kept with the number; None where there are none."""
    return read_recipe(traced.fixed.folder) if (traced.fixed.folder / FILE).exists() else None


def lineage(recipe: Recipe | None, model: str) -> tuple[str, ...]:
    """The tables of source systems that a model is made of, as `erp.orders`."""
    found = recipe.for_model(model).sources if recipe else ()
    return tuple(name for name in found if not name.startswith(_RECORDED))


def tables_of(traced: Traced) -> tuple[str, ...]:
    """The tables of source systems behind the facts of the number; without a recipe all that were extracted of them."""
    recipe = recipe_of(traced)
    if recipe is None:
        return tuple(name for name in manifests_of(traced.fixed) if name.partition(".")[0] in traced.sources)
    models = {model for fact in traced.facts for model in (fact.model, *_through(fact))}
    return tuple(sorted({name for model in models for name in lineage(recipe, model)}))


def run_lines(traced: Traced) -> Iterator[Line]:
    """The run, the entry that recorded what it published, and its statements."""
    fixed, entry = traced.fixed, traced.fixed.entry
    (row,) = traced.rows(_AS_OF)
    recorded = f"entry {entry.seq}, recorded {entry.recorded_at:%Y-%m-%d}" if entry else "not recorded"
    said = f"{recorded}; numbers as of {row['as_of_on']}"
    if entry is not None and entry.key != fixed.folder.name:
        said += f"; the same figures as run {entry.key}, which the entry names"
    yield Line("run", fixed.folder.name, said, entry.entry_hash if entry else None)
    recipe = recipe_of(traced)
    kept = f"{len(recipe.statements)} statements kept with it" if recipe else "no statements were kept"
    yield Line("run", FILE, kept, fixed.recipe)
    for close in traced.closes:
        assert close.entry is not None
        run = close.entry.content["run_id"]
        said = f"{shown(close.value)} was frozen as run {run} published it, entry {close.entry.seq}"
        yield Line("run", close.told, said, close.entry.entry_hash)


def extract_lines(traced: Traced) -> Iterator[Line]:
    """Each extract that the number was made from, with its control totals and the recorded hash."""
    tables = tables_of(traced)
    for name in tables:
        yield from _extract(traced.fixed, name, name)
    for close in traced.closes:
        for name in tables:
            if close.inputs.get(name) != traced.fixed.inputs.get(name):
                yield from _extract(close, name, f"{name}, {close.told}")


def _extract(fixed: Fixed, table: str, name: str) -> Iterator[Line]:
    one = manifests_of(fixed).get(table)
    if one is None:
        yield Line("extract", name, "no extract of it was kept: another tool loads it")
        return
    totals = totals_text(one.control_totals)
    said = f"{one.extract_id}, taken {one.taken_at[:19]}, {counted(one.row_count, 'row')}"
    days = f", {one.period_from} to {one.period_to}" if one.period_from else ""
    told = f"{said}{days}{f'; control totals: {totals}' if totals else ''}"
    yield Line("extract", name, told, fixed.inputs.get(table))


def manual_lines(traced: Traced) -> Iterator[Line]:
    """The tables of the project's own that the facts of the number read: they were filled in by hand."""
    recipe = recipe_of(traced)
    needed = [recipe.for_model(fact.model) for fact in traced.facts] if recipe else []
    seeds = {seed.name: seed for one in needed for seed in one.seeds}
    for name, seed in sorted(seeds.items()):
        yield Line("manual input", name, f"{counted(len(seed.rows), 'row')} written by hand in {seed.path}")


def _through(fact: Fact) -> Iterator[str]:
    """The dimension models that a fact is sliced by."""
    return (dimension.through for dimension in fact.dimensions.values() if dimension.through)
