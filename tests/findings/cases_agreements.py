"""Agreements and expectations that do not hold together, and what is worth a second look: KPI050 to KPI083."""

from __future__ import annotations

from finding_case import CRM, MARGIN, ORGANISATION, REVENUE, SHIPPED, WEST, Append, Case, Swap, Write, case

_RETIRED = """\
  - event: retired
    agreement: sales_west_2017
    decided_on: 2017-09-20
    valid_from: 2017-10-01
    reason: {kind: scope_change, text: The team is dissolved}
    proposed_by: head_of_sales
    approved_by: cfo
"""
_AMENDED = """\
  - event: amended
    agreement: sales_west_2017
    decided_on: 2017-11-01
    valid_from: 2017-11-01
    reason: {kind: correction, text: Once more}
    proposed_by: head_of_sales
    approved_by: cfo
    targets:
      - kpi: gross_margin
        weight: 0.3
        target: {grain: month, value: "0.14", comparison: at_least}
"""
_SECOND = """\
  - event: agreed
    agreement: sales_west_extra
    decided_on: 2017-07-01
    valid_from: 2017-10-01
    valid_to: 2017-12-31
    reason: {kind: pilot, text: A second agreement on the same}
    proposed_by: head_of_sales
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {region: West}
        target: {grain: month, value: "24000.00", comparison: at_least}
"""
_HELD = """\
holder: {holder}
events:
  - event: agreed
    agreement: {name}_2017
    decided_on: 2016-12-20
    valid_from: 2017-01-01
    valid_to: 2017-12-31
    reason: {{kind: annual_agreement, text: Customers who order}}
    proposed_by: finance_controller
    approved_by: cfo
    targets:
      - kpi: orders_shipped
        target: {{grain: month, value: "{value}", comparison: at_least}}
"""
_OF_THE_ROLE = Write(
    "metrics/agreements/2017/head_of_sales.yml", _HELD.format(holder="head_of_sales", name="sales", value="40")
)
_OF_THE_PERSON = Write("metrics/agreements/2017/p1007.yml", _HELD.format(holder="p1007", name="own", value="30"))
_APPOINTED = "appointments:\n  - {{role: head_of_sales, person: p1007, valid_from: {}, valid_to: {}}}\n"
_JULY_TARGET = 'target: {grain: month, value: "23000.00", comparison: at_least}'
_MARGINS = """\
          comparison: at_least
          by_period:
            2017-01: "0.12"
            2017-02: "0.13"
"""
_DESK = """\
source: desk
connection: DESK_URL
owner: head_of_sales
tables:
  - table: meeting
    model: stg_crm__meeting
    key: [meeting_id]
    rules:
      - id: DM-01
        says: Every meeting has a team
        check: {filled_in: [team]}
        severity: warning
"""
_CUSTOMER = "  - table: customer\n    model: stg_crm__customer\n    key: [customer_id]\n"
_JULY = "decided_on: 2017-06-20\n    valid_from: 2017-07-01"


_SHOCK = "reason: {kind: external_shock, text: A competitor left the market}"
_MINUTES = "docs/decisions/2017-06-west.md"


def _evidence(named: str) -> Swap:
    return Swap(WEST, _SHOCK, f"{_SHOCK[:-1]}, evidence: {named!r}}}")


def _july(target: str) -> Swap:
    return Swap(WEST, _JULY_TARGET, target)


def _with_parent(
    model: str = "stg_crm__customer", link: str = "customer_id", columns: str = "segment", more: str = ""
) -> Swap:
    parent = f"    parent: {{model: {model}, link: {link}, columns: [{columns}]}}{more}\n"
    return Swap(CRM, "    team: team\n", "    team: team\n" + parent)


CASES: tuple[Case, ...] = (
    case(
        "amended_agreement_not_agreed",
        "KPI050",
        Swap(
            WEST,
            "  - event: amended\n    agreement: sales_west_2017",
            "  - event: amended\n    agreement: sales_west_217",
        ),
    ),
    case("amended_after_retirement", "KPI050", Append(WEST, _RETIRED + _AMENDED)),
    case("agreement_id_twice", "KPI051", Append(WEST, _SECOND.replace("sales_west_extra", "sales_west_2017"))),
    case("events_out_of_order", "KPI052", Swap(WEST, "decided_on: 2017-06-20", "decided_on: 2016-06-20")),
    case("amendment_after_the_end", "KPI053", Swap(WEST, _JULY, "decided_on: 2017-06-20\n    valid_from: 2018-01-01")),
    case(
        "agreement_of_another_year",
        "KPI053",
        Append(WEST, _SECOND.replace("2017-10-01", "2018-01-01").replace("2017-12-31", "2018-12-31")),
    ),
    case("amendment_within_a_month", "KPI054", Swap(WEST, _JULY, "decided_on: 2017-06-20\n    valid_from: 2017-07-15")),
    case("agreement_ends_within_a_month", "KPI054", Swap(WEST, "valid_to: 2017-12-31", "valid_to: 2017-12-15")),
    case(
        "retirement_within_a_month",
        "KPI054",
        Append(WEST, _RETIRED.replace("valid_from: 2017-10-01", "valid_from: 2017-10-10")),
    ),
    case("overlapping_agreements", "KPI055", Append(WEST, _SECOND)),
    case(
        "overlapping_agreements_that_spell_a_member_otherwise",
        "KPI055",
        Append(WEST, _SECOND.replace("{region: West}", '{region: " WEST"}')),
    ),
    case(
        "amendment_that_spells_a_member_otherwise",
        "KPI055",
        Append(
            WEST,
            _AMENDED.replace("kpi: gross_margin", "kpi: revenue\n        slice: {region: west}").replace("0.3", "0.1"),
        ),
    ),
    case("role_and_its_person_held_to_the_same", "KPI192", _OF_THE_ROLE, _OF_THE_PERSON),
    case(
        "role_and_person_held_to_the_same_for_the_days_of_an_appointment",
        "KPI192",
        _OF_THE_ROLE,
        _OF_THE_PERSON,
        Append(ORGANISATION, _APPOINTED.format("2017-09-01", "2018-03-31")),
    ),
    case(
        "role_and_person_held_to_the_same_before_the_appointment",
        "",
        _OF_THE_ROLE,
        _OF_THE_PERSON,
        Append(ORGANISATION, _APPOINTED.format("2018-01-01", "2018-03-31")),
    ),
    case(
        "agreement_made_longer_for_another_kpi",
        "",
        Swap(WEST, "valid_to: 2017-12-31", "valid_to: 2017-09-30"),
        Append(
            WEST,
            _AMENDED.replace("valid_from: 2017-11-01", "valid_from: 2017-09-01\n    valid_to: 2017-12-31").replace(
                "2017-11-01", "2017-08-01"
            )
            + _SECOND.replace("decided_on: 2017-07-01", "decided_on: 2017-09-01"),
        ),
    ),
    case(
        "agreement_made_longer_for_the_same_kpi",
        "KPI055",
        Swap(WEST, "valid_to: 2017-12-31", "valid_to: 2017-09-30"),
        Append(
            WEST,
            _AMENDED.replace("valid_from: 2017-11-01", "valid_from: 2017-09-01\n    valid_to: 2017-12-31")
            .replace("2017-11-01", "2017-08-01")
            .replace("kpi: gross_margin", "kpi: revenue\n        slice: {region: West}")
            + _SECOND.replace("decided_on: 2017-07-01", "decided_on: 2017-09-01"),
        ),
    ),
    case("evidence_that_is_not_there", "KPI165", _evidence("docs/decisions/2017-06-wset.md"), Write(_MINUTES, "So.\n")),
    case("evidence_in_no_folder", "KPI165", _evidence("minutes/2017-06.md")),
    case("evidence_outside_the_project", "KPI165", _evidence("../2017-06.md")),
    case("evidence_at_a_part_of_a_file", "", _evidence(f"{_MINUTES}#west"), Write(_MINUTES, "So.\n")),
    case(
        "post_mortem_that_is_not_there",
        "KPI165",
        Swap(
            WEST,
            'value: "19514.20"\n          source: erp\n',
            'value: "19514.20"\n          source: erp\n          post_mortem: docs/2016.md\n',
        ),
    ),
    case("evidence_at_an_address", "", _evidence("https://example.org/minutes/2017-06")),
    case("weights_above_one", "KPI056", Swap(WEST, "weight: 0.3", "weight: 0.5")),
    case("weights_above_one_by_amendment", "KPI056", Append(WEST, _AMENDED.replace("weight: 0.3", "weight: 0.45"))),
    case(
        "promised_twice",
        "KPI057",
        Swap(
            WEST,
            "      - kpi: gross_margin\n",
            "      - kpi: revenue\n"
            "        slice: {region: West}\n"
            '        target: {grain: month, value: "1.00", comparison: at_least}\n'
            "      - kpi: gross_margin\n",
        ),
    ),
    case("period_of_another_grain", "KPI058", Swap(WEST, "            2017-02:", "            2017-Q2:")),
    case(
        "fiscal_period_without_a_fiscal_year",
        "KPI059 KPI058",
        Swap(WEST, "        target:\n          grain: month", "        target:\n          grain: quarter"),
        Swap(WEST, '            2017-01: "0.12"\n            2017-02: "0.13"', '            FY2017-Q1: "0.12"'),
    ),
    case("period_outside_the_agreement", "KPI058", Swap(WEST, "            2017-02:", "            2018-02:")),
    case("exclusion_outside_the_baseline", "KPI058", Swap(WEST, "month: 2016-11", "month: 2015-11")),
    case(
        "grain_not_among_the_kpis",
        "KPI059",
        Swap(WEST, "        target:\n          grain: month", "        target:\n          grain: quarter"),
        Swap(WEST, '            2017-01: "0.12"\n            2017-02: "0.13"', '            2017-Q1: "0.12"'),
    ),
    case("span_period_not_computed", "KPI059", Swap(MARGIN, "spans: [period, year_to_date]", "spans: [year_to_date]")),
    case(
        "upper_below_the_lower_bound",
        "KPI140",
        _july('target: {grain: month, value: "23000.00", upper: "21000.00", comparison: between}'),
    ),
    case(
        "bounds_of_different_periods",
        "KPI140 KPI140 KPI140",
        Swap(
            WEST,
            _MARGINS,
            _MARGINS.replace("at_least", "between")
            + "          upper_by_period:\n"
            + '            2017-01: "0.11"\n'
            + '            2017-03: "0.15"\n',
        ),
    ),
    case(
        "upper_of_a_target_at_least",
        "KPI013",
        _july('target: {grain: month, value: "23000.00", upper: "25000.00", comparison: at_least}'),
    ),
    case(
        "upper_by_period_beside_a_value",
        "KPI013",
        _july('target: {grain: month, value: "1", upper_by_period: {2017-07: "2"}, comparison: between}'),
    ),
    case(
        "between_relative_bounds",
        "KPI013",
        _july(
            'target: {grain: month, relative: {to: same_period_last_year, times: "1.06"}, upper: "9", '
            "comparison: between}"
        ),
    ),
    case(
        "within_of_a_target_at_least",
        "KPI013",
        _july('target: {grain: month, value: "23000.00", within: "1", comparison: at_least}'),
    ),
    case(
        "amber_share_of_a_target_exactly",
        "KPI013",
        _july(
            'target: {grain: month, value: "23000.00", within: "1", comparison: exactly}\n'
            '        amber: {share_of_target: "0.9"}'
        ),
    ),
    case(
        "stretch_of_a_target_between",
        "KPI013",
        _july(
            'target: {grain: month, value: "23000.00", upper: "25000.00", comparison: between}\n'
            '        stretch: "24000.00"'
        ),
    ),
    case("commit_beyond_the_target", "KPI141", _july(f'{_JULY_TARGET}\n        commit: "24000.00"')),
    case(
        "commit_beyond_the_end_of_a_ramp",
        "KPI141",
        _july(
            'target: {grain: month, ramp: {from: "23000.00", to: "20000.00"}, comparison: at_least}\n'
            '        commit: "21000.00"'
        ),
    ),
    case(
        "ramp_without_an_end",
        "KPI142",
        Swap(WEST, _JULY, "decided_on: 2017-06-20\n    valid_from: 2017-12-01"),
        _july('target: {grain: month, ramp: {from: "23000.00", to: "25000.00"}, comparison: at_least}'),
    ),
    case(
        "ramp_that_leads_nowhere",
        "KPI142",
        _july('target: {grain: month, ramp: {from: "23000.00", to: "23000.00"}, comparison: at_least}'),
    ),
    case(
        "amendment_that_changes_nothing",
        "KPI143",
        Append(
            WEST,
            _AMENDED.replace(
                '        target: {grain: month, value: "0.14", comparison: at_least}\n',
                "        target: {grain: month, by_period: {}, comparison: at_least}\n",
            ),
        ),
    ),
    case(
        "relative_to_last_year_by_week",
        "KPI059 KPI144",
        Swap(WEST, _JULY, "decided_on: 2017-06-20\n    valid_from: 2017-07-03"),
        _july('target: {grain: week, relative: {to: same_period_last_year, times: "1.06"}, comparison: at_least}'),
    ),
    case(
        "relative_to_a_baseline_that_is_not_there",
        "KPI013",
        _july('target: {grain: month, relative: {to: baseline, times: "1.06"}, comparison: at_least}'),
    ),
    case(
        "binding_agreement_becomes_a_trial",
        "KPI145",
        Swap(
            WEST,
            "    proposed_by: finance_controller\n    approved_by: cfo\n",
            "    proposed_by: finance_controller\n    approved_by: cfo\n    pilot: true\n",
        ),
    ),
    case("rule_id_twice_in_a_file", "KPI070", Swap(CRM, "id: DM-02", "id: DM-01")),
    case("rule_id_twice_over_files", "KPI070", Write("expectations/desk.yml", _DESK)),
    case("unknown_model_of_table", "KPI025", Swap(CRM, "model: stg_crm__meeting", "model: stg_crm__meetings")),
    case("unknown_model_in_exists_in", "KPI025", Swap(CRM, "model: stg_crm__customer,", "model: stg_crm__client,")),
    case("unknown_key_in_exists_in", "KPI026", Swap(CRM, "key: customer_id}", "key: customer}")),
    case("exists_in_a_table_not_described", "KPI072", Swap(CRM, _CUSTOMER, "")),
    case("parent_seen_with_a_row", "", _with_parent()),
    case("unknown_model_of_parent", "KPI025", _with_parent(model="stg_crm__costumer")),
    case("parent_not_described", "KPI072 KPI072", _with_parent(), Swap(CRM, _CUSTOMER, "")),
    case(
        "parent_with_two_keys",
        "KPI072",
        _with_parent(),
        Swap(CRM, "    key: [customer_id]\n", "    key: [customer_id, segment]\n"),
    ),
    case("unknown_link_to_parent", "KPI026", _with_parent(link="customer")),
    case("unknown_column_of_parent", "KPI026", _with_parent(columns="segments")),
    case("column_of_parent_that_the_row_has", "KPI045", _with_parent(columns="customer_id")),
    case("unknown_key_of_table", "KPI026", Swap(CRM, "key: [meeting_id]", "key: [meting_id]")),
    case("key_that_only_the_parent_has", "KPI026", _with_parent(), Swap(CRM, "key: [meeting_id]", "key: [segment]")),
    case("unknown_team_of_table", "KPI026", Swap(CRM, "    team: team\n", "    team: teams\n")),
    case("unknown_column_of_totals_by", "KPI026", Swap(CRM, "by: [team, month]", "by: [tem, month]")),
    case("unknown_column_in_rows", "KPI026", Swap(CRM, "rows: {status: exact", "rows: {state: exact")),
    case("unknown_end_of_registration", "KPI026", Swap(CRM, "to: registered_at,", "to: registred_at,")),
    case(
        "freshness_of_a_column_that_only_the_parent_has",
        "KPI026",
        _with_parent(more="\n    freshness: {column: segment, within: 2 days}"),
    ),
    case("unknown_period_of_table", "KPI026", Swap(CRM, "period: held_on", "period: held_at")),
    case("unknown_cut_off", "KPI026", Swap(CRM, "cut_off: registered_at", "cut_off: changed_at")),
    case("unknown_column_in_check", "KPI026", Swap(CRM, "from: held_on", "from: helt_on")),
    case("unknown_column_in_totals", "KPI026", Swap(CRM, "sum: {minutes:", "sum: {minute:")),
    case("unknown_owner_of_source", "KPI023", Swap(CRM, "owner: head_of_sales", "owner: sales_operations")),
    case(
        "query_that_deletes",
        "KPI071",
        Swap(CRM, "select meeting_id from meeting where follows_id = meeting_id", "delete from meeting"),
    ),
    case(
        "query_that_deletes_within",
        "KPI071",
        Swap(
            CRM,
            "select meeting_id from meeting where follows_id = meeting_id",
            '"with gone as (delete from meeting returning meeting_id) select meeting_id from gone"',
        ),
    ),
    case(
        "query_of_two_statements",
        "KPI071",
        Swap(CRM, "select meeting_id from meeting where follows_id = meeting_id", '"select 1; select 2"'),
    ),
    case("no_counter_kpi", "KPI080", Swap(REVENUE, "counter_kpis: [gross_margin]\n", "")),
    case(
        "comparison_against_direction",
        "KPI081",
        Swap(WEST, 'value: "23000.00", comparison: at_least', 'value: "23000.00", comparison: at_most'),
    ),
    case("amber_beyond_the_target", "KPI084", Swap(WEST, 'share_of_target: "0.95"', 'share_of_target: "1.05"')),
    case("amber_figure_beyond_the_target", "KPI084", Swap(WEST, 'share_of_target: "0.95"', 'absolute: "22000"')),
    case("stretch_short_of_the_target", "KPI084", Swap(WEST, 'stretch: "25000.00"', 'stretch: "20000.00"')),
    case(
        "proposer_approves",
        "KPI082",
        Swap(
            WEST,
            "proposed_by: finance_controller\n",
            "proposed_by: cfo\n",
        ),
    ),
    case(
        "names_a_person_where_it_stays",
        "KPI160 KPI160",
        Swap(WEST, "text: A competitor left the market", "text: p1007 was ill, evidence: https://example.org/p1007"),
    ),
    case("reviewed_more_often_than_computed", "KPI083", Swap(SHIPPED, "cadence: month", "cadence: week")),
)
