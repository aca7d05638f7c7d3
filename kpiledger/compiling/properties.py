"""`_kpis.yml`: contracts, descriptions and tests of the compiled models, as dbt reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from kpiledger.compiling.aggregate import aggregate_model
from kpiledger.compiling.plan import Column, Route, Value, columns_of, row_count_of, slices_of, times_of
from kpiledger.compiling.text import MARK
from kpiledger.compiling.values import FIGURE
from kpiledger.project import Project
from kpiledger.specs.fact import Fact

Columns = dict[str, tuple[str, str]]
_TEMPLATING = re.compile(r"(?<=\{)(?=[{%#])|(?<=[%#}])(?=\})")

_VALUE: Columns = {
    "kpi": ("varchar", "The KPI"),
    "version": ("integer", "The version of its definition that made the number"),
    "grain": ("varchar", "month, quarter or year"),
    "span": (
        "varchar",
        "The days covered: period, year_to_date, rolling_<months>, or the same days a year earlier",
    ),
    "period_start": ("date", "First day of the period"),
    "period_end": ("date", "Last day of the period"),
    "slice": ("varchar", "The dimension the KPI is cut by, all for the whole"),
    "member": ("varchar", "The member of the slice, all for the whole"),
    "numerator": (FIGURE.replace(" ", ""), "What is divided, or the value itself where nothing is"),
    "denominator": (FIGURE.replace(" ", ""), "What it is divided by; null where nothing is"),
    "value": (FIGURE.replace(" ", ""), "The value; null where there is nothing to measure"),
    "row_count": ("bigint", "Rows of the fact in the interval and member, before conditions of the KPI"),
    "is_complete": ("boolean", "Whether the period had ended on the as-of date"),
}
_PERIOD: Columns = {
    "grain": ("varchar", "month, quarter or year"),
    "period": ("varchar", "The period as it is written: 2016-08, 2016-Q3, 2016"),
    "period_start": ("date", "First day of the period"),
    "period_end": ("date", "Last day of the period"),
    "next_period_start": ("date", "First day of the period after it"),
    "is_complete": ("boolean", "Whether the period had ended on the as-of date"),
}
_SPAN: Columns = {
    **{name: _PERIOD[name] for name in ("grain", "period_start", "period_end", "is_complete")},
    "span": ("varchar", "period, year_to_date, rolling_<months>, or the same days a year earlier"),
    "span_start": ("date", "First day that the value covers"),
    "span_end": ("date", "Last day that the value covers, never after the as-of date"),
}
_ORDER = ("grain", "span", "period_start", "period_end", "is_complete", "slice", "member")


def properties_file(project: Project, values: Mapping[str, Sequence[Value]]) -> str:
    """The dbt YAML of every compiled model."""
    models = [
        _model(
            "as_of",
            "The day all numbers are as of. One row per run.",
            {"as_of_on": ("date", "The as-of date")},
        ),
        _model(
            "dim_period",
            "Periods up to the as-of date. One row per grain and period.",
            _PERIOD,
            ("grain", "period_start"),
        ),
        _model(
            "dim_span",
            "The days a value covers. One row per grain, period and span.",
            _SPAN,
            ("grain", "period_start", "span"),
        ),
    ]
    for name, answered in values.items():
        models += _fact_models(project.facts[name], answered)
    key = ("kpi", "version", "grain", "span", "period_start", "slice", "member")
    text = "The values of every KPI. One row per KPI version, grain, span, period, slice and member."
    models.append(_model("fct_kpi_value", text, _VALUE, key))
    body = yaml.safe_dump({"version": 2, "models": models}, sort_keys=False, allow_unicode=True, width=110)
    return f"{MARK.replace('--', '#')} from metrics/. Do not edit: change the YAML there.\n{body}"


def _fact_models(fact: Fact, values: Sequence[Value]) -> list[dict[str, Any]]:
    models = []
    if aggregate_model(fact, values) is not None:
        slices = slices_of(values)
        columns: Columns = {
            "day": ("date", "The day"),
            **{name: ("varchar", f"Dimension {name}") for name in slices},
        }
        times = times_of(columns_of(values, Route.ADDITIVE))
        columns |= {row_count_of(time, times): ("bigint", f"Rows of the fact by {time}") for time in times}
        described = {column.name: ("", _measure_text(fact, column)) for column in columns_of(values, Route.ADDITIVE)}
        text = f"Additive measures of {fact.model}. One row per day and combination of dimensions."
        models.append(_model(f"agg_{fact.fact}", text, {**columns, **described}, contract=False))
    first = ("kpi", "version")
    columns = {name: _VALUE[name] for name in (*first, *_ORDER, "numerator", "denominator", "value", "row_count")}
    told = "; ".join(f"{value.kpi.kpi}: {value.kpi.description}" for value in values)
    text = f"KPIs over {fact.model}. {told} One row per KPI version, grain, span, period, slice and member."
    models.append(_model(f"kpi_{fact.fact}", text, columns))
    return models


def _measure_text(fact: Fact, column: Column) -> str:
    measure = fact.measures.get(column.name)
    return measure.description if measure and measure.description else column.sql


def _model(
    name: str, description: str, columns: Columns, key: Sequence[str] = (), contract: bool = True
) -> dict[str, Any]:
    model: dict[str, Any] = {"name": name, "access": "public", "description": _plain(description)}
    if contract:
        model["config"] = {"contract": {"enforced": True}}
    if key:
        model["data_tests"] = [{"unique_together": {"arguments": {"columns": list(key)}}}]
    model["columns"] = [
        {"name": column, **({"data_type": kind} if kind else {}), "description": _plain(text)}
        for column, (kind, text) in columns.items()
    ]
    return model


def _plain(text: str) -> str:
    """A user's sentence without template marks: dbt renders descriptions as Jinja."""
    return _TEMPLATING.sub(" ", " ".join(text.split()))
