"""Versions computed too seldom or begun too late, and what a deprecated KPI leaves behind: KPI110 to KPI115."""

from __future__ import annotations

from finding_case import MARGIN, REVENUE, SHIPPED, Case, Swap, Write, case

_SECOND = "    valid_from: 2016-01-01\n"
_DOUBLE = """\
kpi: shipments_doubled
label: {en: Shipments doubled}
description: The orders shipped, twice.
owner: finance_controller
department: finance
chain_stage: deliver
timing: lagging
effect: output
aspect: quantity
level: team
direction: increase
unit: count
cadence: month
grains: [month]
spans: [period]
counter_kpis: [revenue]
versions:
  - version: 1
    valid_from: 2014-01-01
    change: {reason: first definition, requested_by: cfo}
    formula: {type: derived, expr: shipped * 2, inputs: {shipped: {kpi: orders_shipped}}}
"""


def _deprecated(path: str, on: str, replaced_by: str = "") -> Swap:
    named = f", replaced_by: {replaced_by}" if replaced_by else ""
    return Swap(path, "versions:\n", f"deprecated: {{on: {on}, reason: nobody steers by it{named}}}\nversions:\n")


def _published(path: str, name: str) -> Swap:
    return Swap(path, "versions:\n", f"publish_as: {name}\nversions:\n")


CASES: tuple[Case, ...] = (
    case("version_computed_too_late", "KPI110", Swap(MARGIN, _SECOND, f"{_SECOND}    computed_from: 2016-06-01\n")),
    case(
        "version_computed_not_to_its_end",
        "KPI110",
        Swap(MARGIN, "    valid_to: 2015-12-31\n", "    valid_to: 2015-12-31\n    computed_to: 2015-06-30\n"),
    ),
    case(
        "version_without_end_computed_to_a_day",
        "KPI110",
        Swap(MARGIN, _SECOND, f"{_SECOND}    computed_to: 2020-12-31\n"),
    ),
    case(
        "version_begins_within_a_month",
        "KPI111",
        Swap(MARGIN, "valid_to: 2015-12-31", "valid_to: 2016-01-14"),
        Swap(MARGIN, _SECOND, "    valid_from: 2016-01-15\n"),
    ),
    case(
        "first_version_begins_within_a_month",
        "KPI111",
        Swap(SHIPPED, "    valid_from: 2014-01-01\n", "    valid_from: 2014-01-06\n"),
    ),
    case("replaced_by_itself", "KPI112", _deprecated(SHIPPED, "2018-01-01", "orders_shipped")),
    case("replaced_by_an_unknown_kpi", "KPI021", _deprecated(SHIPPED, "2018-01-01", "revenu")),
    case(
        "replaced_by_a_deprecated_kpi",
        "KPI112",
        _deprecated(SHIPPED, "2018-01-01", "gross_margin"),
        _deprecated(MARGIN, "2018-06-01", "revenue"),
    ),
    case(
        "replaced_in_a_circle",
        "KPI112 KPI112",
        _deprecated(REVENUE, "2018-01-01", "gross_margin"),
        _deprecated(MARGIN, "2018-06-01", "revenue"),
    ),
    case("deprecated_kpi_is_promised", "KPI113", _deprecated(MARGIN, "2017-10-01", "revenue")),
    case("deprecated_kpi_is_promised_anew", "KPI113", _deprecated(REVENUE, "2017-07-01")),
    case(
        "derived_from_a_deprecated_kpi",
        "KPI114",
        _deprecated(SHIPPED, "2018-01-01"),
        Write("metrics/kpis/deliver/shipments_doubled.yml", _DOUBLE),
    ),
    case("published_as_a_model_that_exists", "KPI115", _published(REVENUE, "as_of")),
    case("published_as_another_kpi", "KPI115", _published(REVENUE, "sales"), _published(MARGIN, "sales")),
    case("published_as_a_version", "KPI115", _published(REVENUE, "sales_v2")),
)
