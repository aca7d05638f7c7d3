"""Files that do not have the shape of their spec, or lie astray: KPI010 to KPI018."""

from __future__ import annotations

from pathlib import Path

from finding_case import (
    CALENDAR,
    CHAIN,
    CRM,
    LINES,
    MARGIN,
    ORGANISATION,
    REVENUE,
    SHIPMENT,
    SHIPPED,
    WEST,
    Append,
    Case,
    Move,
    Swap,
    Write,
    case,
)

_SHIPPED = (Path(__file__).parent / "base" / SHIPPED).read_text(encoding="utf-8")
_SECOND = _SHIPPED.replace("chain_stage: deliver", "chain_stage: order")

CASES: tuple[Case, ...] = (
    case("unknown_key_in_kpi", "KPI010", Swap(REVENUE, "slices: [region, segment]", "slice: [region, segment]")),
    case(
        "unknown_key_in_version",
        "KPI010",
        Swap(REVENUE, "  - version: 1\n", "  - version: 1\n    valid_until: 2020-12-31\n"),
    ),
    case("unknown_key_in_formula", "KPI010", Swap(REVENUE, "measure: revenue_amount", "mesure: revenue_amount")),
    case("unknown_key_in_target", "KPI010", Swap(WEST, 'stretch: "25000.00"', 'strech: "25000.00"')),
    case(
        "unknown_key_in_fact", "KPI010", Swap(LINES, "    agg: count\n", "    agg: count\n    filter: quantity > 0\n")
    ),
    case("unknown_key_in_rule", "KPI010", Swap(CRM, "allow: {at_most: 0.01}", "allow: {max: 0.01, at_most: 0.01}")),
    case("unknown_kind_of_check", "KPI010", Swap(CRM, "{filled_in: [reason_code]}", "{not_null: [reason_code]}")),
    case("unknown_key_in_calendar", "KPI010", Swap(CALENDAR, "week_starts: monday", "week_start: monday")),
    case(
        "unknown_key_in_organisation",
        "KPI010",
        Swap(ORGANISATION, "    lead: cfo\n", "    lead: cfo\n    manager: cfo\n"),
    ),
    case("missing_keys_in_kpi", "KPI011", Swap(REVENUE, "owner: finance_controller\ndepartment: finance\n", "")),
    case(
        "missing_change",
        "KPI011",
        Swap(REVENUE, "    change: {reason: first definition, requested_by: finance_controller}\n", ""),
    ),
    case("missing_formula_type", "KPI011", Swap(REVENUE, "{type: simple, measure", "{measure")),
    case("missing_denominator", "KPI011", Swap(MARGIN, ", denominator: revenue_amount}", "}")),
    case(
        "missing_approver",
        "KPI011",
        Swap(
            WEST,
            "    proposed_by: head_of_sales\n    approved_by: cfo\n",
            "    proposed_by: head_of_sales\n",
        ),
    ),
    case(
        "missing_question_of_stage", "KPI011", Swap(CHAIN, "    question: Is it here when you said it would be?\n", "")
    ),
    case("unknown_key_in_tolerance", "KPI010", Swap(CRM, 'minutes: {within: "0.5"}', 'minutes: {withn: "0.5"}')),
    case("direction_not_in_list", "KPI012", Swap(REVENUE, "direction: increase", "direction: increasing")),
    case("grain_not_in_list", "KPI012", Swap(REVENUE, "grains: [month, quarter, year]", "grains: [monthly]")),
    case("span_not_known", "KPI012", Swap(REVENUE, "rolling_12]", "rolling_year]")),
    case("span_with_an_ending", "KPI012", Swap(REVENUE, "spans: [period,", "spans: [periods,")),
    case("formula_type_not_known", "KPI012", Swap(REVENUE, "type: simple", "type: simpel")),
    case("text_where_list_is_expected", "KPI012", Swap(REVENUE, "slices: [region, segment]", "slices: region")),
    case(
        "text_where_mapping_is_expected",
        "KPI012",
        Swap(REVENUE, "{type: simple, measure: revenue_amount}", "revenue_amount"),
    ),
    case("figure_where_text_is_expected", "KPI012", Swap(REVENUE, "What customers pay, by order date.", "2017")),
    case("empty_value", "KPI012", Swap(REVENUE, "owner: finance_controller\n", "owner:\n")),
    case("empty_text", "KPI012", Swap(REVENUE, "What customers pay, by order date.", '""')),
    case(
        "no_versions",
        "KPI012",
        Swap(
            SHIPPED,
            "versions:\n"
            "  - version: 1\n"
            "    valid_from: 2014-01-01\n"
            "    change: {reason: first definition, requested_by: head_of_sales}\n"
            "    formula: {type: simple, measure: shipments}\n",
            "versions: []\n",
        ),
    ),
    case("version_in_quotes", "KPI012", Swap(REVENUE, "version: 1", 'version: "1"')),
    case("version_true", "KPI012", Swap(REVENUE, "version: 1", "version: true")),
    case("version_zero", "KPI012", Swap(REVENUE, "version: 1", "version: 0")),
    case("figure_for_a_date", "KPI012", Swap(REVENUE, "valid_from: 2014-01-01", "valid_from: 20140101")),
    case("month_for_a_date", "KPI012", Swap(REVENUE, "valid_from: 2014-01-01", "valid_from: 2014-01")),
    case("name_in_capitals", "KPI012", Swap(REVENUE, "owner: finance_controller", "owner: Finance Controller")),
    case("name_is_a_word_of_sql", "KPI012", Swap(LINES, "  order_lines:\n", "  order:\n")),
    case("measure_named_as_a_model", "KPI012", Swap(LINES, "  order_lines:\n", "  fct_order_lines:\n")),
    case("dimension_named_as_a_model", "KPI012", Swap(SHIPMENT, "  region: region", "  dim_region: region")),
    case(
        "kpi_named_as_a_model",
        "KPI012",
        Swap(SHIPPED, "kpi: orders_shipped", "kpi: kpi_orders_shipped"),
        Move(SHIPPED, "metrics/kpis/deliver/kpi_orders_shipped.yml"),
    ),
    case("currency_in_words", "KPI012", Swap(REVENUE, "currency: USD", "currency: dollar")),
    case("target_value_with_comma", "KPI012", Swap(WEST, '"21000.00"', '"21.000,00"')),
    case("target_value_in_words", "KPI012", Swap(WEST, '"21000.00"', "much")),
    case("weight_above_one", "KPI012", Swap(WEST, "weight: 0.3", "weight: 1.3")),
    case("reason_kind_not_in_list", "KPI012", Swap(WEST, "kind: external_shock", "kind: shock")),
    case("month_thirteen", "KPI012", Swap(WEST, "from: 2016-01", "from: 2016-13")),
    case("month_thirteen_as_key", "KPI012", Swap(WEST, "2017-02:", "2017-13:")),
    case("duration_without_unit", "KPI012", Swap(CRM, "max: 2 days", "max: 2")),
    case("duration_in_weeks", "KPI012", Swap(CRM, "max: 2 days", "max: 2 weeks")),
    case("rule_id_in_lower_case", "KPI012", Swap(CRM, "id: DM-04", "id: dm4")),
    case("severity_not_in_list", "KPI012", Swap(CRM, "severity: blocking", "severity: block")),
    case("tolerance_not_in_list", "KPI012", Swap(CRM, "status: exact", "status: exakt")),
    case("connection_is_a_url", "KPI012", Swap(CRM, "connection: CRM_URL", "connection: postgres//crm")),
    case("time_zone_not_known", "KPI012", Swap(CALENDAR, "Europe/Copenhagen", "Europe/Kopenhagen")),
    case("percentile_above_one", "KPI012", Swap(LINES, "percentile: 0.9", "percentile: 90")),
    case("aggregation_not_in_list", "KPI012", Swap(SHIPMENT, "agg: last", "agg: latest")),
    case(
        "target_without_value",
        "KPI013",
        Swap(WEST, 'target: {grain: month, value: "21000.00", comparison', "target: {grain: month, comparison"),
    ),
    case(
        "target_of_two_forms",
        "KPI013",
        Swap(WEST, 'value: "21000.00", comp', 'value: "21000.00", ramp: {from: "1", to: "2"}, comp'),
    ),
    case(
        "between_without_upper",
        "KPI013",
        Swap(WEST, '"23000.00", comparison: at_least', '"23000.00", comparison: between'),
    ),
    case(
        "exactly_without_within",
        "KPI013",
        Swap(WEST, '"23000.00", comparison: at_least', '"23000.00", comparison: exactly'),
    ),
    case("agreed_without_end", "KPI013", Swap(WEST, "    valid_to: 2017-12-31\n", "")),
    case(
        "amended_without_targets",
        "KPI013",
        Append(
            WEST,
            "  - event: amended\n"
            "    agreement: sales_west_2017\n"
            "    decided_on: 2017-09-01\n"
            "    valid_from: 2017-10-01\n"
            "    reason: {kind: pilot, text: A trial}\n"
            "    proposed_by: head_of_sales\n"
            "    approved_by: cfo\n",
        ),
    ),
    case(
        "two_kinds_of_check",
        "KPI013",
        Swap(CRM, "{filled_in: [reason_code]}", "{filled_in: [reason_code], unique: [meeting_id]}"),
    ),
    case(
        "two_slices",
        "KPI013",
        Swap(
            WEST,
            "slice: {region: West}\n        weight: 0.6\n        influence",
            "slice: {region: West, segment: Home}\n        weight: 0.6\n        influence",
        ),
    ),
    case(
        "bad_regular_expression",
        "KPI013",
        Swap(CRM, "{filled_in: [reason_code]}", '{matches: {column: reason_code, pattern: "R[0-9"}}'),
    ),
    case("currency_missing", "KPI013", Swap(REVENUE, "currency: USD\n", "")),
    case("currency_of_a_ratio", "KPI013", Swap(MARGIN, "unit: ratio\n", "unit: ratio\ncurrency: USD\n")),
    case("grain_twice", "KPI013", Swap(MARGIN, "grains: [month, year]", "grains: [month, month]")),
    case("own_counter_kpi", "KPI013", Swap(MARGIN, "counter_kpis: [revenue]", "counter_kpis: [gross_margin]")),
    case(
        "unit_below_itself",
        "KPI013 KPI013",
        Swap(ORGANISATION, "    kind: company\n", "    kind: company\n    parent: sales_west\n"),
    ),
    case("month_totals_without_period", "KPI013", Swap(CRM, "    period: held_on\n", "")),
    case("file_named_otherwise", "KPI014", Swap(SHIPPED, "kpi: orders_shipped", "kpi: shipped_orders")),
    case("holder_named_otherwise", "KPI014", Swap(WEST, "holder: sales_west", "holder: company")),
    case("file_name_in_capitals", "KPI015", Move(SHIPPED, "metrics/kpis/deliver/Orders-Shipped.yml")),
    case("file_name_is_a_device", "KPI015", Write("metrics/kpis/deliver/con.yml", _SHIPPED)),
    case("file_ends_in_yaml", "KPI015", Move(SHIPPED, "metrics/kpis/deliver/orders_shipped.yaml")),
    case("file_at_an_unknown_place", "KPI016", Write("metrics/kpis/notes.yml", "a: 1\n")),
    case("folder_not_known", "KPI016", Write("metrics/agreement/2017/sales_west.yml", "a: 1\n")),
    case("expectations_in_a_folder", "KPI016", Write("expectations/crm/meeting.yml", "a: 1\n")),
    case("calendar_missing", "KPI017", Move(CALENDAR)),
    case("organisation_missing", "KPI017", Move(ORGANISATION)),
    case("kpi_in_two_stages", "KPI018", Write("metrics/kpis/order/orders_shipped.yml", _SECOND)),
    case("measure_in_two_facts", "KPI018", Swap(SHIPMENT, "  shipments_by_order_date:\n", "  order_lines:\n")),
    case(
        "role_named_as_a_unit",
        "KPI018",
        Swap(ORGANISATION, "roles:\n", "roles:\n  company:\n    label: {en: Company}\n"),
    ),
    case("person_named_as_a_role", "KPI018", Append(ORGANISATION, "  cfo: []\n")),
    case("stage_twice", "KPI018", Append(CHAIN, "  - stage: order\n    label: {en: Order}\n    question: Again?\n")),
)
