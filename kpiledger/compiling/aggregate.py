"""`agg_<fact>`: the additive measures of a fact, once per tile of days and combination of dimensions."""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.anew import among_days, tile_ctes, tiles_together
from kpiledger.compiling.chosen_rows import chosen_rows
from kpiledger.compiling.columns import Column, Route, coined
from kpiledger.compiling.conversions import conversion_ctes
from kpiledger.compiling.cubes import Cube, Form, Key
from kpiledger.compiling.expressing import aggregate
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.forms import form_of
from kpiledger.compiling.incremental import is_incremental, marked, seen_model_name
from kpiledger.compiling.plan import FIGURE
from kpiledger.compiling.rows import described, dimension_models, read_often
from kpiledger.compiling.seen import seen_model
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
    ctes += _rows(plan, slices, columns)
    parts = [
        (_part_name(form, time, cube), _tiled(plan, form, cube, time))
        for cube in form.cubes
        for time in times
        if cube is form.cubes[0] or _has(cube, time)
    ]
    ctes += parts
    keys = "".join(f", {name}" for name in aggregate_keys(plan))
    told = f"Additive measures of {fact.model}. One row per {_tile_text(plan)}{keys}."
    top = header(f"metrics/facts/{fact.fact}.yml", told)
    if len(parts) > 1:
        ctes.append(("tiled", "\nunion all\n".join(f"select * from {name}" for name, _ in parts)))
    if is_incremental(plan):
        ctes.append(tiles_together(ctes[-1][0]))
    text = top + with_ctes(ctes, f"select * from {ctes[-1][0]}", inlined=read_often(plan.dialect, ctes))
    return marked(text, plan, seen_model(plan)) if is_incremental(plan) else text


def additive_times(plan: FactPlan) -> tuple[str, ...]:
    """The dates that additive measures of the fact go by, in order."""
    return tuple(sorted({column.group.time for column in plan.of_route(Route.ADDITIVE)}))


def additive_counts(plan: FactPlan) -> dict[str, str]:
    """The column that counts the rows, by the date they go by."""
    groups = {group.time: group for group in plan.groups if group.route is Route.ADDITIVE}
    return {time: plan.row_count(groups[time]) for time in additive_times(plan)}


def aggregate_keys(plan: FactPlan) -> tuple[str, ...]:
    """The columns beside the tile that say what a row of the aggregate is about."""
    form = form_of(plan)
    cube = ("cube",) if form.is_divided else ()
    return tuple(dict.fromkeys([*cube, *_slices(plan), *(key.name for key in form.keys)]))


def _slices(plan: FactPlan) -> tuple[str, ...]:
    return plan.slices_of([group for group in plan.groups if group.route is Route.ADDITIVE])


def _has(cube: Cube, time: str) -> bool:
    return any(column.group.time == time for column in cube.stored)


def _part_name(form: Form, time: str, cube: Cube) -> str:
    return coined(f"by_{time}", *(key.name for key in cube.keys)) if form.is_divided else f"by_{time}"


def _tile_text(plan: FactPlan) -> str:
    return "day" if plan.by_day else "month (cut where last year's comparison ends)"


def _rows(plan: FactPlan, slices: tuple[str, ...], columns: Sequence[Column]) -> list[Cte]:
    """The fact's rows; of few that are computed anew those, by each date, chosen before anything is joined."""
    if not is_incremental(plan):
        return [described(plan, slices, columns)]
    ctes = [imported(seen_model_name(plan)), *tile_ctes(plan)]
    for time in additive_times(plan):
        ctes.append(described(plan, slices, columns, name=_origin(plan, time), among=among_days(plan, time)))
    return ctes


def _origin(plan: FactPlan, time: str) -> str:
    """The CTE with the rows by a date; where only some are computed, each date has its own."""
    return coined("described", time) if is_incremental(plan) and len(additive_times(plan)) > 1 else "described"


def _tiled(plan: FactPlan, form: Form, cube: Cube, time: str) -> str:
    """One row per tile of a date and what a cube keeps; measures by other dates are null and stand in their own CTE."""
    origin = _origin(plan, time)
    tile, day = f"dim_day.{plan.tile}", f"{origin}.{plan.day(time)}"
    slices = [f"{origin}.{name}" for name in _slices(plan)]
    kept = [key for key in cube.keys if key.name not in _slices(plan)]
    shown = [_shown(key, origin, key in kept) for key in form.keys if key.name not in _slices(plan)]
    named = [f"'{cube.name}' as cube"] if form.is_divided else []
    counts = [
        f"{'count(*)' if other == time else 'cast(null as bigint)'} as {name}"
        for other, name in additive_counts(plan).items()
    ]
    measures = [f"{_measure(plan, column, cube, time)} as {column.name}" for column in form.stored]
    items = lines([f"{tile} as tile", *named, *slices, *shown, *counts, *measures])
    group = lines([tile, *slices, *(_grouped(key, origin) for key in kept)])
    joined = f"from {origin}\ninner join dim_day\n    on {day} = dim_day.day"
    return f"select\n{items}\n{joined}{chosen_rows(form, cube, origin)}\ngroup by\n{group}"


def _grouped(key: Key, origin: str) -> str:
    return f"{origin}.{key.name}" if key.sql == key.name else key.sql


def _shown(key: Key, origin: str, is_kept: bool) -> str:
    if not is_kept:
        return f"cast(null as {key.kind}) as {key.name}"
    return _grouped(key, origin) if key.sql == key.name else f"{key.sql} as {key.name}"


def _measure(plan: FactPlan, column: Column, cube: Cube, time: str) -> str:
    if column.group.time == time and column in cube.stored:
        return aggregate(column, plan.dialect)
    return f"cast(null as {FIGURE})"
