"""Formulas whose parts cannot be computed together: KPI120 to KPI127."""

from __future__ import annotations

from finding_case import LINES, MARGIN, MARTS, REVENUE, SHIPPED, Case, Swap, case

_SIMPLE = "{type: simple, measure: revenue_amount}"
_SHIPMENTS = "{type: simple, measure: shipments}"


def _derived(inputs: str, expr: str = "one + 1") -> Swap:
    return Swap(REVENUE, _SIMPLE, f"{{type: derived, expr: {expr}, inputs: {{{inputs}}}}}")


def _conversion(converted: str, entity: str) -> Swap:
    parts = f"base: shipments, converted: {converted}, entity: {entity}, window: 7 days"
    return Swap(SHIPPED, _SHIPMENTS, f"{{type: conversion, {parts}}}")


CASES: tuple[Case, ...] = (
    case("derived_from_itself", "KPI120", _derived("one: {kpi: revenue}")),
    case(
        "derived_in_a_circle",
        "KPI120 KPI120",
        _derived("one: {kpi: orders_shipped}"),
        Swap(SHIPPED, _SHIPMENTS, "{type: derived, expr: one * 2, inputs: {one: {kpi: revenue}}}"),
    ),
    case("derived_from_an_unknown_kpi", "KPI021", _derived("one: {kpi: revenues}")),
    case(
        "derived_from_too_many_measures",
        "KPI121",
        _derived(
            ", ".join(f"part{number}: {{measure: revenue_amount}}" for number in range(1, 42)),
            " + ".join(f"part{number}" for number in range(1, 42)),
        ),
    ),
    case(
        "offset_of_half_a_period",
        "KPI122 KPI122",
        _derived("one: {measure: revenue_amount, offset: 1 month}"),
    ),
    case(
        "offset_of_days_at_months",
        "KPI122 KPI122 KPI122",
        _derived("one: {measure: revenue_amount, offset: 7 days}"),
    ),
    case(
        "cumulative_to_date",
        "KPI126 KPI126",
        Swap(REVENUE, _SIMPLE, "{type: cumulative, measure: revenue_amount, window: 12 months}"),
    ),
    case("conversion_of_a_sum", "KPI124", _conversion("orders_open", "order_id")),
    case("conversion_by_an_unknown_entity", "KPI026", _conversion("shipments", "customer")),
    case(
        "column_named_as_one_of_ours",
        "KPI127 KPI127",
        Swap(
            MARTS,
            "      - {name: sales_amount,",
            "      - {name: slice, data_type: integer}\n      - {name: sales_amount,",
        ),
        Swap(LINES, "expr: profit_amount", "expr: profit_amount * slice"),
        Swap(MARGIN, "where: sales_amount > 0}", "where: slice > 0}"),
    ),
    case(
        "window_of_what_stands",
        "KPI125",
        Swap(SHIPPED, _SHIPMENTS, "{type: cumulative, measure: orders_open, window: 3 months}"),
    ),
)
