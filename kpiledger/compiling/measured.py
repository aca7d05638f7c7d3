"""`measured_<fact>`: every measure that KPIs ask of a fact, over each interval and for each slice and member.

Many periods and spans cover the same days: each stretch of days is computed once, and joined to the periods last.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.aggregate import additive_counts
from kpiledger.compiling.columns import Group, Route, coined
from kpiledger.compiling.expressing import aggregate
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.forms import Cube, Form, Part, form_of
from kpiledger.compiling.plan import Need
from kpiledger.compiling.rows import described, dimension_models, sliced
from kpiledger.compiling.text import Cte, header, imported, lines, text_list, with_ctes

INTERVAL = ("grain", "span", "period_start", "period_end", "is_complete")
KEYS = (*INTERVAL, "slice", "member")
_STRETCH = ("span_start", "span_end", "slice", "member")
_MEMBER = ("slice", "member")


def measured_model(plan: FactPlan) -> str:
    """The SQL of a fact's measures over intervals."""
    fact = plan.fact
    from_rows = [column for route in (Route.ROWS, Route.LATEST) for column in plan.of_route(route)]
    ctes: list[Cte] = [imported("dim_span"), imported("dim_day")]
    if plan.of_route(Route.ADDITIVE):
        ctes.append(imported(f"agg_{fact.fact}"))
    if from_rows:
        slices = plan.slices_of([column.group for column in from_rows])
        ctes += [imported(fact.model), *(imported(model) for model in dimension_models(fact, slices))]
        ctes.append(described(plan, slices, from_rows, key=fact.key))
    made: list[tuple[str, Sequence[Group]]] = []
    for parts, groups in _parts(plan):
        ctes += parts
        made.append((parts[-1][0], groups))
    ctes += _over_periods(plan, made)
    top = header(
        f"metrics/facts/{fact.fact}.yml and the KPIs over it",
        f"Measures of {fact.model}. One row per grain, span, period, slice and member.",
    )
    return top + with_ctes(ctes, f"select * from {ctes[-1][0]}")


def _parts(plan: FactPlan) -> list[tuple[list[Cte], Sequence[Group]]]:
    """The CTEs of each part that is computed by itself; the last one has a row per stretch, slice and member."""
    additive = [group for group in plan.groups if group.route is Route.ADDITIVE]
    parts: list[tuple[list[Cte], Sequence[Group]]] = []
    if additive:
        parts.append((_additive(plan, additive), additive))
    for group in plan.groups:
        if group.route is Route.ROWS:
            parts.append((_rows(plan, group), [group]))
        elif group.route is Route.LATEST:
            parts.append((_latest(plan, group), [group]))
    return parts


def _additive(plan: FactPlan, groups: Sequence[Group]) -> list[Cte]:
    form, slices = form_of(plan), plan.slices_of(groups)
    counts = list(additive_counts(plan).values())
    columns = plan.of_route(Route.ADDITIVE)
    origin, ctes = _parted(plan, form, slices, counts)
    ctes.append(sliced(plan, "sliced", origin, slices, "each row once per slice"))
    keys = ("tile", *_MEMBER)
    sums = [f"sum({name}) as {name}" for name in counts]
    sums += [f"{column.merge}({column.name}) as {column.name}" for column in columns]
    body = f"select\n{lines([*keys, *sums])}\nfrom sliced\ngroup by\n{lines(keys)}"
    ctes.append(("tiles", body, "by tile of days, slice and member"))
    stretches, more = _stretches(plan, groups)
    ctes += more
    sums = [f"cast(sum(tiles.{name}) as bigint) as {name}" for name in counts]
    sums += [f"{column.merge}(tiles.{column.name}) as {column.name}" for column in columns]
    cut = [*(f"{stretches}.{name}" for name in _STRETCH[:2]), *(f"tiles.{name}" for name in _MEMBER)]
    body = (
        f"select\n{lines([*cut, *sums])}\nfrom {stretches}\ninner join tiles\n"
        f"    on {stretches}.tile = tiles.tile\ngroup by\n{lines(cut)}"
    )
    return [*ctes, ("summed", body, "additive measures over each stretch of days")]


def _parted(plan: FactPlan, form: Form, slices: Sequence[str], counts: Sequence[str]) -> tuple[str, list[Cte]]:
    """The aggregate with every column asked for: as it stands, or where it is a cube with the conditions applied."""
    origin = f"agg_{plan.fact.fact}"
    if not form.is_cube:
        return origin, []
    names = [coined("parts_by", *(key.name for key in cube.keys)) for cube in form.cubes]
    ctes: list[Cte] = [
        (name, _chosen_parts(plan, form, cube, slices, counts), f"what is chosen by {cube.name}")
        for name, cube in zip(names, form.cubes, strict=True)
    ]
    first, *others = names
    if not others:
        return first, ctes
    items = [f"{first}.*"]
    joins = ""
    for name, cube in zip(others, form.cubes[1:], strict=True):
        items += [f"{name}.{part.column.name}" for part in cube.parts]
        equal = "".join(f"\n    and {first}.{one} is not distinct from {name}.{one}" for one in slices)
        joins += f"\nleft join {name}\n    on {first}.tile = {name}.tile{equal}"
    return "parted", [*ctes, ("parted", f"select\n{lines(items)}\nfrom {first}{joins}", "all parts side by side")]


def _chosen_parts(plan: FactPlan, form: Form, cube: Cube, slices: Sequence[str], counts: Sequence[str]) -> str:
    """By tile and dimension, the parts that conditions choose; with the first cube what is wanted whole as well."""
    keys, wanted = ["tile", *slices], {column.name for column in plan.of_route(Route.ADDITIVE)}
    items = [f"{_chosen(part)} as {part.column.name}" for part in cube.parts]
    if cube is form.cubes[0]:
        whole = [f"{one.merge}({one.name}) as {one.name}" for one in cube.stored if one.name in wanted]
        items = [*(f"sum({name}) as {name}" for name in counts), *whole, *items]
    one_cube = f"\nwhere cube = '{cube.name}'" if form.is_divided else ""
    return f"select\n{lines([*keys, *items])}\nfrom agg_{plan.fact.fact}{one_cube}\ngroup by\n{lines(keys)}"


def _chosen(part: Part) -> str:
    sql = f"{part.column.merge}(case when {part.condition} then {part.base.name} end)"
    return f"coalesce({sql}, 0)" if part.column.is_count else sql


def _rows(plan: FactPlan, group: Group) -> list[Cte]:
    name, origin = coined("from_rows", group.time), coined("sliced_rows", group.time)
    days, more = _stretches(plan, [group])
    slices, columns = plan.slices_of([group]), plan.of_group(group)
    day = f"{origin}.{plan.day(group.time)}"
    stretch = [f"{days}.{one}" for one in _STRETCH[:2]]
    keys = [*stretch, *(f"{origin}.{one}" for one in _MEMBER)]
    measures = [f"{aggregate(column, plan.dialect)} as {column.name}" for column in columns]
    body = (
        f"select\n{lines([*keys, f'count(*) as {plan.row_count(group)}', *measures])}\nfrom {origin}\n"
        f"inner join dim_day\n    on {day} = dim_day.day\n"
        f"inner join {days}\n    on dim_day.{plan.tile} = {days}.tile\ngroup by\n{lines(keys)}"
    )
    return [
        sliced(plan, origin, "described", slices, "each row once per slice"),
        *more,
        (name, body, "measures that do not add up: computed anew for each stretch of days"),
    ]


def _latest(plan: FactPlan, group: Group) -> list[Cte]:
    states, ends, name = (coined(word, group.time, *group.over) for word in ("states", "ends", "standing"))
    origin, day, columns = f"sliced_{states}", plan.day(group.time), plan.of_group(group)
    need = plan.need_of([group])
    order = ", ".join(dict.fromkeys([day, *plan.fact.key]))
    lasting = (
        f"select\n    *,\n    lead({day}) over (partition by {', '.join(group.over)} order by {order}) as replaced_on\n"
        f"from described\nwhere {day} is not null"
    )
    each_end = f"select distinct span_start, span_end\nfrom dim_span\n{_where(need)}"
    keys = [*(f"{ends}.{one}" for one in _STRETCH[:2]), *(f"{origin}.{one}" for one in _MEMBER)]
    measures = [f"{aggregate(column, plan.dialect)} as {column.name}" for column in columns]
    body = (
        f"select\n{lines([*keys, f'count(*) as {plan.row_count(group)}', *measures])}\nfrom {ends}\n"
        f"inner join {origin}\n    on {origin}.{day} <= {ends}.span_end\n"
        f"    and ({origin}.replaced_on is null or {origin}.replaced_on > {ends}.span_end)\ngroup by\n{lines(keys)}"
    )
    return [
        (states, lasting, f"each row holds until the next one of the same {', '.join(group.over)}"),
        sliced(plan, origin, states, plan.slices_of([group]), "each state once per slice"),
        (ends, each_end, "each stretch of days once: only its last day counts"),
        (name, body, "what stands at the end of each stretch of days"),
    ]


def _stretches(plan: FactPlan, groups: Sequence[Group]) -> tuple[str, list[Cte]]:
    """The CTE with the tiles of each stretch that some groups are needed for; none where an earlier one serves."""
    tiled = [[group for group in plan.groups if group.route is Route.ADDITIVE]]
    tiled += [[group] for group in plan.groups if group.route is Route.ROWS]
    need = plan.need_of(groups)
    first = next(others for others in tiled if others and plan.need_of(others) == need)
    name = "stretches" if first == next(filter(None, tiled)) else coined("stretches_of", first[0].time)
    return name, [_tiles_of_stretches(plan, name, need)] if first == list(groups) else []


def _tiles_of_stretches(plan: FactPlan, name: str, need: Need) -> Cte:
    body = (
        f"select distinct\n    dim_span.span_start,\n    dim_span.span_end,\n    dim_day.{plan.tile} as tile\n"
        "from dim_span\ninner join dim_day\n    on dim_day.day between dim_span.span_start and dim_span.span_end\n"
        f"{_where(need, 'dim_span.')}"
    )
    return name, body, "the tiles of each stretch of days, each stretch once"


def _over_periods(plan: FactPlan, made: Sequence[tuple[str, Sequence[Group]]]) -> list[Cte]:
    """The parts joined to the periods and spans that cover their days."""
    counts = tuple(dict.fromkeys(plan.row_count(group) for group in plan.groups))
    ctes = _together(plan, made, counts) if len(made) > 1 else []
    whole = ctes[-1][0] if ctes else made[0][0]
    items = [f"dim_span.{name}" for name in INTERVAL]
    items += [f"{whole}.{name}" for name in (*_MEMBER, *counts, *(column.name for column in plan.columns))]
    body = (
        f"select\n{lines(items)}\nfrom dim_span\ninner join {whole}\n"
        f"    on dim_span.span_start = {whole}.span_start\n    and dim_span.span_end = {whole}.span_end\n"
        f"{_where(plan.need, 'dim_span.')}"
    )
    return [*ctes, ("measured", body, "for every period and span that covers these days")]


def _together(plan: FactPlan, made: Sequence[tuple[str, Sequence[Group]]], counts: Sequence[str]) -> list[Cte]:
    """The parts side by side, for every stretch of days and member that any of them has."""
    found = "\nunion\n".join(f"select {', '.join(_STRETCH)} from {name}" for name, _ in made)
    sources = {one: [name for name, groups in made if one in map(plan.row_count, groups)] for one in counts}
    items = [*(f"all_members.{name}" for name in _STRETCH), *(_first(names, one) for one, names in sources.items())]
    items += [f"{name}.{column.name}" for name, groups in made for group in groups for column in plan.of_group(group)]
    joins = ""
    for name, _ in made:
        keys = "\n    and ".join(f"all_members.{key} = {name}.{key}" for key in _STRETCH)
        joins += f"\nleft join {name}\n    on {keys}"
    return [
        ("all_members", found, "every stretch of days and member that any measure has"),
        ("together", f"select\n{lines(items)}\nfrom all_members{joins}"),
    ]


def _first(parts: Sequence[str], column: str) -> str:
    """A column from the first of several parts that has it: those by one date count the same rows."""
    if len(parts) == 1:
        return f"{parts[0]}.{column}"
    return f"coalesce({', '.join(f'{part}.{column}' for part in parts)}) as {column}"


def _where(need: Need, prefix: str = "") -> str:
    return f"where {prefix}grain in ({text_list(need.grains)})\n    and {prefix}span in ({text_list(need.spans)})"
