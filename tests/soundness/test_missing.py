"""Missing is null and never 0, unless the KPI says `missing: zero`; no rows are no row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from tests.soundness.scorecard_of import scorecard_of
from tests.soundness.tiny import (
    FEBRUARY,
    JANUARY,
    MARCH,
    NO_ROW,
    SALE_MEASURES,
    computed,
    derived,
    figure,
    kpi,
    project,
    shown_and_stored,
    simple,
    value,
)

IN_SOUTH = "region = 'S'"
TO_DATE = {"type": "cumulative", "measure": "amount_sold", "where": IN_SOUTH, "to_date": "year"}
KPIS = (
    kpi("turnover", simple("amount_sold", where=IN_SOUTH)),
    kpi("returns", simple("amount_sold", where=IN_SOUTH), missing="zero"),
    kpi("to_date", TO_DATE),
    kpi("returns_to_date", TO_DATE, missing="zero"),
    kpi("mean", simple("mean_amount", where=IN_SOUTH), missing="zero"),
    kpi("share", {"type": "ratio", "numerator": {"measure": "amount_sold", "where": IN_SOUTH},
                  "denominator": {"measure": "sales", "where": IN_SOUTH}}, missing="zero"),
    kpi("count", simple("sales", where=IN_SOUTH)),
    kpi("twice", derived("of * 2", of={"kpi": "returns"})),
    kpi("twice_or_zero", derived("of * 2", of={"kpi": "returns", "missing": "zero"})),
)  # fmt: skip
PROJECT = project(KPIS)


@pytest.fixture(scope="module")
def company() -> duckdb.DuckDBPyConnection:
    """In January only the north sold; in February nobody; in March the south."""
    return computed(
        PROJECT,
        {
            "fct_sale": [
                (1, "ann", date(2015, 1, 5), None, "N", "10.00"),
                (2, "bob", date(2015, 3, 6), None, "S", "7.00"),
            ]
        },
    )


def test_a_sum_over_no_chosen_row_is_null(company: duckdb.DuckDBPyConnection) -> None:
    assert value(company, "turnover") is None
    assert value(company, "to_date") is None
    assert figure(company, "row_count", "turnover") == 1


def test_a_count_of_no_chosen_row_is_zero(company: duckdb.DuckDBPyConnection) -> None:
    assert value(company, "count") == 0


def test_a_kpi_that_says_so_counts_no_chosen_row_as_zero(company: duckdb.DuckDBPyConnection) -> None:
    assert value(company, "returns") == 0
    assert value(company, "returns_to_date") == 0
    assert value(company, "mean") == 0
    assert figure(company, "numerator", "returns") == 0
    assert figure(company, "denominator", "mean") == 0


def test_what_is_divided_by_nothing_has_no_value_whatever_the_kpi_says(company: duckdb.DuckDBPyConnection) -> None:
    assert value(company, "share") is None


def test_a_month_without_any_row_is_no_row_whatever_the_kpi_says(company: duckdb.DuckDBPyConnection) -> None:
    for name in ("turnover", "returns", "count", "mean"):
        assert value(company, name, FEBRUARY) == NO_ROW
    assert value(company, "to_date", FEBRUARY) is None  # January lies in the year to date
    assert value(company, "returns_to_date", FEBRUARY) == 0
    assert value(company, "returns", MARCH) == 7


def test_an_input_is_zero_only_where_the_formula_says_so(company: duckdb.DuckDBPyConnection) -> None:
    assert value(company, "twice") is None
    assert value(company, "twice_or_zero") == 0
    assert value(company, "twice", MARCH) == 14


@pytest.mark.parametrize("name", sorted(PROJECT.kpis))
def test_the_shown_query_says_missing_in_the_same_way(company: duckdb.DuckDBPyConnection, name: str) -> None:
    shown, stored = shown_and_stored(company, PROJECT, name)
    assert shown == stored


def test_the_scorecard_shows_zero_for_a_finished_month_of_a_kpi_that_says_so() -> None:
    kpis = [kpi("turnover", simple("amount_sold")), kpi("returns", simple("amount_sold"), missing="zero")]
    rows = [(1, "ann", date(2015, 1, 5), None, "N", "10.00")]
    cards = scorecard_of(computed(project(kpis), {"fct_sale": rows}, date(2015, 3, 10)), kpis)
    assert cards["turnover", JANUARY] == (Decimal(10), True)
    assert cards["turnover", FEBRUARY] == (None, True)
    assert cards["returns", FEBRUARY] == (Decimal(0), True)
    assert cards["returns", MARCH] == (None, False)  # the month is not over


@pytest.mark.parametrize("as_of", [date(2015, 12, 31), None])
def test_empty_facts_break_nothing_and_give_no_number(as_of: date | None) -> None:
    kpis = [
        kpi(f"of_{measure}", simple(measure), grains=["day", "week", "month", "year"], slices=["region"],
            spans=["period", "year_to_date", "rolling_3", "rolling_7_days"])
        for measure in SALE_MEASURES
    ]  # fmt: skip
    company = computed(project(kpis), {}, as_of)
    assert company.execute("select * from fct_kpi_value").fetchall() == []
    assert company.execute("select as_of_on from as_of").fetchall() == [(as_of,)]


def test_a_fact_with_rows_only_after_the_as_of_date_gives_no_number() -> None:
    kpis = [kpi(f"of_{measure}", simple(measure), slices=["region"]) for measure in SALE_MEASURES]
    rows = [(1, "ann", date(2015, 6, 5), date(2015, 7, 1), "N", "10.00")]
    company = computed(project(kpis), {"fct_sale": rows}, date(2015, 3, 31))
    assert company.execute("select * from fct_kpi_value").fetchall() == []


def test_a_row_without_a_date_is_in_no_period_and_one_without_a_payment_in_none_of_payments() -> None:
    kpis = [
        kpi(f"of_{name}", simple(name))
        for name in ("amount_sold", "amount_paid", "buyers", "payers", "last_of_customer")
    ]
    rows = [
        (1, "ann", date(2015, 1, 5), None, "N", "10.00"),
        (2, "bob", None, date(2015, 1, 6), "N", "5.00"),
        (3, "cas", None, None, "N", "1.00"),
    ]  # fmt: skip
    company = computed(project(kpis), {"fct_sale": rows})
    found = {name: value(company, f"of_{name}") for name in ("amount_sold", "amount_paid", "buyers", "payers")}
    assert found == {"amount_sold": 10, "amount_paid": 5, "buyers": 1, "payers": 1}
    assert value(company, "of_last_of_customer") == 10
