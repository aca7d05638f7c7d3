"""`measured_<fact>`: every measure that KPIs ask of a fact, over each interval and for each slice and member.

Many periods and spans cover the same days: each stretch of days is computed once, and joined to the periods last.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.aggregate import aggregate_model
from kpiledger.compiling.anew import among_days, days_of_spans, measures_together, span_ctes, stored_stretch
from kpiledger.compiling.columns import Column, Group, Route
from kpiledger.compiling.counted import counted, ranked
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.incremental import is_incremental, marked, rows_of, seen_model_name, spans_of
from kpiledger.compiling.rows import described, dimension_models
from kpiledger.compiling.seen import seen_model
from kpiledger.compiling.standing import standing
from kpiledger.compiling.stretched import MEMBER, STRETCH, needed
from kpiledger.compiling.summed import summed
from kpiledger.compiling.text import Cte, header, imported, lines, with_ctes

INTERVAL = ("grain", "span", "period_start", "period_end", "is_complete")
KEYS = (*INTERVAL, "slice", "member")
_KEYS = (*STRETCH, *MEMBER)
_ON_ROWS = (Route.DISTINCT, Route.ROWS, Route.LATEST)


def measured_model(plan: FactPlan) -> str:
    """The SQL of a fact's measures over intervals."""
    fact = plan.fact
    from_rows = [column for route in _ON_ROWS for column in plan.of_route(route)]
    ctes: list[Cte] = [imported("dim_span"), imported("dim_day")]
    if is_incremental(plan):
        ctes.append(imported(seen_model_name(plan)))
    if plan.of_route(Route.ADDITIVE):
        ctes.append(imported(f"agg_{fact.fact}"))
    if is_incremental(plan):
        ctes += span_ctes(plan)
    if from_rows:
        slices = plan.slices_of([column.group for column in from_rows])
        ctes += [imported(fact.model), *(imported(model) for model in dimension_models(fact, slices))]
        ctes += _described(plan, slices, from_rows)
    made: list[tuple[str, Sequence[Group]]] = []
    for parts, groups in _parts(plan):
        ctes += parts
        made.append((parts[-1][0], groups))
    ctes += _over_periods(plan, made)
    top = header(
        f"metrics/facts/{fact.fact}.yml and the KPIs over it",
        f"Measures of {fact.model}. One row per grain, span, period, slice and member.",
    )
    if is_incremental(plan):
        ctes.append(measures_together([*KEYS, *_row_counts(plan), *(column.name for column in plan.columns)]))
    text = top + with_ctes(ctes, f"select * from {ctes[-1][0]}")
    return marked(text, plan, aggregate_model(plan) or "", seen_model(plan)) if is_incremental(plan) else text


def _row_counts(plan: FactPlan) -> tuple[str, ...]:
    """The columns that count rows, each once."""
    return tuple(dict.fromkeys(plan.row_count(group) for group in plan.groups))


def _described(plan: FactPlan, slices: tuple[str, ...], columns: Sequence[Column]) -> list[Cte]:
    """The fact's rows; where only some days are computed those, by each date, and all of them for states."""
    if not is_incremental(plan):
        return [described(plan, slices, columns, plan.fact.key)]
    groups = [group for group in plan.groups if group.route in (Route.DISTINCT, Route.ROWS)]
    ctes: list[Cte] = [days_of_spans(plan, groups)] if groups else []
    for group in {group.time: group for group in groups}.values():
        name, among = rows_of(plan, group), among_days(plan, group.time)
        ctes.append(described(plan, slices, columns, plan.fact.key, name=name, among=among))
    if any(group.route is Route.LATEST for group in plan.groups):
        ctes.append(described(plan, slices, columns, plan.fact.key))
    return ctes


def _parts(plan: FactPlan) -> list[tuple[list[Cte], Sequence[Group]]]:
    """The CTEs of each part that is computed by itself; the last one has a row per stretch, slice and member."""
    additive = [group for group in plan.groups if group.route is Route.ADDITIVE]
    parts: list[tuple[list[Cte], Sequence[Group]]] = []
    if additive:
        parts.append((summed(plan, additive), additive))
    alone = {Route.DISTINCT: counted, Route.ROWS: ranked, Route.LATEST: standing}
    parts += [(alone[group.route](plan, group), [group]) for group in plan.groups if group.route in alone]
    return parts


def _over_periods(plan: FactPlan, made: Sequence[tuple[str, Sequence[Group]]]) -> list[Cte]:
    """The parts joined to the periods and spans that cover their days."""
    counts, spans = _row_counts(plan), spans_of(plan)
    ctes = _together(plan, made, counts) if len(made) > 1 else []
    whole = ctes[-1][0] if ctes else made[0][0]
    items = [f"{spans}.{name}" for name in INTERVAL]
    items += [f"{whole}.{name}" for name in (*MEMBER, *counts, *(column.name for column in plan.columns))]
    items += stored_stretch(plan) if is_incremental(plan) else []
    body = (
        f"select\n{lines(items)}\nfrom {spans}\ninner join {whole}\n"
        f"    on {spans}.span_start = {whole}.span_start\n    and {spans}.span_end = {whole}.span_end\n"
        f"{needed(plan.need, f'{spans}.')}"
    )
    return [*ctes, ("measured", body, "for every period and span that covers these days")]


def _together(plan: FactPlan, made: Sequence[tuple[str, Sequence[Group]]], counts: Sequence[str]) -> list[Cte]:
    """The parts side by side, for every stretch of days and member that any of them has."""
    found = "\nunion\n".join(f"select {', '.join(_KEYS)} from {name}" for name, _ in made)
    sources = {one: [name for name, groups in made if one in map(plan.row_count, groups)] for one in counts}
    items = [*(f"all_members.{name}" for name in _KEYS), *(_first(names, one) for one, names in sources.items())]
    items += [f"{name}.{column.name}" for name, groups in made for group in groups for column in plan.of_group(group)]
    joins = ""
    for name, _ in made:
        keys = "\n    and ".join(f"all_members.{key} = {name}.{key}" for key in _KEYS)
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
