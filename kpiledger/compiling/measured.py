"""`measured_<fact>`: every measure that KPIs ask of a fact, over each interval and for each slice and member.

Many periods and spans cover the same days: each stretch of days is computed once, and joined to the periods last.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.aggregate import additive_counts, aggregate_model
from kpiledger.compiling.anew import among_days, days_of_spans, measures_together, span_ctes, stored_stretch
from kpiledger.compiling.columns import Column, Group, Route
from kpiledger.compiling.counted import counted, ranked
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.incremental import is_incremental, marked, rows_of, seen_model_name, spans_of
from kpiledger.compiling.parts import MeasuredPart, together
from kpiledger.compiling.rows import described, dimension_models, read_often
from kpiledger.compiling.seen import seen_model
from kpiledger.compiling.standing import standing
from kpiledger.compiling.stretched import MEMBER, needed
from kpiledger.compiling.summed import summed
from kpiledger.compiling.text import Cte, header, imported, lines, with_ctes

INTERVAL = ("grain", "span", "period_start", "period_end", "is_complete")
KEYS = (*INTERVAL, "slice", "member")
_ALONE = {Route.DISTINCT: counted, Route.ROWS: ranked}
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
    parts = _parts(plan)
    for part in parts:
        ctes += part.ctes
    ctes += _over_periods(plan, parts)
    top = header(
        f"metrics/facts/{fact.fact}.yml and the KPIs over it",
        f"Measures of {fact.model}. One row per grain, span, period, slice and member.",
    )
    if is_incremental(plan):
        ctes.append(measures_together([*KEYS, *_row_counts(plan), *(column.name for column in plan.columns)]))
    text = top + with_ctes(ctes, f"select * from {ctes[-1][0]}", inlined=read_often(plan.dialect, ctes))
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


def _parts(plan: FactPlan) -> list[MeasuredPart]:
    """Each part that is computed by itself."""
    additive = [group for group in plan.groups if group.route is Route.ADDITIVE]
    parts: list[MeasuredPart] = []
    if additive:
        counts = tuple(additive_counts(plan).values())
        parts.append(MeasuredPart(summed(plan, additive), plan.of_route(Route.ADDITIVE), counts))
    counting = [additive] if additive else []
    for group in plan.groups:
        if group.route is Route.LATEST:
            parts.append(MeasuredPart(standing(plan, group), plan.of_group(group), (plan.row_count(group),)))
        elif group.route in _ALONE:
            parts += _ALONE[group.route](plan, group, _is_counted(plan, group, counting))
            counting.append([group])
    return parts


def _is_counted(plan: FactPlan, group: Group, counting: Sequence[Sequence[Group]]) -> bool:
    """Whether a part before this one counts its rows, over every stretch of days and slice that it needs."""
    return any(
        plan.row_count(group) in map(plan.row_count, others)
        and plan.need_of([group]) == plan.need_of(others)
        and set(plan.slices_of([group])) <= set(plan.slices_of(others))
        for others in counting
    )


def _over_periods(plan: FactPlan, made: Sequence[MeasuredPart]) -> list[Cte]:
    """The parts joined to the periods and spans that cover their days."""
    counts, spans = _row_counts(plan), spans_of(plan)
    ctes = together(made, counts) if len(made) > 1 else []
    whole = ctes[-1][0] if ctes else made[0].name
    items = [f"{spans}.{name}" for name in INTERVAL]
    items += [f"{whole}.{name}" for name in (*MEMBER, *counts, *(column.name for column in plan.columns))]
    items += stored_stretch(plan) if is_incremental(plan) else []
    body = (
        f"select\n{lines(items)}\nfrom {spans}\ninner join {whole}\n"
        f"    on {spans}.span_start = {whole}.span_start\n    and {spans}.span_end = {whole}.span_end\n"
        f"{needed(plan.need, f'{spans}.')}"
    )
    return [*ctes, ("measured", body, "for every period and span that covers these days")]
