"""Semi-additive measures: for each stretch of days the last row of each key, at or before its last day."""

from __future__ import annotations

from kpiledger.compiling.columns import Group, coined
from kpiledger.compiling.expressing import aggregate
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.incremental import spans_of
from kpiledger.compiling.rows import sliced
from kpiledger.compiling.stretched import MEMBER, STRETCH, needed
from kpiledger.compiling.text import Cte, lines


def standing(plan: FactPlan, group: Group) -> list[Cte]:
    """The CTEs of what stands at the end of each stretch; the last one has a row per stretch, slice and member.

    Most states last from one day to the next and are seen at no end: they are left out before anything is joined.
    """
    words = ("states", "ends", "first_ends", "seen", "standing")
    states, ends, first_ends, seen, name = (coined(word, *_told_apart(plan, group)) for word in words)
    origin, day = coined("sliced", seen), plan.day(group.time)
    order = ", ".join(dict.fromkeys([day, *plan.fact.key]))
    lasting = (
        f"select\n    *,\n    lead({day}) over (partition by {', '.join(group.over)} order by {order}) as replaced_on\n"
        f"from described\nwhere {day} is not null"
    )
    each_end = f"select distinct span_start, span_end\nfrom {spans_of(plan)}\n{needed(plan.need_of([group]))}"
    return [
        (states, lasting, f"each row holds until the next one of the same {', '.join(group.over)}"),
        (ends, each_end, "each stretch of days once: only its last day counts"),
        (first_ends, _first_ends(ends), "for each day the first end at or after it"),
        (seen, _seen(states, first_ends, day), "the states that stand at some end"),
        sliced(plan, origin, seen, plan.slices_of([group]), "each of them once per slice"),
        (name, _at_ends(plan, group, ends, origin), "what stands at the end of each stretch of days"),
    ]


def _told_apart(plan: FactPlan, group: Group) -> tuple[str, ...]:
    """What its CTEs are named by: the date, and the keys as well where others go by the same date."""
    others = [one for one in plan.groups if one.route is group.route and one.time == group.time]
    return (group.time,) if len(others) == 1 else (group.time, *group.over)


def _first_ends(ends: str) -> str:
    return (
        f"select\n    dim_day.day,\n    min({ends}.span_end) as first_end\nfrom dim_day\n"
        f"inner join {ends}\n    on {ends}.span_end >= dim_day.day\ngroup by dim_day.day"
    )


def _seen(states: str, first_ends: str, day: str) -> str:
    """States from before the calendar begins have no first end: they are kept, since they may stand for long."""
    return (
        f"select {states}.*\nfrom {states}\nleft join {first_ends}\n    on {states}.{day} = {first_ends}.day\n"
        f"where {states}.replaced_on is null\n    or {first_ends}.first_end is null\n"
        f"    or {states}.replaced_on > {first_ends}.first_end"
    )


def _at_ends(plan: FactPlan, group: Group, ends: str, origin: str) -> str:
    keys = [*(f"{ends}.{one}" for one in STRETCH), *(f"{origin}.{one}" for one in MEMBER)]
    measures = [f"{aggregate(column, plan.dialect)} as {column.name}" for column in plan.of_group(group)]
    return (
        f"select\n{lines([*keys, f'count(*) as {plan.row_count(group)}', *measures])}\nfrom {ends}\n"
        f"inner join {origin}\n    on {origin}.{plan.day(group.time)} <= {ends}.span_end\n"
        f"    and (\n        {origin}.replaced_on is null\n        or {origin}.replaced_on > {ends}.span_end\n    )\n"
        f"group by\n{lines(keys)}"
    )
