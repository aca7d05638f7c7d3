"""In which form are a fact's measures computed? Sums, counts and extremes either plain or from cubes:

plain   each chosen part of a measure is a column of the aggregate, `sum(case when <condition> then <expr> end)`
        (`filter` on PostgreSQL). The fact is read once; the cost grows with the number of conditions times its rows.
cube    the aggregate keeps the columns that conditions read, and one sum for each expression; the conditions are
        applied to its few rows. Of a column of many values those are kept that conditions ask for, or each condition
        itself, as true or false. A cube reads the fact once; then the cost hardly grows with the number of conditions.

Measured on 10 million rows (benchmarks/kpi_sql.py): below some 25 conditions plain wins on DuckDB, above it cubes;
on PostgreSQL plain always. A cube of too many rows is a trap, so they are estimated from the members that the fact
file states for its dimensions, and conditions that would make one too large get a cube of their own, or stay plain.

Distinct counts are computed anew from the rows, or on DuckDB from rows of bits, where the fact file states how many
members the counted column and the dimensions have and the bits of them all stay small.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from kpiledger.compiling.columns import Column, Group, Route, coined
from kpiledger.compiling.cubes import Cube, Families, Form, Part
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.grouping import pays, together
from kpiledger.compiling.keys import families_of
from kpiledger.compiling.sizes import DAYS_OF, days_of, tiles_of

# Above so many conditions cubes are faster.
PLAIN_AT_MOST = 25
# Bytes that the rows of bits of one distinct count may take: as many as lie near the processor. At four times as many
# counting them costs more than it saves, unless days serve many periods and spans.
BITS_AT_MOST, SHARED_BITS_AT_MOST = 16 * 2**20, 64 * 2**20


@lru_cache(maxsize=256)
def form_of(plan: FactPlan) -> Form:
    """The form that the additive columns of a fact are computed in."""
    columns = plan.of_route(Route.ADDITIVE)
    chosen = [column for column in columns if column.where and not column.converted]
    if plan.dialect is Dialect.POSTGRES:
        return _plain(columns, "plain: PostgreSQL computes FILTER on the rows fastest")
    if len(chosen) <= PLAIN_AT_MOST:
        return _plain(columns, f"plain: {len(chosen)} conditions, at most {PLAIN_AT_MOST}")
    groups = [group for group in together(plan, families_of(plan, chosen)) if pays(group)]
    if not groups:
        return _plain(columns, "plain: too many members, or too few conditions that go together")
    return _cubes(columns, groups)


def bits_pay(plan: FactPlan, group: Group) -> bool:
    """Whether distinct counts are computed from rows of bits: on DuckDB, where these are known to stay small.

    There is a bit for each tile or stretch of days, each member of each slice and each value counted.
    """
    dimensions, cuts = plan.fact.dimensions, plan.slices_of([group])
    own = {one.column: one.members for one in dimensions.values() if not one.through}
    counted = own.get(plan.of_group(group)[0].expr or "")
    members = [dimensions[cut].members for cut in cuts]
    if plan.dialect is not Dialect.DUCKDB or counted is None or not all(members):
        return False
    need = plan.need_of([group])
    lengths = {(stretch.span, stretch.rolling) for stretch in need.stretches}
    stretches = sum(days_of(plan) // DAYS_OF[grain] + 1 for grain in need.grains) * len(lengths)
    bits = max(tiles_of(plan), stretches) * (1 + sum(one or 0 for one in members)) * counted
    return bits <= 8 * (BITS_AT_MOST if need.is_single else SHARED_BITS_AT_MOST)


def _plain(columns: tuple[Column, ...], reason: str) -> Form:
    return Form((Cube((), (), columns),), reason)


def _cubes(columns: Sequence[Column], groups: Sequence[Families]) -> Form:
    moved = {column.name for group in groups for parts in group.values() for column, _ in parts}
    others = [column for column in columns if column.name not in moved]
    whole: dict[tuple[object, ...], Column] = {}
    whole |= {(one.agg, one.expr, one.group): one for one in others if not one.where and not one.converted}
    cubes = []
    for index, group in enumerate(groups):
        parts = sorted(_parts(group, whole), key=lambda part: part.column.name)
        stored = {part.base.name: part.base for part in parts}
        if index == 0:
            stored |= {column.name: column for column in others}
        keys = {key.name: key for read in group for key in read}
        kept, columns_of = (tuple(keys[one] for one in sorted(keys)), tuple(stored[one] for one in sorted(stored)))
        cubes.append(Cube(kept, tuple(parts), columns_of))
    plain = sum(1 for column in others if column.where)
    told = "; ".join(cube.name for cube in cubes)
    return Form(tuple(cubes), f"cube: {len(moved)} conditions in {len(cubes)} ({told}), {plain} plain")


def _parts(group: Families, whole: dict[tuple[object, ...], Column]) -> Iterable[Part]:
    for parts in group.values():
        for column, condition in parts:
            base = replace(column, name=coined(column.name, "whole"), where=())
            yield Part(column, whole.setdefault((column.agg, column.expr, column.group), base), condition)
