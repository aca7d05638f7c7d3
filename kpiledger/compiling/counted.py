"""What does not add up over days: distinct counts, medians and percentiles, anew for each stretch of days."""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.columns import Column, Group, coined
from kpiledger.compiling.dialects import text_literal
from kpiledger.compiling.expressing import aggregate, aggregated, condition_of, counted_value
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.incremental import rows_of
from kpiledger.compiling.rows import member_of
from kpiledger.compiling.stretched import STRETCH, stretches_for
from kpiledger.compiling.text import Cte, lines

# The column of what occurs in a tile: the value whose different occurrences are counted.
COUNTED = "counted__value"


def ranked(plan: FactPlan, group: Group) -> list[Cte]:
    """The CTEs of medians and percentiles, which need the rows themselves."""
    return _on_rows(plan, group, coined("ranked", group.time))


def counted(plan: FactPlan, group: Group) -> list[Cte]:
    """The CTEs of the distinct counts of an expression.

    Where a row lies in one stretch of days only, its value is counted there. Else each value is taken once per tile
    and combination of dimensions first: that is much less to count where days serve many periods and spans.
    """
    columns, slices = plan.of_group(group), plan.slices_of([group])
    name = coined("counted", columns[0].name)
    if plan.need_of([group]).is_single:
        return _on_rows(plan, group, name)
    seen = coined("seen", columns[0].name)
    stretches, more = stretches_for(plan, [group])
    rows = plan.row_count(group)
    measures = [f"cast(sum({seen}.{rows}) as bigint) as {rows}"]
    measures += [f"{_count(column, plan)} as {column.name}" for column in columns]
    joined = f"from {seen}\ninner join {stretches}\n    on {seen}.tile = {stretches}.tile"
    return [
        (seen, _seen(plan, group, columns, slices), "each value once per tile of days and combination of dimensions"),
        *more,
        (name, _by_slice(plan, group, seen, stretches, measures, joined), "counted anew for each stretch of days"),
    ]


def _on_rows(plan: FactPlan, group: Group, name: str) -> list[Cte]:
    """The CTEs of measures that are computed on the fact's rows, for each stretch of days that they lie in."""
    rows = rows_of(plan, group)
    stretches, more = stretches_for(plan, [group])
    measures = [f"count(*) as {plan.row_count(group)}"]
    measures += [f"{aggregate(column, plan.dialect)} as {column.name}" for column in plan.of_group(group)]
    joined = (
        f"from {rows}\ninner join dim_day\n    on {rows}.{plan.day(group.time)} = dim_day.day\n"
        f"inner join {stretches}\n    on dim_day.{plan.tile} = {stretches}.tile"
    )
    body = _by_slice(plan, group, rows, stretches, measures, joined)
    return [*more, (name, body, "measures that do not add up: computed anew for each stretch of days")]


def _by_slice(plan: FactPlan, group: Group, origin: str, stretches: str, measures: Sequence[str], joined: str) -> str:
    """Measures of the whole and of each slice; each by itself, since rows that stand once per slice cost more."""
    days = [f"{stretches}.{name}" for name in STRETCH]
    whole = [*days, f"{text_literal('all', plan.dialect)} as slice", f"{text_literal('all', plan.dialect)} as member"]
    parts = [f"select\n{lines([*whole, *measures])}\n{joined}\ngroup by\n{lines(days)}"]
    for cut in plan.slices_of([group]):
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
