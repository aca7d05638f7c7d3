"""A project made by hand: one team, one company, five KPIs, one of them with a label that must be escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kpiledger.project import Project
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.organisation import Organisation

HOSTILE = "Days <script>alert(1)</script>"


def a_kpi(name: str, label: str, stage: str, **more: Any) -> Kpi:
    spec: dict[str, Any] = {
        "kpi": name,
        "label": {"en": label},
        "description": f"{label}, as made up for a test.",
        "owner": "cfo",
        "department": "sales",
        "chain_stage": stage,
        "timing": "lagging",
        "effect": "outcome",
        "aspect": "quantity",
        "level": "team",
        "direction": "increase",
        "unit": "count",
        "cadence": "month",
        "grains": ["month", "quarter"],
        "spans": ["period"],
        "versions": [
            {
                "version": 1,
                "valid_from": "2014-01-01",
                "change": {"reason": "first definition", "requested_by": "cfo"},
                "formula": {"type": "simple", "measure": "revenue_sum"},
            }
        ],
    }
    return Kpi.model_validate(spec | more)


def made_project(root: Path) -> Project:
    kpis = (
        a_kpi("revenue", "Revenue", "order", unit="currency", currency="USD", counter_kpis=["margin"]),
        a_kpi("margin", "Gross margin", "order", unit="ratio", aspect="quality"),
        a_kpi("days_to_ship", HOSTILE, "deliver", unit="days", direction="decrease", timing="leading"),
        a_kpi("orders", "Orders shipped", "deliver", cadence="quarter", department="warehouse"),
        a_kpi("solved", "Solved first time", "deliver", unit="ratio", decimals=2),
    )
    return Project(
        root=root,
        calendar=Calendar.model_validate(
            {"starts_on": "2016-01-01", "as_of": "2017-12-31", "zone": "America/New_York"}
        ),
        organisation=_organisation(),
        chain=Chain.model_validate(
            {
                "stages": [
                    {"stage": "order", "label": {"en": "Order"}, "question": "Is the price right?"},
                    {"stage": "deliver", "label": {"en": "Deliver"}, "question": "Is it here in time?"},
                    {"stage": "retain", "label": {"en": "Retain"}, "question": "Do I come back?"},
                ]
            }
        ),
        facts={"line": _fact()},
        kpis={kpi.kpi: kpi for kpi in kpis},
        agreements=(),
        expectations={},
    )


def _organisation() -> Organisation:
    return Organisation.model_validate(
        {
            "departments": {"sales": {"label": {"en": "Sales"}}, "warehouse": {"label": {"en": "Warehouse"}}},
            "units": {
                "company": {"label": {"en": "Company"}, "kind": "company"},
                "sales_west": {"label": {"en": "Sales West"}, "kind": "team", "parent": "company"},
            },
            "roles": {
                "cfo": {"label": {"en": "Chief financial officer"}},
                "head_of_sales": {"label": {"en": "Head of sales"}},
            },
        }
    )


def _fact() -> Fact:
    return Fact.model_validate(
        {
            "fact": "line",
            "model": "fct_line",
            "description": "One row per line.",
            "key": ["line_id"],
            "time": "ordered_on",
            "source": ["erp"],
            "measures": {"revenue_sum": {"agg": "sum", "expr": "amount"}},
        }
    )
