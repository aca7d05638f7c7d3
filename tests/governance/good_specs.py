"""A small project that breaks no rule of good KPI work, and the texts that its files are made of."""

from __future__ import annotations

from pathlib import Path

TEAMS = (
    "west south east north harbour market valley coast lakes forest island hills".split()
)  # of the department sales, each led by a head of its own
PEOPLE = ["cfo", "controller", "head_of_sales", "head_of_warehouse", "seller", "adviser", "buyer", "trainee"]

_ORGANISATION = """departments:
  sales: {label: {en: Sales}}
  warehouse: {label: {en: Warehouse}}
units:
  company: {label: {en: Company}, kind: company, lead: cfo}
  sales: {label: {en: Sales}, kind: department, department: sales, parent: company, lead: head_of_sales}
  warehouse: {label: {en: Warehouse}, kind: department, department: warehouse, parent: company, lead: head_of_warehouse}
"""
_CHAIN = """stages:
  - {stage: order, label: {en: Order}, question: Do I get what I want?}
  - {stage: deliver, label: {en: Deliver}, question: Is it here in time?}
"""
_FACT = """fact: order_line
model: fct_order_line
description: The lines of orders. One row per order line.
key: [order_line_id]
time: ordered_on
source: [erp]
measures:
  lines: {agg: count}
  sales: {agg: sum, expr: sales_amount}
"""
_MARTS = """version: 2
models:
  - name: fct_order_line
    description: The lines of orders. One row per order line.
    columns:
      - {name: order_line_id, data_type: integer, data_tests: [not_null, unique]}
      - {name: ordered_on, data_type: date}
      - {name: sales_amount, data_type: "decimal(18,4)"}
"""
_ERP = """source: erp
connection: ERP_URL
owner: controller
tables:
  - {table: order_line, model: stg_erp__order_line, key: [order_line_id]}
"""
_STAGING = """version: 2
models:
  - name: stg_erp__order_line
    columns:
      - {name: order_line_id, data_type: integer, data_tests: [unique]}
"""
_OBJECTIVES = """year: 2017
vision: Everybody is served in time.
mission: We sell and ship.
values: [We keep our word]
objectives:
  - id: growth
    label: {en: Growth that pays}
    owner: cfo
    purpose: Growth pays for everything else.
    unit: company
    signed_by: [{role: cfo, signed_on: 2016-12-01}]
    key_results:
      - id: more_sold
        says: We sell for 500
        kpi: revenue
        target: {from: "400", to: "500", by: 2017-12-31, grain: year}
      - id: well_sold
        says: We keep 20 percent
        kpi: margin
        target: {from: "0.1", to: "0.2", by: 2017-12-31, grain: year}
"""
_QUANTITY = {"effect": "output", "aspect": "quantity", "counter_kpis": "[margin]", "unit": "count"}
KPIS: dict[str, dict[str, str]] = {
    "revenue": {"aspect": "quantity", "counter_kpis": "[margin]"},
    "margin": {},
    "visits_to_orders": {"timing": "leading", "cadence": "week"},
    "visits": {"timing": "leading", "cadence": "week", **_QUANTITY},
    "orders": _QUANTITY,
    "offers": {"timing": "leading", "cadence": "week", "level": "individual", "rolls_up_to": "visits_to_orders"},
    "shipped_in_time": {"timing": "leading", "cadence": "week", "department": "warehouse", "chain_stage": "deliver"},
    "days_to_ship": {"department": "warehouse", "chain_stage": "deliver"},
}
BASELINE = "baseline: {from: 2016-01, to: 2016-12, method: mean, value: '0.9', source: erp}"
GOALS = "goals: [{kind: learning, says: Learns from a mentor}]\n"
TEAM = {"revenue": "0.5", "visits_to_orders": "0.3", "shipped_in_time": "0.2"}


def kpi(name: str, **changed: str | None) -> tuple[str, str]:
    """The path and text of a good KPI's file, with some keys said otherwise; None leaves a key out."""
    said: dict[str, str | None] = {
        "kpi": name,
        "label": f"{{en: {name}}}",
        "description": "What it says, by order date.",
        "owner": "controller",
        "department": "sales",
        "chain_stage": "order",
        "objective": "growth",
        "timing": "lagging",
        "effect": "outcome",
        "aspect": "quality",
        "level": "team",
        "direction": "increase",
        "unit": "ratio",
        "cadence": "month",
        "grains": "[week, month, quarter, year]",
        "spans": "[period, year_to_date]",
        "counter_kpis": "[revenue]",
        "measure": "sales",
        "since": "2017-01-01",
        **changed,
    }
    measure, since = said.pop("measure"), said.pop("since")
    text = "".join(f"{key}: {value}\n" for key, value in said.items() if value is not None)
    text += f"versions:\n  - version: 1\n    valid_from: {since}\n"
    text += "    change: {reason: first definition, requested_by: controller}\n"
    return (
        f"metrics/kpis/{said['chain_stage']}/{name}.yml",
        f"{text}    formula: {{type: simple, measure: {measure}}}\n",
    )


def target(name: str, weight: str | None, **changed: str | None) -> str:
    """The lines of a good target, with some said otherwise; None leaves a line out."""
    said: dict[str, str | None] = {
        "weight": weight and f"weight: {weight}",
        "influence": "influence: 0.8",
        "target": "target: {grain: month, value: '1', comparison: at_least}",
        "baseline": BASELINE,
        **changed,
    }
    return f"      - kpi: {name}\n" + "".join(f"        {line}\n" for line in said.values() if line)


def agreement(holder: str, *targets: str, more: str = "", **changed: str) -> tuple[str, str]:
    """The path and text of a good agreement's file, with some keys of its event said otherwise."""
    said = {
        "agreement": f"{holder}_2017",
        "decided_on": "2016-12-12",
        "valid_from": "2017-01-01",
        "valid_to": "2017-12-31",
        "reason": "{kind: annual_agreement, text: Budget 2017}",
        "proposed_by": f"head_of_{holder}" if holder in (*TEAMS, "warehouse") else holder,
        "approved_by": "cfo",
        **changed,
    }
    lines = "".join(f"    {key}: {value}\n" for key, value in said.items())
    told = f"holder: {holder}\nevents:\n  - event: agreed\n{lines}    targets:\n{''.join(targets)}{more}"
    return f"metrics/agreements/{said['valid_from'][:4]}/{holder}.yml", told


def targets(weights: dict[str, str]) -> tuple[str, ...]:
    """Good targets of some KPIs, by their weights."""
    return tuple(target(name, weight) for name, weight in weights.items())


def write_good(root: Path) -> None:
    """Write the project: no rule finds anything in it."""
    leads = [f"head_of_{team}" for team in TEAMS]
    units = "".join(
        f"  {team}: {{label: {{en: {team}}}, kind: team, department: sales, parent: sales, lead: head_of_{team}}}\n"
        for team in TEAMS
    )
    roles = "".join(f"  {role}: {{label: {{en: {role}}}, unit: sales}}\n" for role in (*PEOPLE, *leads, "vacant"))
    people = "".join(f"  p_{number}: [{role}]\n" for number, role in enumerate((*PEOPLE, *leads), start=1))
    files = {
        "kpiledger.yml": "build: build\n",
        "metrics/calendar.yml": "starts_on: 2014-01-01\nas_of: 2017-12-31\nzone: Europe/Copenhagen\n",
        "metrics/organisation.yml": f"{_ORGANISATION}{units}roles:\n{roles}people:\n{people}",
        "metrics/chain.yml": _CHAIN,
        "metrics/facts/order_line.yml": _FACT,
        "metrics/objectives/2017.yml": _OBJECTIVES,
        "expectations/erp.yml": _ERP,
        "models/marts/_marts.yml": _MARTS,
        "models/staging/erp/_erp.yml": _STAGING,
        **dict(kpi(name, **changed) for name, changed in KPIS.items()),
        **dict(
            [
                agreement("west", *targets({**TEAM, "revenue": "0.4", "margin": "0.1"})),
                agreement("warehouse", *targets({"shipped_in_time": "0.5", "days_to_ship": "0.3", "orders": "0.2"})),
                agreement("seller", *targets({"offers": "0.6", "margin": "0.4"}), more=GOALS),
            ]
        ),
    }
    write(root, files)


def write(root: Path, files: dict[str, str]) -> None:
    """Write files by their paths."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
