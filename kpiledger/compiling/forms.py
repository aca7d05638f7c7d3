"""In which form are a fact's additive measures computed: each condition on the fact's rows, or on a cube of them?

plain   each chosen part of a measure is a column of the aggregate, `sum(case when <condition> then <expr> end)`
        (`filter` on PostgreSQL). The fact is read once; the cost grows with the number of conditions times its rows.
cube    the aggregate keeps the columns that conditions read, and one sum for each expression; the conditions are
        applied to its few rows. The cost hardly grows with the number of conditions.

Measured on 10 million rows (benchmarks/kpi_sql.py): below some 25 conditions plain wins on DuckDB, above it the cube;
on PostgreSQL plain always. A cube of too many rows is a trap, so its rows are estimated from the members that the fact
file states for its dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

from kpiledger.compiling.columns import Column, Route, coined
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.expressing import reads_where
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.specs.fact import Fact

# Above so many conditions the cube is faster.
PLAIN_AT_MOST = 25
# Rows of a cube that are still far fewer than the fact's.
CUBE_AT_MOST = 300_000
# Assumed where nothing is stated: members of a dimension, and tiles of days.
MEMBERS, TILES = 50, 120
DAYS = 30


@dataclass(frozen=True, slots=True)
class Family:
    """Columns whose conditions read the same kept columns, each with the stored column that it is a part of."""

    keys: tuple[str, ...]
    parts: tuple[tuple[Column, Column], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """`stored` columns of the aggregate, `kept` columns of the fact that conditions read, families over them."""

    stored: tuple[Column, ...]
    kept: tuple[str, ...] = ()
    families: tuple[Family, ...] = ()
    reason: str = ""


def form_of(plan: FactPlan) -> Form:
    """The form that the additive columns of a fact are computed in."""
    columns = plan.of_route(Route.ADDITIVE)
    chosen = [column for column in columns if column.where and not column.converted]
    if plan.dialect is Dialect.POSTGRES:
        return Form(columns, reason="plain: PostgreSQL computes FILTER on the rows fastest")
    if len(chosen) <= PLAIN_AT_MOST:
        return Form(columns, reason=f"plain: {len(chosen)} conditions, at most {PLAIN_AT_MOST}")
    kept = _kept(plan, chosen)
    if not kept:
        return Form(columns, reason="plain: the conditions read no dimension, or too many members of them")
    parts = [column for column in chosen if set(reads_where(column)) <= set(kept)]
    return _cube(columns, parts, kept)


def _cube(columns: tuple[Column, ...], parts: list[Column], kept: tuple[str, ...]) -> Form:
    others = [column for column in columns if column not in parts]
    whole = {(one.agg, one.expr, one.group): one for one in others if not one.where and not one.converted}
    by_keys: dict[tuple[str, ...], list[tuple[Column, Column]]] = {}
    for column in parts:
        made_of = (column.agg, column.expr, column.group)
        base = whole.setdefault(made_of, replace(column, name=coined(column.name, "whole"), where=()))
        by_keys.setdefault(tuple(sorted(reads_where(column))), []).append((column, base))
    stored = sorted({*others, *whole.values()}, key=lambda column: column.name)
    families = tuple(Family(keys, tuple(pairs)) for keys, pairs in sorted(by_keys.items()))
    reason = f"cube: {len(parts)} conditions on {', '.join(kept)}"
    return Form(tuple(stored), kept, families, reason)


def _kept(plan: FactPlan, chosen: list[Column]) -> tuple[str, ...]:
    """The columns that a cube can keep: those of the most conditions first, as long as its rows stay few."""
    members = _members(plan.fact)
    rows = prod((members.get(plan.fact.dimensions[name].column, MEMBERS) for name in plan.slices), start=TILES)
    rows *= DAYS if plan.by_day else 1
    sliced = {plan.fact.dimensions[name].column for name in plan.slices if not plan.fact.dimensions[name].through}
    asked: dict[tuple[str, ...], int] = {}
    for column in chosen:
        keys = tuple(sorted(reads_where(column)))
        asked[keys] = asked.get(keys, 0) + 1
    kept: set[str] = set()
    for keys in sorted(asked, key=lambda keys: (-asked[keys], keys)):
        more = [name for name in keys if name not in kept and name not in sliced]
        if all(name in members for name in keys) and rows * prod(members[name] for name in more) <= CUBE_AT_MOST:
            rows *= prod(members[name] for name in more)
            kept.update(keys)
    return tuple(sorted(kept))


def _members(fact: Fact) -> dict[str, int]:
    """About how many values each dimension column of the fact's own has."""
    return {
        dimension.column: dimension.members or MEMBERS
        for dimension in fact.dimensions.values()
        if dimension.through is None
    }
