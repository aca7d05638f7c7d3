"""Members come and go, some rows have none, and facts that share a dimension's name meet on its members."""

from __future__ import annotations

from datetime import date

from tests.soundness.tiny import (
    FEBRUARY,
    JANUARY,
    NO_ROW,
    SALE,
    SALE_MEASURES,
    computed,
    fact,
    kpi,
    project,
    simple,
    value,
)

CUT = {"slices": ["region"], "spans": ["period", "year_to_date"]}
TURNOVER = kpi("turnover", simple("amount_sold"), **CUT)


def sale(number: int, day: date, region: str | None, amount: str) -> tuple[object, ...]:
    return (number, "ann", day, None, region, amount)


def test_a_member_has_rows_only_in_the_periods_in_which_it_occurs() -> None:
    rows = [sale(1, JANUARY, "old", "5"), sale(2, FEBRUARY, "new", "7")]
    company = computed(project([TURNOVER]), {"fct_sale": rows})
    assert [value(company, "turnover", JANUARY, member) for member in ("old", "new")] == [5, NO_ROW]
    assert [value(company, "turnover", FEBRUARY, member) for member in ("old", "new")] == [NO_ROW, 7]
    # the year to date still holds what the member that went away has sold
    to_date = {"span": "year_to_date"}
    assert [value(company, "turnover", FEBRUARY, member, **to_date) for member in ("old", "new")] == [5, 7]


def test_a_member_that_is_new_has_nothing_to_be_compared_with() -> None:
    rows = [sale(1, date(2014, 1, 5), "old", "5"), sale(2, JANUARY, "new", "7")]
    company = computed(project([TURNOVER]), {"fct_sale": rows})
    assert value(company, "turnover", JANUARY, "new", span="period_last_year") == NO_ROW
    assert value(company, "turnover", JANUARY, "old", span="period_last_year") == 5
    assert value(company, "turnover", JANUARY, "old") == NO_ROW


def test_growth_of_a_member_that_came_or_went_is_a_row_without_a_value() -> None:
    growth = {"type": "derived", "expr": "now / before - 1", "inputs": {
        "now": {"measure": "amount_sold"}, "before": {"measure": "amount_sold", "offset": "1 month"}}}  # fmt: skip
    rows = [sale(1, JANUARY, "old", "5"), sale(2, FEBRUARY, "new", "7"), sale(3, JANUARY, "both", "1"),
            sale(4, FEBRUARY, "both", "3")]  # fmt: skip
    company = computed(project([kpi("growth", growth, slices=["region"])]), {"fct_sale": rows})
    found = {member: value(company, "growth", FEBRUARY, member) for member in ("old", "new", "both", "gone")}
    assert found == {"old": None, "new": None, "both": 2, "gone": NO_ROW}


def test_rows_without_a_member_are_named_and_the_members_add_up_to_the_whole() -> None:
    rows = [sale(1, JANUARY, None, "5"), sale(2, JANUARY, "N", "7"), sale(3, JANUARY, "", "1")]
    company = computed(project([TURNOVER]), {"fct_sale": rows})
    found = [value(company, "turnover", JANUARY, member) for member in ("(not set)", "N", "", "all")]
    assert found == [5, 7, 1, 13]


def test_a_member_called_all_is_not_mistaken_for_the_whole() -> None:
    company = computed(project([TURNOVER]), {"fct_sale": [sale(1, JANUARY, "all", "5"), sale(2, JANUARY, "N", "7")]})
    assert value(company, "turnover", JANUARY, "all", slice="all") == 12
    assert value(company, "turnover", JANUARY, "all", slice="region") == 5


VISIT = {"visit_id": "integer", "seen_on": "date", "place": "varchar"}
VISITS = fact(
    "visit", {"visits": {"agg": "count"}}, time="seen_on", times=[], dimensions={"region": "place"}
)  # fmt: skip


def test_facts_that_share_a_dimensions_name_meet_on_its_members() -> None:
    per_visit = {"type": "ratio", "numerator": "amount_sold", "denominator": "visits"}
    kpis = [
        kpi("per_visit", per_visit, slices=["region"]),
        kpi("visits", simple("visits"), slices=["region"]),
        TURNOVER,
    ]
    given = project(kpis, [fact(), VISITS], {"fct_sale": SALE, "fct_visit": VISIT})
    company = computed(
        given,
        {
            "fct_sale": [sale(1, JANUARY, "N", "10"), sale(2, JANUARY, None, "4"), sale(3, JANUARY, "S", "1")],
            "fct_visit": [(1, JANUARY, "N"), (2, JANUARY, "N"), (3, JANUARY, None), (4, JANUARY, "E")],
        },
    )
    found = {name: value(company, "per_visit", JANUARY, name) for name in ("N", "(not set)", "S", "E", "all")}
    assert found == {"N": 5, "(not set)": 4, "S": None, "E": None, "all": 3.75}
    assert value(company, "visits", JANUARY, "N") == 2
    assert value(company, "turnover", JANUARY, "N") == 10


def test_a_dimension_of_numbers_has_its_members_as_text() -> None:
    columns = {**SALE, "floor": "integer"}
    given = project(
        [kpi("turnover", simple("amount_sold"), slices=["floor"])],
        [fact("sale", SALE_MEASURES, dimensions={"floor": "floor"})],
        {"fct_sale": columns},
    )
    company = computed(given, {"fct_sale": [(*sale(1, JANUARY, "N", "5"), 2), (*sale(2, JANUARY, "N", "1"), None)]})
    assert value(company, "turnover", JANUARY, "2", slice="floor") == 5
    assert value(company, "turnover", JANUARY, "(not set)", slice="floor") == 1
