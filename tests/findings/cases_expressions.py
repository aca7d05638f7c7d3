"""Expressions that are read and still mean nothing: kinds that do not fit, inputs without use: KPI100 to KPI106."""

from __future__ import annotations

from finding_case import CALENDAR, LINES, MARGIN, REVENUE, SHIPMENT, Case, Swap, case

_FORMULA = "    formula: {type: simple, measure: revenue_amount}\n"


def _derived(expr: str, inputs: str = "{a: {measure: revenue_amount}, b: {measure: order_lines}}") -> Swap:
    return Swap(REVENUE, _FORMULA, f"    formula: {{type: derived, expr: '{expr}', inputs: {inputs}}}\n")


def _where(condition: str) -> Swap:
    return Swap(LINES, "where: sales_amount <> 0", f"where: {condition}")


CASES: tuple[Case, ...] = (
    case("text_added_to_a_figure", "KPI100", Swap(LINES, "expr: profit_amount", "expr: profit_amount + region")),
    case("text_compared_with_a_figure", "KPI100", _where("region = 5")),
    case("texts_put_in_order", "KPI100", _where("region > 'N'")),
    case("date_compared_with_a_figure", "KPI100", _where("ordered_on > 2016")),
    case("date_compared_with_no_day", "KPI100", _where("ordered_on >= '2016-02-30'")),
    case("dates_subtracted", "KPI100", Swap(SHIPMENT, "expr: open_count", "expr: shipped_on - ordered_on")),
    case(
        "branches_of_two_kinds",
        "KPI100",
        Swap(LINES, "expr: profit_amount", "expr: case when sales_amount > 0 then sales_amount else region end"),
    ),
    case("function_of_another_kind", "KPI100", _where("lower(sales_amount) = 'x'")),
    case("condition_is_a_figure", "KPI101", _where("sales_amount - profit_amount")),
    case("condition_of_input_is_a_text", "KPI101", Swap(MARGIN, "where: sales_amount > 0}", "where: region}")),
    case("sum_of_a_text", "KPI102", Swap(LINES, "expr: profit_amount", "expr: region")),
    case("sum_of_a_condition", "KPI102", Swap(LINES, "expr: profit_amount", "expr: profit_amount > 0")),
    case("last_of_a_date", "KPI102", Swap(SHIPMENT, "expr: open_count", "expr: shipped_on")),
    case("input_without_use", "KPI103", _derived("a * 2")),
    case("input_misspelt", "KPI040", _derived("a / bb")),
    case("derived_is_a_condition", "KPI104", _derived("a > b")),
    case("derived_is_always_null", "KPI104", _derived("case when a > b then null end")),
    case("calendar_of_millions_of_days", "KPI106", Swap(CALENDAR, "as_of: 2017-12-31", "as_of: 9017-12-31")),
    case("calendar_from_before_there_was_data", "KPI106", Swap(CALENDAR, "starts_on: 2014", "starts_on: 1014")),
    case("expression_asks_for_today", "KPI105", _where("ordered_on < current_date")),
)
