"""YAML that is refused before its shape is looked at: KPI001 to KPI009."""

from __future__ import annotations

from finding_case import CALENDAR, LINES, MARTS, REVENUE, SHIPPED, WEST, Append, Case, Swap, Write, case

_DEEP = "kpi: orders_shipped\nlabel: " + "[" * 30 + "]" * 30 + "\n"
_TALL = "kpi: orders_shipped\ndescription: " + "x" * 1_000_001 + "\n"

CASES: tuple[Case, ...] = (
    case("syntax_colon_in_text", "KPI001", Swap(REVENUE, "What customers pay, by", "Revenue: what they pay, by")),
    case("syntax_open_bracket", "KPI001", Swap(REVENUE, "grains: [month, quarter, year]", "grains: [month, quarter")),
    case("syntax_open_quote", "KPI001", Swap(REVENUE, "currency: USD", 'currency: "USD')),
    case("syntax_indentation", "KPI001", Swap(REVENUE, "department: finance", " department: finance")),
    case("syntax_at_sign", "KPI001", Swap(REVENUE, "owner: finance_controller", "owner: @finance")),
    case("syntax_in_dbt_yaml", "KPI001", Swap(MARTS, "  - name: dim_customer", "  - name: dim: customer")),
    case(
        "not_utf8",
        "KPI002",
        Write(SHIPPED, "kpi: orders_shipped\ndescription: Bestillinger på lager\n".encode("latin-1")),
    ),
    case("nul_character", "KPI002", Swap(REVENUE, "What customers", "What\0customers")),
    case("escaped_nul_character", "KPI002", Swap(REVENUE, "What customers pay, by order date.", '"What\\0customers"')),
    case("text_turned_around", "KPI002", Swap(REVENUE, "first definition", "first \u202edefinition")),
    case("text_with_a_space_without_width", "KPI002", Swap(REVENUE, "first definition", "first\u200b definition")),
    case("tab_as_indentation", "KPI003", Swap(REVENUE, "    valid_from: 2014", "\tvalid_from: 2014")),
    case(
        "anchor_and_alias",
        "KPI004 KPI004",
        Swap(
            REVENUE,
            "reason: first definition, requested_by: finance_controller",
            "reason: &why first, requested_by: *why",
        ),
    ),
    case("merge_key", "KPI004", Swap(LINES, "  order_lines:\n    agg: count", "  order_lines:\n    <<: {agg: count}")),
    case("tag", "KPI005", Swap(REVENUE, "version: 1", "version: !!int 1")),
    case("python_tag", "KPI005", Swap(REVENUE, "version: 1", "version: !!python/object:os.system 1")),
    case("templating", "KPI005", Swap(REVENUE, "What customers pay, by order date.", "\"{{ env_var('HOME') }}\"")),
    case("duplicate_key", "KPI006", Swap(REVENUE, "cadence: month\n", "cadence: month\nowner: cfo\n")),
    case("duplicate_measure", "KPI006", Append(LINES, "  order_lines: {agg: count}\n")),
    case(
        "duplicate_key_in_dbt_yaml",
        "KPI006",
        Swap(MARTS, "  - name: dim_customer\n", "  - name: dim_customer\n    name: dim_client\n"),
    ),
    case("two_documents", "KPI007", Append(REVENUE, "---\nkpi: another\n")),
    case("empty_file", "KPI007", Write(SHIPPED, "# to come\n")),
    case("list_instead_of_mapping", "KPI007", Write(SHIPPED, "- kpi: orders_shipped\n")),
    case("key_is_a_list", "KPI007", Swap(REVENUE, "cadence: month", "[cadence]: month")),
    case("too_deep", "KPI008", Write(SHIPPED, _DEEP)),
    case("too_large", "KPI008", Write(SHIPPED, _TALL)),
    case(
        "word_no_as_country",
        "KPI009",
        Swap(WEST, "      - kpi: gross_margin\n", "      - kpi: gross_margin\n        slice: {region: NO}\n"),
    ),
    case(
        "word_yes_and_off",
        "KPI009 KPI009",
        Swap(REVENUE, "owner: finance_controller", "owner: yes"),
        Swap(REVENUE, "level: team", "level: off"),
    ),
    case("word_true_in_capitals", "KPI009", Swap(REVENUE, "What customers pay, by order date.", "TRUE")),
    case("octal", "KPI009", Swap(REVENUE, "version: 1", "version: 01")),
    case("hexadecimal", "KPI009", Swap(REVENUE, "version: 1", "version: 0x1")),
    case("underscores_in_figure", "KPI009", Swap(WEST, '"21000.00"', "21_000")),
    case("sexagesimal", "KPI009", Swap(REVENUE, "What customers pay, by order date.", "12:30:45")),
    case("danish_thousand", "KPI009", Swap(WEST, '"21000.00"', "21.000")),
    case("decimal_comma", "KPI009", Swap(WEST, 'stretch: "25000.00"', "stretch: 25000,50")),
    case("infinity", "KPI009", Swap(WEST, 'stretch: "25000.00"', "stretch: .inf")),
    case("exponent", "KPI009", Swap(WEST, 'stretch: "25000.00"', "stretch: 2.5e4")),
    case("bare_point", "KPI009", Swap(WEST, "influence: 0.8", "influence: .8")),
    case("day_that_does_not_exist", "KPI009", Swap(CALENDAR, "as_of: 2017-12-31", "as_of: 2017-02-30")),
    case("short_date", "KPI009", Swap(CALENDAR, "as_of: 2017-12-31", "as_of: 2017-1-5")),
    case("moment_for_a_date", "KPI009", Swap(CALENDAR, "as_of: 2017-12-31", "as_of: 2017-12-31T08:00:00Z")),
    case("long_figure", "KPI009", Swap(WEST, 'stretch: "25000.00"', "stretch: 1" + "0" * 40)),
)
