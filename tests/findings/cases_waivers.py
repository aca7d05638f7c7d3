"""Waivers that hold for nothing, for too long, or by one person alone; groups compared by no rule: KPI178 to KPI181."""

from __future__ import annotations

from finding_case import CRM, ORGANISATION, Case, Swap, Write, case

WAIVERS = "metrics/waivers.yml"


def waiver(**changed: str) -> str:
    """One waiver of the base project's reconciliation, with some of its keys said otherwise."""
    said = {
        "check": "reconciliation",
        "source": "crm",
        "table": "meeting",
        "reason": "the two systems are joined in March",
        "requested_by": "head_of_sales",
        "approved_by": "cfo",
        "valid_from": "2017-10-01",
        "expires_on": "2018-03-31",
        **changed,
    }
    lines = [f"{'  - ' if place == 0 else '    '}{key}: {value}\n" for place, (key, value) in enumerate(said.items())]
    return "".join(lines)


def waived(*entries: str) -> Write:
    return Write(WAIVERS, "waivers:\n" + "".join(entries))


def _both(*roles: str) -> Swap:
    """What a person holds, and for a second one what another does."""
    people = "".join(f"  p100{place}: [{held}]\n" for place, held in enumerate(roles, start=1))
    return Swap(ORGANISATION, "  p1007: [head_of_sales]\n", people)


def compared(rule: str) -> Swap:
    check = f"same_across: {{group: team, share_failing: {rule}, max_gap: 0.05}}"
    return Swap(CRM, "no_rows: {sql: select meeting_id from meeting where follows_id = meeting_id}", check)


CASES: tuple[Case, ...] = (
    case("groups_compared_by_an_unknown_rule", "KPI178", compared("DM-33")),
    case("groups_compared_by_themselves", "KPI178", compared("DM-04")),
    case(
        "groups_of_an_unknown_column",
        "KPI026",
        Swap(
            CRM,
            "no_rows: {sql: select meeting_id from meeting where follows_id = meeting_id}",
            "same_across: {group: teem, share_failing: DM-03, max_gap: 0.05}",
        ),
    ),
    case(
        "allowance_of_groups",
        "KPI013",
        compared("DM-03"),
        Swap(CRM, "severity: info", "severity: info\n        allow: {at_most: 0.01}"),
    ),
    case("waiver_of_an_unknown_source", "KPI179", waived(waiver(source="crn"))),
    case("waiver_of_an_unknown_table", "KPI179", waived(waiver(table="meetings"))),
    case("waiver_of_an_unknown_rule", "KPI179", waived(waiver(check="DM-05"))),
    case("waiver_of_a_reconciliation_that_is_not_asked_for", "KPI179", waived(waiver(table="customer"))),
    case("waiver_of_an_unknown_fact", "KPI179", waived(waiver(check="AUTO-KEY", source="warehouse", table="order"))),
    case(
        "waiver_of_an_unknown_check_of_a_fact",
        "KPI179",
        waived(waiver(check="AUTO-DIM:regoin", source="warehouse", table="order_line")),
    ),
    case("waiver_of_no_check", "KPI012", waived(waiver(check="everything"))),
    case("waiver_by_an_unknown_role", "KPI023", waived(waiver(approved_by="cof"))),
    case("waiver_accepted_by_who_asks", "KPI180", waived(waiver(approved_by="head_of_sales"))),
    case("waiver_accepted_by_the_person_who_asks", "KPI194", _both("head_of_sales, cfo"), waived(waiver())),
    case(
        "waiver_accepted_by_who_leads_the_unit_that_asks",
        "KPI194",
        waived(waiver(requested_by="sales_west", approved_by="head_of_sales")),
    ),
    case("waiver_accepted_by_a_role_that_another_has_too", "", _both("head_of_sales, cfo", "cfo"), waived(waiver())),
    case("waiver_that_ends_before_it_begins", "KPI180", waived(waiver(valid_from="2018-04-01"))),
    case("waiver_of_more_than_a_year", "KPI180", waived(waiver(expires_on="2018-10-03"))),
    case("waiver_twice", "KPI180", waived(waiver(), waiver(valid_from="2018-03-31", expires_on="2018-06-30"))),
    case("waiver_expired", "KPI181", waived(waiver(expires_on="2017-12-30"))),
    case(
        "waiver_after_waiver",
        "KPI189",
        waived(waiver(valid_from="2017-07-01", expires_on="2017-12-15"), waiver(valid_from="2018-01-10")),
    ),
    case(
        "waiver_after_a_year_of_them",
        "KPI190",
        waived(
            waiver(valid_from="2017-06-01", expires_on="2017-12-31"),
            waiver(valid_from="2016-11-01", expires_on="2017-05-31", reason="nobody had the time"),
            waiver(valid_from="2018-01-01", reason="'Nobody had the time.'"),
        ),
    ),
)
