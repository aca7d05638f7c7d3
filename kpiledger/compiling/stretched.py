"""The tiles of the stretches of days that some columns of a fact are needed for."""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.columns import Group, Route, coined
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.incremental import spans_of
from kpiledger.compiling.plan import Need
from kpiledger.compiling.text import Cte, one_of

# What a measure over a stretch of days is known by.
STRETCH = ("span_start", "span_end")
MEMBER = ("slice", "member")


def stretches_for(plan: FactPlan, groups: Sequence[Group]) -> tuple[str, list[Cte]]:
    """The name of the CTE with the tiles of each stretch that some groups are needed for.

    The CTE is given as well, but where an earlier one of the same model serves.
    """
    tiled = [[group for group in plan.groups if group.route is Route.ADDITIVE]]
    tiled += [[group] for group in plan.groups if group.route in (Route.DISTINCT, Route.ROWS)]
    tiled = [others for others in tiled if others]
    need = plan.need_of(groups)
    first = next(others for others in tiled if plan.need_of(others) == need)
    name = "stretches" if first == tiled[0] else coined("stretches_of", plan.of_group(first[0])[0].name)
    return name, [_tiles(plan, name, need)] if first == list(groups) else []


def needed(need: Need, prefix: str = "") -> str:
    """The condition that leaves only the periods and stretches that are needed."""
    return f"where {one_of(f'{prefix}grain', need.grains)}\n    and {one_of(f'{prefix}span', need.spans)}"


def _tiles(plan: FactPlan, name: str, need: Need) -> Cte:
    spans = spans_of(plan)
    body = (
        f"select distinct\n    {spans}.span_start,\n    {spans}.span_end,\n    dim_day.{plan.tile} as tile\n"
        f"from {spans}\ninner join dim_day\n    on dim_day.day between {spans}.span_start and {spans}.span_end\n"
        f"{needed(need, f'{spans}.')}"
    )
    return name, body, "the tiles of each stretch of days, each stretch once"
