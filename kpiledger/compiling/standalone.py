"""One KPI version as a stand-alone query on the marts: the same calculation, for a reader.

It needs nothing compiled but `dim_span`, and reads the fact's rows where the models read aggregates,
so that the two can be held against each other.
"""

from __future__ import annotations

from kpiledger.compiling.plan import Route, Value, value_of
from kpiledger.compiling.rows import described, sliced
from kpiledger.compiling.text import Cte, date_literal, lines, text_list, with_ctes
from kpiledger.compiling.values import FIGURE, INTERVAL
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi, KpiVersion

MARTS, KPIS = "marts", "kpi"


def standalone_query(project: Project, kpi: Kpi, version: KpiVersion) -> str:
    """The SQL that gives numerator, denominator and value of one KPI version, runnable on the warehouse."""
    value = value_of(project, kpi, version)
    fact, slices = value.fact, tuple(sorted(kpi.slices))
    latest = next((column for column in value.columns if column.route is Route.LATEST), None)
    time = value.columns[0].time
    ctes: list[Cte] = [
        ("intervals", _intervals(value)),
        described(fact, slices, value.columns, fact.key if latest else (), f"{MARTS}."),
    ]
    origin = "described"
    if latest:
        origin = "states"
        ctes.append((origin, _states(fact.key, time, latest.over)))
    ctes += [sliced("sliced", origin, slices, "")[:2], ("answer", _answer(value, time, bool(latest)))]
    comment = f"-- {kpi.kpi}, version {version.version}: {value.caption}\n"
    last = "select * from answer\norder by grain, span, period_start, slice, member"
    return comment + with_ctes(ctes, last, apart="\n")


def _intervals(value: Value) -> str:
    kpi, version = value.kpi, value.version
    until = f" and period_start <= {date_literal(version.valid_to)}" if version.valid_to else ""
    return (
        f"select * from {KPIS}.dim_span\nwhere grain in ({text_list(kpi.grains)})\n"
        f"    and span in ({text_list(kpi.spans)})\n"
        f"    and period_start >= {date_literal(version.valid_from)}{until}"
    )


def _states(key: tuple[str, ...], time: str, over: tuple[str, ...]) -> str:
    order = ", ".join(dict.fromkeys([time, *key]))
    return (
        f"select *, lead({time}) over (partition by {', '.join(over)} order by {order}) as replaced_on\nfrom described"
    )


def _answer(value: Value, time: str, latest: bool) -> str:
    keys = [*INTERVAL, "slice", "member"]
    numerator = value.numerator.sql
    denominator = value.denominator.sql if value.denominator else "null"
    quotient = f"{numerator} / nullif({denominator}, 0)" if value.denominator else numerator
    figures = [
        f"cast({numerator} as {FIGURE}) as numerator",
        f"cast({denominator} as {FIGURE}) as denominator",
        f"cast({quotient} as {FIGURE}) as value",
        "count(*) as row_count",
    ]
    joined = (
        f"{time} <= span_end\n    and (replaced_on is null or replaced_on > span_end)"
        if latest
        else f"{time} between span_start and span_end"
    )
    group = ", ".join(keys)
    return (
        f"select\n    {group},\n{lines(figures)}\nfrom intervals\ninner join sliced\n    on {joined}\ngroup by {group}"
    )
