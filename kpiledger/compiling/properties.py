"""`_kpis.yml`: contracts, descriptions and tests of the compiled models, as dbt reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kpiledger.compiling.aggregate import additive_counts, aggregate_keys
from kpiledger.compiling.columns import Column, Route
from kpiledger.compiling.columns_described import DAY, PERIOD, SEEN, SPAN, STRETCH_KEPT, TILE_KEPT, VALUE
from kpiledger.compiling.described import Columns, described, yaml_file
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.expressing import aggregate
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.forms import form_of
from kpiledger.compiling.incremental import is_incremental, seen_model_name
from kpiledger.compiling.measured import KEYS
from kpiledger.compiling.owned import exposures, group_of, groups, meta
from kpiledger.compiling.plan import ACROSS, Value
from kpiledger.project import Project


def properties_file(
    project: Project, homes: Mapping[str, Sequence[Value]], plans: Mapping[str, FactPlan], dialect: Dialect
) -> str:
    """The dbt YAML of every compiled model."""
    models = [
        described(
            "as_of",
            "The day all numbers are as of. One row per run.",
            {"as_of_on": ("date", "The as-of date")},
        ),
        _time_spine(described("dim_day", "Days up to the as-of date. One row per day.", DAY, ("day",))),
        described(
            "dim_period",
            "Periods up to the as-of date. One row per grain and period.",
            PERIOD,
            ("grain", "period_start"),
        ),
        described(
            "dim_span",
            "The days a value covers. One row per grain, period and span.",
            SPAN,
            ("grain", "period_start", "span"),
        ),
    ]
    for plan in plans.values():
        models += _fact_models(plan)
    models += [_values_model(project, home, values, plans) for home, values in homes.items()]
    key = ("kpi", "version", "grain", "span", "period_start", "slice", "member")
    text = "The values of every KPI. One row per KPI version, grain, span, period, slice and member."
    models.append(described("fct_kpi_value", text, VALUE, key))
    return yaml_file({"groups": groups(project), "models": models, "exposures": exposures(project)}, dialect)


def _time_spine(model: dict[str, Any]) -> dict[str, Any]:
    """A model of days that dbt's semantic layer may count on."""
    days = [{**column, "granularity": "day"} if column["name"] == "day" else column for column in model["columns"]]
    return {**model, "time_spine": {"standard_granularity_column": "day"}, "columns": days}


def _fact_models(plan: FactPlan) -> list[dict[str, Any]]:
    """The aggregate of a fact and its measures over intervals."""
    models = []
    fact = plan.fact
    if is_incremental(plan):
        text = f"When each day of {fact.model} last changed, as far as runs have seen. One row per day."
        models.append(described(seen_model_name(plan), text, SEEN, contract=False))
    if plan.of_route(Route.ADDITIVE):
        columns: Columns = {"tile": ("date", "First day of the days that are put together")}
        columns |= {name: ("text", f"Dimension {name}") for name in aggregate_keys(plan)}
        columns |= {name: ("bigint", f"Rows of the fact by {time}") for time, name in additive_counts(plan).items()}
        columns |= {column.name: ("", _measure_text(plan, column)) for column in form_of(plan).stored}
        columns |= TILE_KEPT if is_incremental(plan) else {}
        text = f"Additive measures of {fact.model}. One row per tile of days and combination of dimensions."
        models.append(described(f"agg_{fact.fact}", text, columns, contract=False))
    columns = {name: VALUE[name] for name in KEYS}
    counts = dict.fromkeys(plan.row_count(group) for group in plan.groups)
    columns |= dict.fromkeys(counts, ("bigint", "Rows of the fact behind the measures"))
    columns |= {column.name: ("", _measure_text(plan, column)) for column in plan.columns}
    columns |= STRETCH_KEPT if is_incremental(plan) else {}
    text = f"Measures of {fact.model}. One row per grain, span, period, slice and member."
    models.append(described(f"measured_{fact.fact}", text, columns, contract=False))
    return models


def _values_model(
    project: Project, home: str, values: Sequence[Value], plans: Mapping[str, FactPlan]
) -> dict[str, Any]:
    shown = ("kpi", "version", *KEYS, "numerator", "denominator", "value", "row_count")
    columns = {name: VALUE[name] for name in shown}
    kpis = tuple({value.kpi.kpi: value.kpi for value in values}.values())
    told = "; ".join(f"{kpi.kpi}: {kpi.description.strip().removesuffix('.')}" for kpi in kpis)
    over = "several facts together" if home == ACROSS else plans[home].fact.model
    text = f"KPIs over {over}. {told}. One row per KPI version, grain, span, period, slice and member."
    config = {**group_of(project, kpis), "meta": meta(kpis, project.calendar.language)}
    return described(f"kpi_{home}", text, columns, config=config)


def _measure_text(plan: FactPlan, column: Column) -> str:
    measure = plan.fact.measures.get(column.name)
    return measure.description if measure and measure.description else aggregate(column, plan.dialect)
