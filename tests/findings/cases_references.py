"""Specs that name what does not exist, versions that do not follow, expressions that are refused: KPI020 to KPI046."""

from __future__ import annotations

from finding_case import (
    CALENDAR,
    CHAIN,
    CRM,
    LINES,
    MARGIN,
    MARTS,
    ORGANISATION,
    REVENUE,
    SHIPMENT,
    SHIPPED,
    WEST,
    Case,
    Move,
    Swap,
    case,
)

CASES: tuple[Case, ...] = (
    case("unknown_measure", "KPI020", Swap(REVENUE, "measure: revenue_amount", "measure: revenu_amount")),
    case("unknown_measure_in_ratio", "KPI020", Swap(MARGIN, "numerator: profit_total, ", "numerator: earnings, ")),
    case("unknown_measure_with_condition", "KPI020", Swap(MARGIN, "{measure: profit_total,", "{measure: profit,")),
    case("unknown_counter_kpi", "KPI021", Swap(MARGIN, "counter_kpis: [revenue]", "counter_kpis: [revenues]")),
    case("unknown_kpi_in_agreement", "KPI021", Swap(WEST, "- kpi: gross_margin", "- kpi: gross_margins")),
    case("unknown_dimension", "KPI022", Swap(MARGIN, "slices: [region]", "slices: [regoin]")),
    case(
        "unknown_slice_of_target",
        "KPI022",
        Swap(WEST, "- kpi: gross_margin\n", "- kpi: gross_margin\n        slice: {segment: Home}\n"),
    ),
    case("unknown_owner", "KPI023", Swap(REVENUE, "owner: finance_controller", "owner: finance_control")),
    case("unknown_requester", "KPI023", Swap(MARGIN, "requested_by: cfo", "requested_by: ceo")),
    case(
        "unknown_approver",
        "KPI023",
        Swap(
            WEST,
            "proposed_by: finance_controller\n    approved_by: cfo",
            "proposed_by: finance_controller\n    approved_by: chief",
        ),
    ),
    case(
        "unknown_holder",
        "KPI023",
        Swap(WEST, "holder: sales_west", "holder: sales_wset"),
        Move(WEST, "metrics/agreements/2017/sales_wset.yml"),
    ),
    case("unknown_lead", "KPI023", Swap(ORGANISATION, "    lead: head_of_sales", "    lead: head_of_sale")),
    case(
        "unknown_role_of_person",
        "KPI023",
        Swap(ORGANISATION, "p1007: [head_of_sales]", "p1007: [head_of_sales, coach]"),
    ),
    case("unknown_parent", "KPI023", Swap(ORGANISATION, "parent: company", "parent: group")),
    case("unknown_department", "KPI024", Swap(REVENUE, "department: finance", "department: finances")),
    case(
        "unknown_stage",
        "KPI024",
        Swap(SHIPPED, "chain_stage: deliver", "chain_stage: delivery"),
        Move(SHIPPED, "metrics/kpis/delivery/orders_shipped.yml"),
    ),
    case("unknown_model", "KPI025", Swap(SHIPMENT, "model: fct_shipment", "model: fct_shipments")),
    case("unknown_dimension_model", "KPI025", Swap(LINES, "through: dim_customer", "through: dim_customers")),
    case(
        "model_without_columns",
        "KPI025",
        Swap(
            MARTS,
            "    columns:\n"
            "      - {name: customer_id, data_type: varchar, data_tests: [unique]}\n"
            "      - {name: segment, data_type: varchar}\n",
            "",
        ),
    ),
    case("unknown_key_column", "KPI026", Swap(LINES, "key: [order_line_id]", "key: [order_lin_id]")),
    case("unknown_time_column", "KPI026", Swap(SHIPMENT, "time: shipped_on", "time: shipped_at")),
    case("time_column_is_no_date", "KPI026", Swap(LINES, "time: ordered_on", "time: region")),
    case("unknown_time_of_measure", "KPI026", Swap(SHIPMENT, "    time: ordered_on", "    time: order_on")),
    case("unknown_column_of_dimension", "KPI026", Swap(LINES, "column: segment}", "column: segments}")),
    case("unknown_column_in_over", "KPI026", Swap(SHIPMENT, "over: [order_id]", "over: [order]")),
    case(
        "dimension_key_not_unique",
        "KPI027",
        Swap(
            MARTS,
            "- {name: customer_id, data_type: varchar, data_tests: [unique]}",
            "- {name: customer_id, data_type: varchar, data_tests: [not_null]}",
        ),
    ),
    case(
        "dimension_key_only_warned_of",
        "KPI027",
        Swap(
            MARTS,
            "- {name: customer_id, data_type: varchar, data_tests: [unique]}",
            "- {name: customer_id, data_type: varchar, data_tests: [{unique: {config: {severity: warn}}}]}",
        ),
    ),
    case("kpi_in_the_folder_of_another_stage", "KPI029", Swap(SHIPPED, "chain_stage: deliver", "chain_stage: order")),
    case("version_number_left_out", "KPI030", Swap(MARGIN, "  - version: 2", "  - version: 3")),
    case("versions_with_a_gap", "KPI031", Swap(MARGIN, "valid_to: 2015-12-31", "valid_to: 2015-11-30")),
    case("versions_that_overlap", "KPI031", Swap(MARGIN, "valid_to: 2015-12-31", "valid_to: 2016-03-31")),
    case("version_without_end", "KPI031", Swap(MARGIN, "    valid_to: 2015-12-31\n", "")),
    case(
        "version_ends_before_it_begins",
        "KPI032",
        Swap(REVENUE, "    valid_from: 2014-01-01\n", "    valid_from: 2014-01-01\n    valid_to: 2013-12-31\n"),
    ),
    case("as_of_before_the_start", "KPI032", Swap(CALENDAR, "as_of: 2017-12-31", "as_of: 2013-12-31")),
    case("baseline_ends_before_it_begins", "KPI032 KPI058", Swap(WEST, "to: 2016-12\n", "to: 2015-12\n")),
    case("unknown_column_in_expression", "KPI040", Swap(LINES, "expr: profit_amount", "expr: profit_amont")),
    case("expression_is_no_sql", "KPI040", Swap(LINES, "expr: profit_amount", "expr: profit_amount +")),
    case("expression_calls_a_function", "KPI105", Swap(LINES, "expr: profit_amount", "expr: profit_amount * random()")),
    case(
        "expression_holds_a_query",
        "KPI040",
        Swap(LINES, "expr: profit_amount", "expr: (select max(sales_amount) from fct_order_line)"),
    ),
    case("condition_of_measure_refused", "KPI040", Swap(LINES, "where: sales_amount <> 0", "where: sales <> 0")),
    case(
        "condition_of_input_refused",
        "KPI105",
        Swap(MARGIN, "where: sales_amount > 0}", "where: ordered_on < current_date}"),
    ),
    case("condition_of_rule_refused", "KPI040", Swap(CRM, "where: status in", "where: state in")),
    case("measure_without_expression", "KPI041", Swap(LINES, "    expr: profit_amount\n", "")),
    case("last_without_over", "KPI042", Swap(SHIPMENT, "    over: [order_id]\n", "")),
    case("over_without_last", "KPI042", Swap(SHIPMENT, "agg: last", "agg: sum")),
    case("percentile_without_share", "KPI043", Swap(LINES, "    percentile: 0.9\n", "")),
    case("share_without_percentile", "KPI043", Swap(LINES, "agg: percentile", "agg: median")),
    case("dimension_without_key", "KPI044", Swap(LINES, "on: customer_id, ", "")),
    case(
        "dimension_of_another_model_named_as_a_column",
        "KPI045",
        Swap(
            MARTS,
            "      - {name: sales_amount,",
            "      - {name: segment, data_type: varchar}\n      - {name: sales_amount,",
        ),
    ),
    case("dimension_named_as_another_column", "KPI045", Swap(SHIPMENT, "  region: region", "  region: order_id")),
    case(
        "dimension_named_as_a_measure",
        "KPI045",
        Swap(SHIPMENT, "  region: region", "  region: region\n  shipments: region"),
    ),
    case(
        "average_in_a_ratio",
        "KPI046 KPI046",
        Swap(LINES, "agg: sum\n    expr: profit_amount", "agg: average\n    expr: profit_amount"),
    ),
    case(
        "stage_file_unreadable_hides_nothing_else",
        "KPI007 KPI020",
        Swap(CHAIN, "stages:\n", "---\nstages:\n---\n"),
        Swap(REVENUE, "measure: revenue_amount", "measure: revenu_amount"),
    ),
    case(
        "fact_file_unreadable_accuses_no_kpi", "KPI010", Swap(LINES, "source: [crm]", "sources: [crm]\nsource: [crm]")
    ),
    case(
        "kpi_file_unreadable_accuses_no_agreement", "KPI010", Swap(REVENUE, "level: team", "level: team\nlevels: all")
    ),
    case("kpi_file_with_another_ending_accuses_nobody", "KPI015", Move(REVENUE, REVENUE.replace(".yml", ".yaml"))),
    case("fact_file_with_another_ending_accuses_nobody", "KPI015", Move(LINES, LINES.replace(".yml", ".yaml"))),
    case(
        "organisation_unreadable_accuses_nobody",
        "KPI006",
        Swap(
            ORGANISATION,
            "  finance:\n    label: {en: Finance, da: Økonomi}\n",
            "  sales:\n    label: {en: Finance, da: Økonomi}\n",
        ),
    ),
    case("dbt_yaml_unreadable_accuses_no_fact", "KPI001", Swap(MARTS, "version: 2", "version: 2: 3")),
)
