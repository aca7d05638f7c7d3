"""Objectives that lead nowhere, and an organisation that does not hold together over time: KPI250 to KPI259."""

from __future__ import annotations

from finding_case import MARGIN, ORGANISATION, REVENUE, SHIPPED, Append, Case, Swap, Write, case

OBJECTIVES = "metrics/objectives/2017.yml"
SALES = "{id: more_sold, says: West sells for 23000, kpi: revenue, slice: {region: West}, agreement: sales_west_2017}"
EARNED = """\
id: margin_kept
        says: The margin rises from 11 to 13 percent
        kpi: gross_margin
        target: {from: "0.11", to: "0.13", by: 2017-12-31, grain: month}"""


def objectives(
    *, above: str = "", results: tuple[str, ...] = (SALES, EARNED), year: int = 2017, more: str = ""
) -> Write:
    """One objective of the company, with keys of its own and key results."""
    lines = [f"year: {year}", "vision: Gardens", "mission: Plants", "values: [We keep our word]", "objectives:"]
    lines += ["  - id: profitable_growth", "    label: {en: Growth}", "    owner: cfo", "    purpose: To grow"]
    lines += ["    unit: company", *([f"    {above}"] if above else []), "    key_results:"]
    lines += [f"      - {one}" for one in results]
    return Write(OBJECTIVES, "\n".join(lines) + "\n" + more)


SECOND = """\
  - id: sellers
    label: {en: Sellers}
    owner: head_of_sales
    purpose: To sell
    unit: sales_west
    parent: PARENT
    key_results:
      - {id: sold, says: More is sold, kpi: revenue, slice: {region: West}, agreement: sales_west_2017}
      - {id: kept, says: More is kept, kpi: gross_margin, agreement: sales_west_2017}
"""
SERVES = Swap(REVENUE, "chain_stage: order", "chain_stage: order\nobjective: profitable_growth")
INDIVIDUAL = Swap(SHIPPED, "level: team", "level: individual\nrolls_up_to: gross_margin")

CASES: tuple[Case, ...] = (
    case("kpi_of_an_unknown_objective", "KPI250", objectives(), Swap(
        REVENUE, "chain_stage: order", "chain_stage: order\nobjective: profitable_grwth"
    )),
    case("kpi_that_supports_an_unknown_key_result", "KPI250", objectives(), Swap(
        MARGIN, "chain_stage: order", "chain_stage: order\nsupports: profitable_growth"
    )),
    case("kpi_of_an_objective_where_there_are_none", "KPI250", SERVES),
    case("key_result_without_a_target", "KPI251", objectives(results=(
        SALES, "{id: margin_kept, says: We keep more, kpi: gross_margin}"
    ))),
    case("key_result_of_an_unknown_agreement", "KPI252", objectives(results=(
        SALES.replace("sales_west_2017", "sales_west_2018"), EARNED
    ))),
    case("key_result_that_its_agreement_does_not_promise", "KPI252", objectives(results=(
        SALES.replace(", slice: {region: West}", ""), EARNED
    ))),
    case("key_result_of_an_unknown_kpi", "KPI021", objectives(results=(
        SALES, EARNED.replace("kpi: gross_margin", "kpi: gros_margin")
    ))),
    case("key_result_of_an_unknown_slice", "KPI022 KPI252", objectives(results=(
        SALES.replace("region: West", "regoin: West"), EARNED
    ))),
    case("key_result_with_two_targets", "KPI013", objectives(results=(
        EARNED, EARNED.replace("margin_kept", "margin_twice") + "\n        agreement: sales_west_2017"
    ))),
    case("objective_with_one_key_result", "KPI253", objectives(results=(SALES,))),
    case("objective_with_six_key_results", "KPI253", objectives(results=(
        SALES, *(EARNED.replace("margin_kept", f"margin_kept_{number}") for number in range(1, 6))
    ))),
    case("objective_with_more_key_results_than_the_company_allows", "KPI253", objectives(results=(
        SALES, EARNED, EARNED.replace("margin_kept", "margin_kept_too")
    )), Append(ORGANISATION, "thresholds: {most_key_results: {value: 2, reason: Shops keep two in mind}}")),
    case("fewest_key_results_above_the_most", "KPI013", Append(
        ORGANISATION, "thresholds: {least_key_results: {value: 6, reason: We measure everything}}"
    )),
    case("objective_below_an_unknown_one", "KPI254", objectives(more=SECOND.replace("PARENT", "profitable_growht"))),
    case("objectives_below_each_other", "KPI254 KPI254", objectives(
        above="parent: sellers", more=SECOND.replace("PARENT", "profitable_growth")
    )),
    case("key_result_away_from_where_its_kpi_goes", "KPI255", objectives(results=(
        SALES, EARNED.replace('from: "0.11", to: "0.13"', 'from: "0.13", to: "0.11"')
    ))),
    case("key_result_of_a_grain_that_is_not_computed", "KPI255", objectives(results=(
        SALES, EARNED.replace("grain: month", "grain: quarter")
    ))),
    case("key_result_within_a_month", "KPI255", objectives(results=(
        SALES, EARNED.replace("2017-12-31", "2017-12-15")
    ))),
    case("key_result_that_goes_nowhere", "KPI013", objectives(results=(
        SALES, EARNED.replace('to: "0.13"', 'to: "0.11"')
    ))),
    case("key_result_id_twice", "KPI018", objectives(results=(
        SALES, EARNED.replace("margin_kept", "profitable_growth")
    ))),
    case("objectives_of_another_year", "KPI014", objectives(year=2018)),
    case("objective_owned_and_signed_by_nobody_known", "KPI023 KPI023", objectives(
        above="signed_by: [{role: cof, signed_on: 2016-12-15}]"
    ), Swap(OBJECTIVES, "owner: cfo", "owner: coo")),
    case("trial_in_an_unknown_unit", "KPI023", objectives(
        above="pilot: {areas: [{unit: sales_wset, valid_from: 2017-01-01, purpose: Does it work?}]}"
    )),
    case("trial_widened_before_all_areas_began", "KPI259", objectives(above=(
        "pilot: {areas: [{unit: sales_west, valid_from: 2017-04-01, purpose: Does it work?}], widened_on: 2017-04-01}"
    ))),
    case("unit_led_by_two_at_a_time", "KPI256", Swap(ORGANISATION, "    lead: head_of_sales", (
        "    leads:\n"
        "      - {role: finance_controller, valid_to: 2016-12-31}\n"
        "      - {role: head_of_sales, valid_from: 2016-12-01}"
    ))),
    case("unit_led_always_and_over_time", "KPI013", Swap(
        ORGANISATION, "    lead: head_of_sales", "    lead: head_of_sales\n    leads: [{role: head_of_sales}]"
    )),
    case("unit_led_by_an_unknown_role_that_ends_first", "KPI023 KPI032", Swap(
        ORGANISATION,
        "    lead: head_of_sales",
        "    leads: [{role: head_of_sale, valid_from: 2017-01-01, valid_to: 2016-01-01}]",
    )),
    case("roles_that_report_to_each_other", "KPI257 KPI257", Swap(
        ORGANISATION, "    label: {en: Finance controller}", "    label: {en: Finance controller}\n    reports_to: cfo"
    ), Swap(
        ORGANISATION,
        "    label: {en: Chief financial officer}",
        "    label: {en: Chief financial officer}\n    reports_to: finance_controller",
    )),
    case("appointment_of_an_unknown_person", "KPI023", Append(
        ORGANISATION, "appointments: [{role: cfo, person: p1008, valid_from: 2017-01-01}]\n"
    )),
    case("team_kpi_that_rolls_up", "KPI258", Swap(
        REVENUE, "level: team", "level: team\nrolls_up_to: revenue"
    )),
    case("individual_kpi_that_rolls_up_to_another_unit", "KPI258", INDIVIDUAL),
    case("individual_kpi_that_rolls_up_to_one_of_single_people", "KPI258", INDIVIDUAL, Swap(
        MARGIN, "level: team", "level: individual"
    )),
)  # fmt: skip
