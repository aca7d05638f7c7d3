"""Spot checks whose claim no sample shows, or that are drawn by what the table has not: KPI185 to KPI188."""

from __future__ import annotations

from finding_case import CRM, Case, Swap, case

_PERIOD = "    period: held_on\n    team: team\n"
_CLAIM = "claim: {error_share_below: 0.05}"


def _spot_check(text: str) -> Swap:
    return Swap(CRM, _PERIOD, f"{_PERIOD}    spot_check: {{{text}}}\n")


CASES: tuple[Case, ...] = (
    case("spot_check_of_no_error", "KPI185", _spot_check("claim: {error_share_below: 0}")),
    case("spot_check_beyond_doubt", "KPI185", _spot_check("claim: {error_share_below: 0.05, confidence: 1}")),
    case("spot_check_of_thousands", "KPI186", _spot_check("claim: {error_share_below: 0.001}")),
    case(
        "spot_check_by_a_parents_column",
        "KPI187",
        Swap(
            CRM,
            _PERIOD,
            f"{_PERIOD}    parent: {{model: stg_crm__customer, link: customer_id, columns: [segment]}}\n"
            f"    spot_check: {{{_CLAIM}, strata: [segment]}}\n",
        ),
    ),
    case("spot_check_by_an_unknown_column", "KPI026", _spot_check(f"{_CLAIM}, strata: [taem]")),
    case("spot_check_stratum_twice", "KPI012", _spot_check(f"{_CLAIM}, strata: [team, team]")),
    case("spot_check_of_the_key_alone", "KPI188", _spot_check(f"{_CLAIM}, columns: [meeting_id]")),
)
