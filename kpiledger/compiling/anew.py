"""The CTEs by which the models of an incremental fact find what is to be computed anew, and keep the rest.

A tile is kept if it holds the same days and none of them changed since it was computed. A value over a stretch of days
is kept if its period has the same stretch and none of its days changed; what stands at the end of a stretch changes
with any day before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.columns import Group, Route
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.incremental import BUILT, and_kept, seen_model_name, spans_of, unless_kept
from kpiledger.compiling.plan import Need
from kpiledger.compiling.stretched import STRETCH, needed
from kpiledger.compiling.text import Cte, lines

TILE_END = "tile__end"
DAYS = "days_anew"
_PERIOD = ("grain", "span", "period_start")
# The stretch of days stands in the measures under names that no measure may have.
_STORED = ("span__start", "span__end")


def tile_ctes(plan: FactPlan) -> list[Cte]:
    """The tiles there are, those that need not be computed, and the days of all others."""
    seen = seen_model_name(plan)
    tile = f"dim_day.{plan.tile}"
    items = [f"{tile} as tile", f"max(dim_day.day) as {TILE_END}", f"max({seen}.changed_in) as changed_in"]
    tiles = f"select\n{lines(items)}\nfrom dim_day\nleft join {seen}\n    on dim_day.day = {seen}.day\ngroup by {tile}"
    kept = (
        "select distinct before.tile\nfrom {{ this }} as before\ninner join each_tile\n"
        f"    on before.tile = each_tile.tile\n    and before.{TILE_END} = each_tile.{TILE_END}\n"
        f"    and before.{BUILT} = each_tile.changed_in"
    )
    days = (
        f"select dim_day.*\nfrom dim_day\nleft join unchanged\n    on {tile} = unchanged.tile\n"
        "where unchanged.tile is null"
    )
    none = "select tile\nfrom each_tile\nwhere false"
    return [
        ("each_tile", tiles, "each tile of days, its last day, and when any of them last changed"),
        (
            "unchanged",
            unless_kept(kept, none),
            "tiles that are right as they are",
        ),
        (DAYS, days, "the days of all other tiles"),
    ]


def among_days(plan: FactPlan, time: str) -> str:
    """The join that leaves of a fact's rows those whose date lies on a day that is computed anew."""
    return f"\ninner join {DAYS}\n    on {plan.day_sql(time)} = {DAYS}.day"


def tiles_together(origin: str) -> Cte:
    """The tiles computed anew, with what tells the next run whether they are right, and the tiles that are kept."""
    anew = (
        f"select\n    {origin}.*,\n    each_tile.{TILE_END},\n    each_tile.changed_in as {BUILT}\nfrom {origin}\n"
        f"inner join each_tile\n    on {origin}.tile = each_tile.tile"
    )
    kept = "select before.*\nfrom {{ this }} as before\ninner join unchanged\n    on before.tile = unchanged.tile"
    return "all_tiles", and_kept(anew, kept)


def span_ctes(plan: FactPlan) -> list[Cte]:
    """The periods and spans whose stretch of days is to be computed anew."""
    latest = [group for group in plan.groups if group.route is Route.LATEST]
    seen = seen_model_name(plan)
    periods = ", ".join(_PERIOD)
    stored = ", ".join(f"{name} as {shown}" for name, shown in zip(_STORED, STRETCH, strict=True))
    before = unless_kept(
        f"select distinct {periods}, {stored}\nfrom {{{{ this }}}}",
        f"select {periods}, {', '.join(STRETCH)}\nfrom spans\nwhere false",
    )
    last_run = unless_kept(
        f"select max({BUILT}) as changed_in\nfrom {{{{ this }}}}", "select cast(null as timestamp) as changed_in"
    )
    changed = f"select {seen}.day\nfrom {seen}\ncross join last_run\nwhere {seen}.changed_in > last_run.changed_in"
    ctes: list[Cte] = [
        ("spans", f"select *\nfrom dim_span\n{needed(plan.need)}", "the periods and spans that are asked for"),
        ("newest", f"select max(changed_in) as changed_in\nfrom {seen}"),
        ("last_run", last_run, "up to when the measures as they stand know of changes"),
        ("before", before, "the periods and spans they hold"),
        ("changed", changed, "the days that changed since"),
    ]
    if latest:
        ctes.append(("first_changed", "select min(day) as day\nfrom changed"))
    return [
        *ctes,
        ("stale", _stale(plan.need_of(latest) if latest else None), "stretches of days that are new, or changed"),
        (spans_of(plan), f"select spans.*\nfrom spans\ninner join stale\n    on {_equal('spans', 'stale', STRETCH)}"),
    ]


def _stale(latest: Need | None) -> str:
    body = (
        f"select distinct spans.span_start, spans.span_end\nfrom spans\nleft join before\n"
        f"    on {_equal('spans', 'before', (*_PERIOD, *STRETCH))}\n"
        "left join changed\n    on changed.day between spans.span_start and spans.span_end\n"
    )
    stale = "where before.grain is null\n    or changed.day is not null"
    if latest is None:
        return body + stale
    ends = needed(latest, "spans.").removeprefix("where ").replace("\n    and", " and")
    return f"{body}cross join first_changed\n{stale}\n    or (spans.span_end >= first_changed.day and {ends})"


def days_of_spans(plan: FactPlan, groups: Sequence[Group]) -> Cte:
    """The days whose rows are read for the stretches that some groups need."""
    spans, need = spans_of(plan), plan.need_of(groups)
    body = (
        f"select distinct dim_day.day\nfrom dim_day\ninner join {spans}\n"
        f"    on dim_day.day between {spans}.span_start and {spans}.span_end\n{needed(need, f'{spans}.')}"
    )
    return DAYS, body, "the days whose rows are read"


def tiles_anew(stretches: str, aggregate: str) -> list[Cte]:
    """The part of the aggregate that the stretches computed anew are put together from."""
    chosen = f"select {aggregate}.*\nfrom {aggregate}\ninner join tiles_anew\n    on {aggregate}.tile = tiles_anew.tile"
    return [("tiles_anew", f"select distinct tile\nfrom {stretches}"), (f"chosen_{aggregate}", chosen)]


def measures_together(names: Sequence[str]) -> Cte:
    """The measures computed anew with what the next run asks about them, and those that are kept."""
    stored = [f"measured.{name}" for name in (*names, *_STORED)]
    anew = f"select\n{lines([*stored, f'newest.changed_in as {BUILT}'])}\nfrom measured\ncross join newest"
    items = [f"{'spans' if name == 'is_complete' else 'before'}.{name}" for name in (*names, *_STORED)]
    stretch = "\n    and ".join(f"before.{name} = spans.{own}" for name, own in zip(_STORED, STRETCH, strict=True))
    kept = (
        f"select\n{lines([*items, 'newest.changed_in'])}\nfrom {{{{ this }}}} as before\ninner join spans\n"
        f"    on {_equal('before', 'spans', _PERIOD)}\n    and {stretch}\n"
        f"left join stale\n    on {_equal('spans', 'stale', STRETCH)}\ncross join newest\n"
        "where stale.span_start is null"
    )
    return "all_measured", and_kept(anew, kept)


def stored_stretch(plan: FactPlan) -> list[str]:
    """The columns by which the next run knows the stretch of days again."""
    return [f"{spans_of(plan)}.{name} as {shown}" for name, shown in zip(STRETCH, _STORED, strict=True)]


def _equal(one: str, other: str, names: Sequence[str]) -> str:
    return "\n    and ".join(f"{one}.{name} = {other}.{name}" for name in names)
