"""Sums, counts and extremes of a fact over each stretch of days, from the tiles of its aggregate."""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.aggregate import additive_counts
from kpiledger.compiling.anew import tiles_anew
from kpiledger.compiling.columns import Group, Route, coined
from kpiledger.compiling.cubes import Cube, Form, Part
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.forms import form_of
from kpiledger.compiling.incremental import is_incremental
from kpiledger.compiling.rows import sliced
from kpiledger.compiling.stretched import MEMBER, STRETCH, stretches_for
from kpiledger.compiling.text import Cte, lines


def summed(plan: FactPlan, groups: Sequence[Group]) -> list[Cte]:
    """The CTEs of the additive measures; the last one has a row per stretch of days, slice and member."""
    form, slices = form_of(plan), plan.slices_of(groups)
    counts = list(additive_counts(plan).values())
    columns = plan.of_route(Route.ADDITIVE)
    stretches, more = stretches_for(plan, groups)
    aggregate = f"agg_{plan.fact.fact}"
    ctes: list[Cte] = []
    if is_incremental(plan):
        ctes, more = [*more, *tiles_anew(stretches, aggregate)], []
        aggregate = ctes[-1][0]
    origin, parted = _parted(plan, form, slices, counts, aggregate)
    ctes += parted
    ctes.append(sliced(plan, "sliced", origin, slices, "each row once per slice"))
    keys = ("tile", *MEMBER)
    sums = [f"sum({name}) as {name}" for name in counts]
    sums += [f"{column.merge}({column.name}) as {column.name}" for column in columns]
    body = f"select\n{lines([*keys, *sums])}\nfrom sliced\ngroup by\n{lines(keys)}"
    ctes.append(("tiles", body, "by tile of days, slice and member"))
    ctes += more
    sums = [f"cast(sum(tiles.{name}) as bigint) as {name}" for name in counts]
    sums += [f"{column.merge}(tiles.{column.name}) as {column.name}" for column in columns]
    cut = [*(f"{stretches}.{name}" for name in STRETCH), *(f"tiles.{name}" for name in MEMBER)]
    body = (
        f"select\n{lines([*cut, *sums])}\nfrom {stretches}\ninner join tiles\n"
        f"    on {stretches}.tile = tiles.tile\ngroup by\n{lines(cut)}"
    )
    return [*ctes, ("summed", body, "additive measures over each stretch of days")]


def _parted(
    plan: FactPlan, form: Form, slices: Sequence[str], counts: Sequence[str], origin: str
) -> tuple[str, list[Cte]]:
    """The aggregate with every column asked for: as it stands, or where it is a cube with the conditions applied."""
    if not form.is_cube:
        return origin, []
    names = ["chosen__parts"]
    if form.is_divided:
        names = [coined("parts_by", *(key.name for key in cube.keys)) for cube in form.cubes]
    told = "the parts of measures that conditions choose"
    ctes: list[Cte] = [
        (name, _chosen_parts(plan, form, cube, slices, counts, origin), told)
        for name, cube in zip(names, form.cubes, strict=True)
    ]
    first, *others = names
    if not others:
        return first, ctes
    items = [f"{first}.*"]
    joins = ""
    for name, cube in zip(others, form.cubes[1:], strict=True):
        items += [_beside(part, plan, name, first) for part in cube.parts]
        equal = "".join(f"\n    and {first}.{one} is not distinct from {name}.{one}" for one in slices)
        joins += f"\nleft join {name}\n    on {first}.tile = {name}.tile{equal}"
    return "parted", [*ctes, ("parted", f"select\n{lines(items)}\nfrom {first}{joins}", "all parts side by side")]


def _chosen_parts(
    plan: FactPlan, form: Form, cube: Cube, slices: Sequence[str], counts: Sequence[str], origin: str
) -> str:
    """By tile and dimension, the parts that conditions choose; with the first cube what is wanted whole as well."""
    keys, wanted = ["tile", *slices], {column.name for column in plan.of_route(Route.ADDITIVE)}
    items = [f"{_chosen(part)} as {part.column.name}" for part in cube.parts]
    if cube is form.cubes[0]:
        items = [f"{_zero(part, plan, _chosen(part))} as {part.column.name}" for part in cube.parts]
        whole = [f"{one.merge}({one.name}) as {one.name}" for one in cube.stored if one.name in wanted]
        items = [*(f"sum({name}) as {name}" for name in counts), *whole, *items]
    one_cube = f"\nwhere cube = '{cube.name}'" if form.is_divided else ""
    return f"select\n{lines([*keys, *items])}\nfrom {origin}{one_cube}\ngroup by\n{lines(keys)}"


def _chosen(part: Part) -> str:
    return f"{part.column.merge}(case when {part.condition} then {part.base.name} end)"


def _zero(part: Part, plan: FactPlan, chosen: str) -> str:
    """A count is 0 where rows are there and none is chosen; rows of another date only are no rows of its own."""
    if not part.column.is_count:
        return chosen
    rows = plan.row_count(part.column.group)
    return (
        f"coalesce({chosen}, 0)" if rows == "row_count" else f"case when sum({rows}) > 0 then coalesce({chosen}, 0) end"
    )


def _beside(part: Part, plan: FactPlan, name: str, first: str) -> str:
    """A part of another cube than the first, which has a row for all that is there."""
    column = part.column.name
    if not part.column.is_count:
        return f"{name}.{column}"
    rows = plan.row_count(part.column.group)
    chosen = f"coalesce({name}.{column}, 0)"
    return f"{chosen if rows == 'row_count' else f'case when {first}.{rows} > 0 then {chosen} end'} as {column}"
