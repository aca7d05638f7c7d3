"""Facts whose late rows are told by a column that does not tell them: KPI130, KPI131."""

from __future__ import annotations

from finding_case import LINES, MARTS, Append, Case, Swap, Write, case

_MARKED = Swap(
    MARTS,
    '      - {name: profit_amount, data_type: "decimal(18,4)"}\n',
    '      - {name: profit_amount, data_type: "decimal(18,4)"}\n      - {name: loaded_at, data_type: timestamp}\n',
)
_CONVERSION = """\
kpi: come_back
label: {en: Customers who come back}
description: The order lines whose customer orders again within a month.
owner: finance_controller
department: finance
chain_stage: deliver
timing: lagging
effect: outcome
aspect: quality
level: team
direction: increase
unit: ratio
cadence: month
grains: [month]
spans: [period]
counter_kpis: [revenue]
versions:
  - version: 1
    valid_from: 2014-01-01
    change: {reason: first definition, requested_by: cfo}
    formula:
      type: conversion
      base: {measure: order_lines}
      converted: {measure: order_lines}
      entity: customer_id
      window: 1 month
"""


def _incremental(column: str) -> Append:
    return Append(LINES, f"incremental: {{changed_at: {column}}}\n")


CASES: tuple[Case, ...] = (
    case("late_rows_told_by_no_column", "KPI026", _incremental("loaded")),
    case("late_rows_told_by_an_amount", "KPI130", _incremental("sales_amount")),
    case("late_rows_told_by_the_date_they_count_on", "KPI130", _incremental("ordered_on")),
    case(
        "late_rows_of_a_fact_whose_events_are_followed",
        "KPI131",
        _MARKED,
        _incremental("loaded_at"),
        Write("metrics/kpis/deliver/come_back.yml", _CONVERSION),
    ),
)
