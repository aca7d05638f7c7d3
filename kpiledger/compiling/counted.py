"""What does not add up over days: distinct counts, medians and percentiles, anew for each stretch of days.

The rows that a condition chooses are chosen first, by themselves: a `filter` on each aggregate of one pass over the
fact costs DuckDB twice as much, and much more memory (benchmarks/kpi_sql.py --mixed).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from kpiledger.compiling.bits import counted_by_bits
from kpiledger.compiling.columns import Column, Group, coined
from kpiledger.compiling.dialects import text_literal
from kpiledger.compiling.expressing import aggregated, condition_of, counted_value, reads_value
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.fixed import fixed_members
from kpiledger.compiling.forms import bits_pay
from kpiledger.compiling.incremental import rows_of
from kpiledger.compiling.parts import MeasuredPart
from kpiledger.compiling.rows import member_of
from kpiledger.compiling.stretched import MEMBER, STRETCH, stretches_for
from kpiledger.compiling.text import Cte, lines

# The column of what occurs in a tile: the value whose different occurrences are counted.
COUNTED = "counted__value"
_ANEW = "computed anew for each stretch of days: it does not add up"


def ranked(plan: FactPlan, group: Group, has_counts: bool) -> list[MeasuredPart]:
    """The parts of medians and percentiles, which need the rows themselves."""
    return _on_rows(plan, group, coined("ranked", group.time), has_counts, "ranked")


def counted(plan: FactPlan, group: Group, has_counts: bool) -> list[MeasuredPart]:
    """The parts of the distinct counts of an expression; `has_counts` where another part counts the same rows.

    Rows of bits serve where they stay small. Else, where a row lies in one stretch of days only, its value is
    counted there, or each value is taken once per tile and combination of dimensions first: that is much less to
    count where days serve many periods and spans.
    """
    columns, slices = plan.of_group(group), plan.slices_of([group])
    name = coined("counted", columns[0].name)
    if bits_pay(plan, group):
        return _by_bits(plan, group, has_counts)
    if plan.need_of([group]).is_single:
        return _on_rows(plan, group, name, has_counts, "counted")
    seen = coined("seen", columns[0].name)
    stretches, more = stretches_for(plan, [group])
    rows = plan.row_count(group)
    measures = [f"cast(sum({seen}.{rows}) as bigint) as {rows}"]
    measures += [f"{_count(column, plan)} as {column.name}" for column in columns]
    joined = f"from {seen}\ninner join {stretches}\n    on {seen}.tile = {stretches}.tile"
    days = [f"{stretches}.{day}" for day in STRETCH]
    ctes: list[Cte] = [
        (seen, _seen(plan, group, columns, slices), "each value once per tile of days and combination of dimensions"),
        *more,
        (name, _by_slice(plan, group, seen, days, measures, joined), "counted anew for each stretch of days"),
    ]
    return [MeasuredPart(ctes, columns, (rows,))]


def _by_bits(plan: FactPlan, group: Group, has_counts: bool) -> list[MeasuredPart]:
    stretches, more = stretches_for(plan, [group])
    parts = [counted_by_bits(plan, group, stretches)]
    if not has_counts:
        parts.insert(0, _row_counts(plan, group, stretches))
    return [replace(parts[0], ctes=[*more, *parts[0].ctes]), *parts[1:]]


def _row_counts(plan: FactPlan, group: Group, stretches: str) -> MeasuredPart:
    """How many rows there are: by tile of days first."""
    first, rows, count = plan.of_group(group)[0].name, rows_of(plan, group), plan.row_count(group)
    tiled, summed, tile = coined("rows", first), coined("row_counts", first), f"dim_day.{plan.tile}"
    joined = f"from {rows}\ninner join dim_day\n    on {rows}.{plan.day(group.time)} = dim_day.day"
    keys = [*(f"{stretches}.{day}" for day in STRETCH), *(f"{tiled}.{name}" for name in MEMBER)]
    total = (
        f"select\n{lines([*keys, f'cast(sum({tiled}.{count}) as bigint) as {count}'])}\nfrom {tiled}\n"
        f"inner join {stretches}\n    on {tiled}.{plan.tile} = {stretches}.tile\ngroup by\n{lines(keys)}"
    )
    by_tile = _by_slice(plan, group, rows, [tile], [f"count(*) as {count}"], joined)
    ctes: list[Cte] = [(tiled, by_tile, "all rows by tile of days, slice and member"), (summed, total)]
    return MeasuredPart(ctes, (), (count,))


def _on_rows(plan: FactPlan, group: Group, name: str, has_counts: bool, word: str) -> list[MeasuredPart]:
    """The parts that are computed on the fact's rows, for each stretch of days that they lie in.

    One has what no condition chooses, and counts the rows where no other part does; then one for each condition.
    """
    stretches, more = stretches_for(plan, [group])
    chosen: dict[str, list[Column]] = {}
    for column in plan.of_group(group):
        chosen.setdefault(condition_of(column, plan.dialect), []).append(column)
    whole, rows = chosen.pop("", []), rows_of(plan, group)
    parts = [
        _of_chosen(plan, group, stretches, condition, columns, word)
        for condition, columns in sorted(chosen.items(), key=lambda one: one[1][0].name)
    ]
    if whole or not has_counts:
        measures = [f"count(*) as {plan.row_count(group)}", *_measures(plan, whole)]
        joined = f"from {rows}\n{_into_stretches(plan, group, stretches)}"
        body = _by_slice(plan, group, rows, [f"{stretches}.{day}" for day in STRETCH], measures, joined)
        parts.insert(0, MeasuredPart([(name, body, _ANEW)], tuple(whole), (plan.row_count(group),)))
    first = parts[0]
    return [replace(first, ctes=[*more, *first.ctes]), *parts[1:]]


def _of_chosen(
    plan: FactPlan, group: Group, stretches: str, condition: str, columns: Sequence[Column], word: str
) -> MeasuredPart:
    """What is computed on the rows that a condition chooses."""
    origin, rows = coined("chosen", columns[0].name), rows_of(plan, group)
    read = [name for column in columns for name in reads_value(column)]
    kept = [f"{rows}.{name}" for name in dict.fromkeys([*plan.slices_of([group]), *read])]
    items = [*(f"{stretches}.{day}" for day in STRETCH), *kept]
    choice = f"select\n{lines(items)}\nfrom {rows}\n{_into_stretches(plan, group, stretches)}\nwhere {condition}"
    fixed, measures = fixed_members(plan, columns[0].where, plan.slices_of([group])), _measures(plan, columns)
    body = _by_slice(plan, group, origin, STRETCH, measures, f"from {origin}", fixed)
    name = coined(columns[0].name, word)
    ctes: list[Cte] = [(origin, choice), (name, body, _ANEW)]
    if fixed:
        together = coined(name, "all")
        ctes.append((together, _with_fixed(name, fixed, columns), "the condition leaves one member, which has it all"))
    return MeasuredPart(ctes, tuple(columns))


def _with_fixed(name: str, fixed: Mapping[str, str], columns: Sequence[Column]) -> str:
    """What was measured, and the whole once more for each slice that the condition leaves one member of."""
    measures, texts = [column.name for column in columns], [f"select * from {name}"]
    for cut, member in fixed.items():
        items = [*STRETCH, f"'{cut}' as slice", f"{member} as member", *measures]
        texts.append(f"select\n{lines(items)}\nfrom {name}\nwhere slice = 'all'")
    return "\nunion all\n".join(texts)


def _into_stretches(plan: FactPlan, group: Group, stretches: str) -> str:
    """The joins that give a row once for each stretch of days that it lies in."""
    return (
        f"inner join dim_day\n    on {rows_of(plan, group)}.{plan.day(group.time)} = dim_day.day\n"
        f"inner join {stretches}\n    on dim_day.{plan.tile} = {stretches}.tile"
    )


def _measures(plan: FactPlan, columns: Sequence[Column]) -> list[str]:
    return [f"{aggregated(column, '', plan.dialect)} as {column.name}" for column in columns]


def _by_slice(
    plan: FactPlan,
    group: Group,
    origin: str,
    days: Sequence[str],
    measures: Sequence[str],
    joined: str,
    without: Collection[str] = (),
) -> str:
    """Measures of the whole and of each slice; each by itself, since rows that stand once per slice cost more."""
    whole = [*days, f"{text_literal('all', plan.dialect)} as slice", f"{text_literal('all', plan.dialect)} as member"]
    parts = [f"select\n{lines([*whole, *measures])}\n{joined}\ngroup by\n{lines(days)}"]
    for cut in (cut for cut in plan.slices_of([group]) if cut not in without):
        member = member_of(f"{origin}.{cut}", plan.dialect)
        named = [*days, f"{text_literal(cut, plan.dialect)} as slice", f"{member} as member"]
        parts.append(f"select\n{lines([*named, *measures])}\n{joined}\ngroup by\n{lines([*days, member])}")
    return "\nunion all\n".join(parts)


def _seen(plan: FactPlan, group: Group, columns: Sequence[Column], slices: Sequence[str]) -> str:
    rows, tile, value = rows_of(plan, group), f"dim_day.{plan.tile}", counted_value(columns[0], plan.dialect)
    kept = [f"{rows}.{name}" for name in slices]
    chosen = [
        f"max(case when {condition_of(column, plan.dialect)} then 1 end) as {_flag(column)}"
        for column in columns
        if column.where
    ]
    items = [f"{tile} as tile", *kept, f"{value} as {COUNTED}", f"count(*) as {plan.row_count(group)}", *chosen]
    return (
        f"select\n{lines(items)}\nfrom {rows}\n"
        f"inner join dim_day\n    on {rows}.{plan.day(group.time)} = dim_day.day\n"
        f"group by\n{lines([tile, *kept, value])}"
    )


def _count(column: Column, plan: FactPlan) -> str:
    return aggregated(column, f"{_flag(column)} = 1" if column.where else "", plan.dialect, COUNTED)


def _flag(column: Column) -> str:
    return coined(column.name, "holds")
