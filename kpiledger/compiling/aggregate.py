"""`agg_<fact>`: the additive measures of a fact, once per day and combination of dimensions."""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.plan import Column, Route, Value, columns_of, row_count_of, slices_of, times_of
from kpiledger.compiling.rows import described, dimension_models
from kpiledger.compiling.text import Cte, header, imported, lines, with_ctes
from kpiledger.specs.fact import Fact


def aggregate_model(fact: Fact, values: Sequence[Value]) -> str | None:
    """The SQL of the aggregate; None where the fact has no additive measure."""
    columns = columns_of(values, Route.ADDITIVE)
    if not columns:
        return None
    slices = slices_of(values)
    times = times_of(columns)
    ctes: list[Cte] = [imported(fact.model), *(imported(model) for model in dimension_models(fact, slices))]
    ctes.append(described(fact, slices, columns, key=(fact.time,)))
    ctes += [(f"by_{time}", _daily(time, slices, columns)) for time in times]
    union = "\nunion all\n".join(f"select * from by_{time}" for time in times)
    top = header(
        f"metrics/facts/{fact.fact}.yml",
        f"Additive measures of {fact.model}. One row per day{''.join(f', {name}' for name in slices)}.",
    )
    if len(times) == 1:
        return top + with_ctes(ctes, f"select * from by_{times[0]}")
    return top + with_ctes([*ctes, ("by_day", union)], "select * from by_day")


def _daily(time: str, slices: Sequence[str], columns: Sequence[Column]) -> str:
    """One row per day of a time column; measures on other dates are null here and stand in their own CTE."""
    times = times_of(columns)
    keys = [f"{time} as day", *slices]
    counts = [
        f"{'count(*)' if other == time else 'cast(null as bigint)'} as {row_count_of(other, times)}" for other in times
    ]
    measures = [
        f"{column.sql if column.time == time else 'cast(null as decimal(38, 6))'} as {column.name}"
        for column in columns
    ]
    group = "".join(f",\n    {name}" for name in (time, *slices))[2:]
    items = lines([*keys, *counts, *measures])
    return f"select\n{items}\nfrom described\nwhere {time} is not null\ngroup by\n{group}"
