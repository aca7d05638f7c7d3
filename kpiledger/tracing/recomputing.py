"""Does a number come out again? The kept statements, run over the kept extracts in a database of their own.

Statements are run only where their hash is the recorded one, and then without a way to any file or network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb
from duckdb import DuckDBPyConnection

from kpiledger.projection import RUN_CONTEXT
from kpiledger.recipe import EXTRACTS_SCHEMA, Recipe, Seed, read_recipe
from kpiledger.tracing.inputs import Compared, extract_path, extracts_compared, recipe_compared
from kpiledger.tracing.number import Fixed, Number
from kpiledger.warehouse import literal

# What came out of which inputs, by their hashes.
Known = dict[tuple[object, ...], Decimal | None]
_CONTEXT = "recorded.run_context"
_LAST = "fct_kpi_value"
_VALUE = """
    select value from kpi.{model}
    where kpi = $kpi and version = $version and grain = $grain and period_start = $first and slice = $slice
        and member = $member and span = $span
"""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What was compared on the way, the number that came out, and why none did where none did."""

    fixed: Fixed
    compared: tuple[Compared, ...]
    value: Decimal | None
    problem: str | None = None

    @property
    def is_equal(self) -> bool:
        """Whether every input is as recorded, and the number comes out again."""
        return self.problem is None and self.value == self.fixed.value and all(one.holds for one in self.compared)


def recompute(fixed: Fixed, number: Number, known: Known | None = None) -> Recomputed:
    """Compute a number again from the inputs that its publication or close kept.

    `known` keeps what came out: where another folder was found to hold the very same inputs, it is not computed twice.
    """
    stated = recipe_compared(fixed)
    if not stated.holds:
        return Recomputed(fixed, (stated,), None, _no_recipe(fixed, stated))
    whole = read_recipe(fixed.folder)
    models = _models(whole, number.kpi)
    recipes = [whole.for_model(model) for model in models]
    names = sorted({name for one in recipes for name in one.sources if name != _CONTEXT})
    compared = (stated, *extracts_compared(fixed, names))
    lacking = [one.item for one in compared if one.found == "missing"]
    partial = sorted({one.name for recipe in recipes for one in recipe.statements if one.query is None})
    if lacking:
        return Recomputed(fixed, compared, None, f"missing: {', '.join(lacking)}")
    if partial:
        told = f"{', '.join(partial)} was computed from its own last table; `kpi run --full-refresh` keeps the whole"
        return Recomputed(fixed, compared, None, told)
    made_of = (fixed.version, fixed.as_of_on, *(one.found for one in compared))
    known = {} if known is None else known
    if made_of not in known:
        try:
            known[made_of] = _computed(fixed, number, recipes, names, models)
        except duckdb.Error as problem:
            return Recomputed(fixed, compared, None, f"the statements do not run: {str(problem).splitlines()[0]}")
    return Recomputed(fixed, compared, known[made_of])


def _no_recipe(fixed: Fixed, stated: Compared) -> str:
    if stated.recorded is None and stated.found != "missing":
        return "the ledger has no hash of its statements, so they are not run"
    if stated.found == "missing":
        return "its statements were not kept: it was made without them, or they are gone"
    return f"its statements are not the recorded ones: {fixed.folder / stated.item} was changed and is not run"


def _models(recipe: Recipe, kpi: str) -> list[str]:
    """The models whose statements make the values of a KPI: what `fct_kpi_value` reads and names it; else that."""
    last = next(one for one in recipe.statements if one.name == _LAST)
    found = [
        one.name for one in recipe.statements
        if one.name in last.reads and one.query is not None and f"'{kpi}' as kpi" in one.query
    ]  # fmt: skip
    return found or [_LAST]


def _computed(
    fixed: Fixed, number: Number, recipes: Sequence[Recipe], names: Sequence[str], models: Sequence[str]
) -> Decimal | None:
    with duckdb.connect() as connection:
        # The statements name their tables with the name of the warehouse's file.
        connection.execute("attach ':memory:' as warehouse")
        connection.execute("use warehouse")
        _lay_inputs(connection, fixed, names)
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        done: set[str] = set()
        for recipe in recipes:
            _run(connection, recipe, done)
        for model in models:
            words = {**number.words, "version": fixed.version}
            found = connection.execute(_VALUE.format(model=model), words).fetchone()
            if found:
                value: Decimal | None = found[0]
                return value
    return None


def _lay_inputs(connection: DuckDBPyConnection, fixed: Fixed, names: Sequence[str]) -> None:
    connection.execute(f"create schema {EXTRACTS_SCHEMA}")
    for name in names:
        path = literal(extract_path(fixed, name))
        connection.execute(f'create table {EXTRACTS_SCHEMA}."{name}" as select * from read_parquet({path})')
    connection.execute("create schema recorded")
    columns = ", ".join(f"{name} {kind}" for name, kind in RUN_CONTEXT.items())
    connection.execute(f"create table {_CONTEXT} ({columns})")
    connection.execute(f"insert into {_CONTEXT} (as_of_on) values (?)", [fixed.as_of_on])


def _run(connection: DuckDBPyConnection, recipe: Recipe, done: set[str]) -> None:
    for seed in recipe.seeds:
        if seed.name not in done:
            _lay_seed(connection, seed)
            done.add(seed.name)
    for one in recipe.statements:
        if one.name not in done:
            connection.execute(f'create schema if not exists "{one.schema}"')
            connection.execute(f'create table "{one.schema}"."{one.name}" as {one.query}')
            done.add(one.name)


def _lay_seed(connection: DuckDBPyConnection, seed: Seed) -> None:
    connection.execute(f'create schema if not exists "{seed.schema}"')
    columns = ", ".join(f'"{name}" {kind}' for name, kind in seed.columns.items())
    connection.execute(f'create table "{seed.schema}"."{seed.name}" ({columns})')
    if seed.rows:
        marks = ", ".join("?" for _ in seed.columns)
        connection.executemany(f'insert into "{seed.schema}"."{seed.name}" values ({marks})', list(seed.rows))
