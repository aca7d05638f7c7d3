"""Are the numbers the same on DuckDB and PostgreSQL, and do two ways to the same number agree?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.adventureworks.conftest import Built
from tests.postgres import needs_postgres

# DuckDB divides decimals as doubles, PostgreSQL as decimals.
CLOSE = Decimal("1e-11")
EXACT = ("period_end", "numerator", "denominator", "row_count", "is_complete")


def is_close(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= CLOSE * max(abs(one), abs(other), Decimal("1e-1"))


@needs_postgres
def test_both_warehouses_hold_the_same_rows_and_numbers(in_duckdb: Built, in_postgres: Built) -> None:
    assert in_duckdb.values.keys() == in_postgres.values.keys()
    apart = [
        (key, row, in_postgres.values[key])
        for key, row in in_duckdb.values.items()
        if any(row[name] != in_postgres.values[key][name] for name in EXACT)
        or not is_close(row["value"], in_postgres.values[key]["value"])
    ]
    assert apart[:5] == []


def test_a_sum_over_two_facts_is_the_sum_over_their_union(built: Built) -> None:
    pairs = (("year_to_date", "total_revenue_ytd"), ("rolling_12", "total_revenue_12m"))
    compared = 0
    for (kpi, version, grain, span, start, cut, member), row in built.values.items():
        for other_span, other in pairs:
            key = (other, version, grain, "period", start, cut, member)
            if (kpi, span) == ("total_revenue", other_span) and key in built.values:
                assert row["value"] == built.values[key]["value"], key
                compared += 1
    assert compared > 300


def test_a_conversion_counts_answers_that_an_order_followed(built: Built) -> None:
    """Each order line is credited to the latest answer before it, and each answer counts once."""
    query = """
        with latest as (
            select
                sold.sales_order_number,
                sold.sales_order_line_number,
                sold.ordered_on,
                max(answer.responded_on) as responded_on
            from marts.fct_internet_sale as sold
            inner join marts.fct_survey_response as answer
                on sold.customer_key = answer.customer_key
                and answer.responded_on <= sold.ordered_on
            group by sold.sales_order_number, sold.sales_order_line_number, sold.ordered_on
        )
        select count(*) as found from latest where ordered_on < responded_on + 30
    """
    (lines,) = built.rows(query)
    found = [
        row for key, row in built.values.items() if key[0] == "survey_conversion" and key[2:4] == ("quarter", "period")
    ]
    assert sum(row["denominator"] for row in found) == 2727
    assert 0 < sum(row["numerator"] for row in found) <= lines["found"]
