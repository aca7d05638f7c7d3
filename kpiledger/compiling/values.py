"""`kpi_<fact>`: the values of all KPIs over one fact, one CTE a KPI, turned long at the end."""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.plan import Column, Route, Value, columns_of, row_count_of, slices_of, times_of
from kpiledger.compiling.rows import described, dimension_models, sliced
from kpiledger.compiling.text import Cte, date_literal, header, imported, lines, text_list, with_ctes
from kpiledger.specs.fact import Fact

# Ratios are divisions of exact sums; twelve places keep them and leave 26 for the figure itself.
FIGURE = "decimal(38, 12)"
INTERVAL = ("grain", "span", "period_start", "period_end", "is_complete")
KEYS = (*INTERVAL, "slice", "member")
# Beside the spans a KPI asks for: the same days a year earlier, for comparison like for like.
LAST_YEAR = {"period": "period_last_year", "year_to_date": "year_to_date_last_year"}


def values_model(fact: Fact, values: Sequence[Value]) -> str:
    """The SQL of the KPI values of a fact."""
    routes = [route for route in Route if columns_of(values, route)]
    slices = slices_of(values)
    from_rows = [column for route in (Route.ROWS, Route.LATEST) for column in columns_of(values, route)]
    ctes: list[Cte] = [imported("dim_span")]
    if Route.ADDITIVE in routes:
        ctes.append(imported(f"agg_{fact.fact}"))
    if from_rows:
        ctes += [imported(fact.model), *(imported(model) for model in dimension_models(fact, slices))]
        ctes.append(described(fact, slices, from_rows, key=(*fact.key, fact.time)))
    for route in routes:
        ctes += _MEASURED[route](fact, slices, columns_of(values, route))
    ctes += [
        (value.name, value_select(value, times_of(columns_of(values, Route.ADDITIVE))), _explanation(value))
        for value in values
    ]
    ctes.append(("kpi_values", "\nunion all\n".join(f"select * from {value.name}" for value in values)))
    top = header(
        f"metrics/facts/{fact.fact}.yml and the KPIs over it",
        f"KPIs over {fact.model}. One row per KPI version, grain, span, period, slice and member.",
    )
    return top + with_ctes(ctes, "select * from kpi_values")


def value_select(value: Value, times: Sequence[str]) -> str:
    """One KPI version out of the measured columns: value = numerator / denominator, or the measure itself.

    `times` are the dates that additive measures of the fact go by. Where they are several, a KPI has a row only
    where its own date has rows.
    """
    kpi, version = value.kpi, value.version
    numerator = f"cast({value.numerator.name} as {FIGURE})"
    denominator = f"cast({value.denominator.name} as {FIGURE})" if value.denominator else f"cast(null as {FIGURE})"
    quotient = (
        f"cast({value.numerator.name} / nullif({value.denominator.name}, 0) as {FIGURE})"
        if value.denominator
        else numerator
    )
    first, *others = dict.fromkeys(_CTE[column.route] for column in value.columns)
    shared = first == _CTE[Route.ADDITIVE] and len(times) > 1
    counted = row_count_of(value.columns[0].time, times) if shared else "row_count"
    joined = "".join(f"\nleft join {other}\n    using ({', '.join(KEYS)})" for other in others)
    spans = [span for asked in kpi.spans for span in (asked, LAST_YEAR.get(asked)) if span]
    items = [
        f"'{kpi.kpi}' as kpi",
        f"{version.version} as version",
        ", ".join(KEYS),
        f"{numerator} as numerator",
        f"{denominator} as denominator",
        f"{quotient} as value",
        f"{first}.{counted} as row_count",
    ]
    conditions = [
        f"grain in ({text_list(kpi.grains)})",
        f"span in ({text_list(spans)})",
        f"slice in ({text_list(('all', *kpi.slices))})",
        f"period_start >= {date_literal(version.valid_from)}",
        *([f"period_start <= {date_literal(version.valid_to)}"] if version.valid_to else []),
        *([f"{first}.{counted} > 0"] if shared else []),
    ]
    where = "\n    and ".join(conditions)
    return f"select\n{lines(items)}\nfrom {first}{joined}\nwhere {where}"


def _explanation(value: Value) -> str:
    return f"{value.kpi.kpi}, version {value.version.version}: {value.caption}"


def _over_intervals(cte: str, measures: Sequence[str], counts: Sequence[str] = ("count(*) as row_count",)) -> str:
    items = [*(f"dim_span.{name}" for name in INTERVAL), f"{cte}.slice", f"{cte}.member"]
    group = lines(items)
    return (
        f"select\n{lines([*items, *counts, *measures])}\nfrom dim_span\n"
        f"inner join {cte}\n    on {{joined_on}}\ngroup by\n{group}"
    )


def _additive(fact: Fact, slices: Sequence[str], columns: Sequence[Column]) -> list[Cte]:
    measures = [f"{column.merge}({column.name}) as {column.name}" for column in columns]
    times = times_of(columns)
    names = [row_count_of(time, times) for time in times]
    body = _over_intervals("sliced_days", measures, [f"cast(sum({name}) as bigint) as {name}" for name in names])
    return [
        sliced("sliced_days", f"agg_{fact.fact}", slices, "each day once per slice"),
        (
            "measured",
            body.format(joined_on=_within("sliced_days.day")),
            "additive measures over each interval",
        ),
    ]


def _rows(fact: Fact, slices: Sequence[str], columns: Sequence[Column]) -> list[Cte]:
    (time,) = {column.time for column in columns}  # the rules hold a fact's measures of this kind to one date
    measures = [f"{column.sql} as {column.name}" for column in columns]
    body = _over_intervals("sliced_rows", measures)
    return [
        sliced("sliced_rows", "described", slices, "each row once per slice"),
        (
            "measured_rows",
            body.format(joined_on=_within(f"sliced_rows.{time}")),
            "measures that do not add up: computed anew for each interval",
        ),
    ]


def _latest(fact: Fact, slices: Sequence[str], columns: Sequence[Column]) -> list[Cte]:
    ((time, over),) = {(column.time, column.over) for column in columns}
    order = ", ".join(dict.fromkeys([time, *fact.key]))
    states = (
        f"select\n    *,\n    lead({time}) over (partition by {', '.join(over)} order by {order}) as replaced_on\n"
        "from described"
    )
    measures = [f"{column.sql} as {column.name}" for column in columns]
    body = _over_intervals("sliced_states", measures)
    standing = (
        f"sliced_states.{time} <= dim_span.span_end\n"
        "    and (sliced_states.replaced_on is null or sliced_states.replaced_on > dim_span.span_end)"
    )
    return [
        ("states", states, f"each row holds until the next one of the same {', '.join(over)}"),
        sliced("sliced_states", "states", slices, "each state once per slice"),
        ("measured_latest", body.format(joined_on=standing), "what stands at the end of each interval"),
    ]


def _within(day: str) -> str:
    return f"{day} between dim_span.span_start and dim_span.span_end"


_CTE = {Route.ADDITIVE: "measured", Route.ROWS: "measured_rows", Route.LATEST: "measured_latest"}
_MEASURED = {Route.ADDITIVE: _additive, Route.ROWS: _rows, Route.LATEST: _latest}
