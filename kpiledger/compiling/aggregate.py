"""`agg_<fact>`: the additive measures of a fact, once per tile of days and combination of dimensions."""

from __future__ import annotations

from kpiledger.compiling.columns import Column, Route
from kpiledger.compiling.conversions import conversion_ctes
from kpiledger.compiling.expressing import aggregate
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.forms import Form, form_of
from kpiledger.compiling.rows import described, dimension_models
from kpiledger.compiling.text import Cte, header, imported, lines, with_ctes


def aggregate_model(plan: FactPlan) -> str | None:
    """The SQL of the aggregate; None where no additive measure of the fact is asked for."""
    columns = plan.of_route(Route.ADDITIVE)
    if not columns:
        return None
    fact, form, times = plan.fact, form_of(plan), additive_times(plan)
    slices = _slices(plan)
    events = {column.converted.fact.model for column in columns if column.converted}
    models = sorted({*dimension_models(fact, slices), *events} - {fact.model})
    ctes: list[Cte] = [imported(fact.model), *(imported(model) for model in models), imported("dim_day")]
    ctes += conversion_ctes(plan.project, fact, columns, plan.dialect)
    ctes.append(described(plan, slices, columns))
    ctes += [(f"by_{time}", _tiled(plan, form, time)) for time in times]
    keys = "".join(f", {name}" for name in aggregate_keys(plan))
    told = f"Additive measures of {fact.model}. One row per {_tile_text(plan)}{keys}."
    top = header(f"metrics/facts/{fact.fact}.yml", told)
    if len(times) == 1:
        return top + with_ctes(ctes, f"select * from by_{times[0]}")
    union = "\nunion all\n".join(f"select * from by_{time}" for time in times)
    return top + with_ctes([*ctes, ("tiled", union)], "select * from tiled")


def additive_times(plan: FactPlan) -> tuple[str, ...]:
    """The dates that additive measures of the fact go by, in order."""
    return tuple(sorted({column.group.time for column in plan.of_route(Route.ADDITIVE)}))


def additive_counts(plan: FactPlan) -> dict[str, str]:
    """The column that counts the rows, by the date they go by."""
    groups = {group.time: group for group in plan.groups if group.route is Route.ADDITIVE}
    return {time: plan.row_count(groups[time]) for time in additive_times(plan)}


def aggregate_keys(plan: FactPlan) -> tuple[str, ...]:
    """The columns beside the tile that say what a row of the aggregate is about."""
    return tuple(dict.fromkeys([*_slices(plan), *form_of(plan).kept]))


def _slices(plan: FactPlan) -> tuple[str, ...]:
    return plan.slices_of([group for group in plan.groups if group.route is Route.ADDITIVE])


def _tile_text(plan: FactPlan) -> str:
    return "day" if plan.by_day else "month (cut where last year's comparison ends)"


def _tiled(plan: FactPlan, form: Form, time: str) -> str:
    """One row per tile of a date; measures by other dates are null here and stand in their own CTE."""
    day = f"described.{plan.day(time)}"
    cut = aggregate_keys(plan)
    counts = [
        f"{'count(*)' if other == time else 'cast(null as bigint)'} as {name}"
        for other, name in additive_counts(plan).items()
    ]
    measures = [f"{_measure(plan, column, time)} as {column.name}" for column in form.stored]
    tile = f"dim_day.{plan.tile}"
    items = lines([f"{tile} as tile", *(f"described.{name}" for name in cut), *counts, *measures])
    group = lines([tile, *(f"described.{name}" for name in cut)])
    return f"select\n{items}\nfrom described\ninner join dim_day\n    on {day} = dim_day.day\ngroup by\n{group}"


def _measure(plan: FactPlan, column: Column, time: str) -> str:
    return aggregate(column, plan.dialect) if column.group.time == time else "cast(null as decimal(38, 6))"
