"""What does not add up over days: distinct counts, medians and percentiles, anew for each stretch of days."""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.columns import Column, Group, coined
from kpiledger.compiling.expressing import aggregate, aggregated, condition_of, counted_value
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.incremental import rows_of
from kpiledger.compiling.rows import sliced
from kpiledger.compiling.stretched import MEMBER, STRETCH, stretches_for
from kpiledger.compiling.text import Cte, lines

# The column of what occurs in a tile: the value whose different occurrences are counted.
COUNTED = "counted__value"


def ranked(plan: FactPlan, group: Group) -> list[Cte]:
    """The CTEs of medians and percentiles, which need the rows themselves."""
    columns = plan.of_group(group)
    origin = coined("sliced_rows", group.time)
    stretches, more = stretches_for(plan, [group])
    keys = _keys(stretches, origin)
    measures = [f"{aggregate(column, plan.dialect)} as {column.name}" for column in columns]
    body = (
        f"select\n{lines([*keys, f'count(*) as {plan.row_count(group)}', *measures])}\nfrom {origin}\n"
        f"inner join dim_day\n    on {origin}.{plan.day(group.time)} = dim_day.day\n"
        f"inner join {stretches}\n    on dim_day.{plan.tile} = {stretches}.tile\ngroup by\n{lines(keys)}"
    )
    return [
        sliced(plan, origin, rows_of(plan, group), plan.slices_of([group]), "each row once per slice"),
        *more,
        (coined("ranked", group.time), body, "measures of rank: computed anew for each stretch of days"),
    ]


def counted(plan: FactPlan, group: Group) -> list[Cte]:
    """The CTEs of the distinct counts of an expression: each of its values once per tile and member, then counted."""
    columns, slices = plan.of_group(group), plan.slices_of([group])
    seen, origin, name = (coined(word, columns[0].name) for word in ("seen", "sliced", "counted"))
    stretches, more = stretches_for(plan, [group])
    keys = _keys(stretches, origin)
    rows = plan.row_count(group)
    measures = [f"{_count(column, plan)} as {column.name}" for column in columns]
    items = [*keys, f"cast(sum({origin}.{rows}) as bigint) as {rows}", *measures]
    body = (
        f"select\n{lines(items)}\nfrom {origin}\n"
        f"inner join {stretches}\n    on {origin}.tile = {stretches}.tile\ngroup by\n{lines(keys)}"
    )
    return [
        (seen, _seen(plan, group, columns, slices), "each value once per tile of days and combination of dimensions"),
        sliced(plan, origin, seen, slices, "once per slice"),
        *more,
        (name, body, "different values, counted anew for each stretch of days"),
    ]


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


def _keys(stretches: str, origin: str) -> list[str]:
    return [*(f"{stretches}.{name}" for name in STRETCH), *(f"{origin}.{name}" for name in MEMBER)]
