"""Each mistake of KPI work, made once, with a good project around it: by the code of the rule that finds it."""

from __future__ import annotations

from pathlib import Path

from good_specs import GOALS, TEAM, agreement, kpi, target, targets, write

_SHARED = {"revenue": "0.5", "visits_to_orders": "0.3"}
_FACT = """fact: visit
model: fct_order_line
description: Visits. One row per visit.
key: [order_line_id]
time: ordered_on
source: [diary]
measures:
  visit_count: {agg: count}
"""

# Files that are added to the good project. Each holder, KPI and fact stands in one mistake only.
MISTAKES: dict[str, dict[str, str]] = {
    "KPI201": dict([kpi("average_order", objective=None)]),
    "KPI202": dict([agreement("south", *targets({"visits": "0.5", "orders": "0.5"}))]),
    "KPI204": dict(
        [
            agreement(
                "east",
                *targets({"revenue": "0.5", "margin": "0.1", "visits": "0.1", "orders": "0.1", "days_to_ship": "0.1"}),
                target("visits_to_orders", "0.1"),
            )
        ]
    ),
    "KPI205": dict([kpi("returned_goods", owner="vacant")]),
    "KPI206": dict([("metrics/facts/visit.yml", _FACT), kpi("visits_made", measure="visit_count")]),
    "KPI207": dict([agreement("north", *targets({"revenue": "0.5", "margin": "0.3", "days_to_ship": "0.2"}))]),
    "KPI208": dict([kpi("quotes_sent", timing="leading", cadence="month")]),
    "KPI209": dict([kpi("calls_handled", aspect="quantity")]),
    "KPI210": dict(
        [
            agreement(
                "adviser",
                *targets({"offers": "0.3", "visits_to_orders": "0.2", "shipped_in_time": "0.2", "margin": "0.3"}),
                more=GOALS,
            )
        ]
    ),
    "KPI211": dict(
        [
            kpi("purchase_price", timing="leading", cadence="week"),
            agreement("buyer", *targets({"purchase_price": "0.5", "margin": "0.5"}), more=GOALS),
        ]
    ),
    "KPI212": dict([kpi("meetings_held", level="individual")]),
    "KPI213": dict(
        [agreement("harbour", *targets(_SHARED), target("shipped_in_time", "0.2", influence="influence: 0.5"))]
    ),
    "KPI214": dict([agreement("market", *targets(_SHARED), target("shipped_in_time", "0.2", influence=None))]),
    "KPI215": dict(
        [
            kpi("stock_count", cadence="quarter", grains="[quarter, year]"),
            agreement(
                "valley",
                *targets({"visits_to_orders": "0.5", "shipped_in_time": "0.3"}),
                target("stock_count", "0.2", target="target: {grain: quarter, value: '1', comparison: at_least}"),
            ),
        ]
    ),
    "KPI216": dict([kpi("line_size", spans="[period]")]),
    "KPI217": dict([agreement("coast", *targets(_SHARED), target("shipped_in_time", "0.2", baseline=None))]),
    "KPI219": dict([kpi("old_habit", since="2014-01-01")]),
    "KPI221": dict([agreement("trainee", *targets({"offers": "0.6", "margin": "0.4"}))]),
    "KPI222": dict([agreement("lakes", *targets({**TEAM, "revenue": "0.4"}))]),
    "KPI223": dict([agreement("forest", *targets({"revenue": "0.5", "margin": "0.2", "visits_to_orders": "0.3"}))]),
    "KPI224": dict(
        [
            agreement(
                "island",
                *targets(TEAM),
                valid_to="2018-12-31",
                reason="{kind: pilot, text: Can a small team be steered by these?}",
                pilot="true",
            )
        ]
    ),
    "KPI226": dict([agreement("hills", *targets(TEAM), proposed_by="head_of_sales")]),
}
# What is written within a file that there is: the line after which it stands, and the line.
WITHIN: dict[str, tuple[str, str, str]] = {
    "KPI228": (
        "metrics/chain.yml",
        "question: Is it here in time?}\n",
        "  - {stage: retain, label: {en: Retain}, question: Do I come back?}\n",
    ),
    "KPI229": ("metrics/organisation.yml", "departments:\n", "  legal: {label: {en: Legal}}\n"),
}
CODES = (*MISTAKES, *WITHIN)


def make(root: Path, code: str) -> None:
    """Make a mistake in the good project."""
    if code in MISTAKES:
        write(root, MISTAKES[code])
        return
    path, after, line = WITHIN[code]
    text = (root / path).read_text(encoding="utf-8")
    assert text.count(after) == 1
    (root / path).write_text(text.replace(after, after + line), encoding="utf-8")
