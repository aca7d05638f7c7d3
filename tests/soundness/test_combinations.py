"""Measures of different kinds, dates, keys and versions, asked of the same fact at once."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.soundness.tiny import (
    FEBRUARY,
    JANUARY,
    MARCH,
    NO_ROW,
    SALE_MEASURES,
    computed,
    derived,
    fact,
    figure,
    kpi,
    project,
    shown_and_stored,
    simple,
    value,
)

REGION = {"slices": ["region"]}
CHANGE = {"reason": "so", "requested_by": "owner"}
TWO_VERSIONS = [
    {"version": 1, "valid_from": date(2014, 1, 1), "valid_to": date(2015, 1, 31), "computed_to": date(2015, 2, 28),
     "change": CHANGE, "formula": simple("sales")},
    {"version": 2, "valid_from": date(2015, 2, 1), "computed_from": date(2015, 1, 1), "change": CHANGE,
     "formula": simple("buyers")},
]  # fmt: skip
KPIS = (
    kpi("turnover", simple("amount_sold"), **REGION),
    kpi("cash", simple("amount_paid"), **REGION),
    kpi("buyers", simple("buyers"), grains=["month", "quarter"], **REGION),
    kpi("payers", simple("payers"), grains=["month", "quarter"]),
    kpi("payers_per_buyer", {"type": "ratio", "numerator": "payers", "denominator": "buyers"}, **REGION),
    kpi("cash_per_payer", {"type": "ratio", "numerator": "amount_paid", "denominator": "payers"}),
    kpi("typical", simple("middle_amount"), **REGION),
    kpi("of_customers", simple("last_of_customer"), **REGION),
    kpi("of_regions", simple("last_of_region"), **REGION),
    kpi("last_by_last", {"type": "ratio", "numerator": "last_of_region", "denominator": "last_of_customer"}),
    kpi("versioned", simple("sales"), versions=TWO_VERSIONS),
    kpi("tenfold", derived("of * 10", of={"kpi": "versioned"})),
    kpi("tenfold_before", derived("of * 10", of={"kpi": "versioned", "offset": "1 month"})),
)  # fmt: skip
PROJECT = project(KPIS)
ROWS = [
    # sale, customer, sold, paid, region, amount
    (1, "ann", date(2015, 1, 5), date(2015, 2, 1), "N", "10.00"),
    (2, "ann", date(2015, 1, 9), date(2015, 2, 9), "S", "30.00"),
    (3, "bob", date(2015, 1, 31), date(2015, 1, 31), "N", "5.00"),
    (4, "bob", date(2015, 2, 1), date(2015, 3, 1), "N", "7.00"),
    (5, "cas", date(2015, 2, 3), None, None, "1.00"),
]


@pytest.fixture(scope="module")
def company() -> duckdb.DuckDBPyConnection:
    return computed(PROJECT, {"fct_sale": ROWS}, date(2015, 3, 31))


def test_each_measure_goes_by_its_own_date(company: duckdb.DuckDBPyConnection) -> None:
    months = (JANUARY, FEBRUARY, MARCH)
    assert [value(company, "turnover", month) for month in months] == [45, 8, NO_ROW]
    assert [value(company, "cash", month) for month in months] == [5, 40, 7]


def test_distinct_counts_by_two_dates_are_each_counted_by_their_own(company: duckdb.DuckDBPyConnection) -> None:
    months = (JANUARY, FEBRUARY, MARCH)
    assert [value(company, "buyers", month) for month in months] == [2, 2, NO_ROW]
    assert [value(company, "payers", month) for month in months] == [1, 1, 1]
    assert value(company, "buyers", JANUARY, grain="quarter") == 3
    assert value(company, "payers", JANUARY, grain="quarter") == 2
    assert [value(company, "payers_per_buyer", month) for month in months] == [0.5, 0.5, None]
    assert [value(company, "cash_per_payer", month) for month in months] == [5, 40, 7]
    assert value(company, "payers_per_buyer", FEBRUARY, "S") is None  # paid and not sold
    assert value(company, "payers_per_buyer", FEBRUARY, "(not set)") is None  # sold and not paid


def test_rows_are_counted_by_the_dates_that_a_value_goes_by(company: duckdb.DuckDBPyConnection) -> None:
    assert figure(company, "row_count", "turnover") == 3
    assert figure(company, "row_count", "cash") == 1
    assert figure(company, "row_count", "buyers", JANUARY, grain="quarter") == 5
    assert figure(company, "row_count", "payers_per_buyer") == 4  # three sold, one paid


def test_medians_stand_beside_sums(company: duckdb.DuckDBPyConnection) -> None:
    assert [value(company, "typical", JANUARY, member) for member in ("all", "N", "S")] == [10, 7.5, 30]


def test_two_last_measures_over_different_keys_do_not_meet(company: duckdb.DuckDBPyConnection) -> None:
    # of customers: ann 30, bob 5, then bob 7 and cas 1; of regions: N 5 and S 30, then N 7 and the rows without one 1
    assert [value(company, "of_customers", month) for month in (JANUARY, FEBRUARY, MARCH)] == [35, 38, 38]
    assert [value(company, "of_regions", month) for month in (JANUARY, FEBRUARY, MARCH)] == [35, 38, 38]
    assert [value(company, "of_customers", JANUARY, member) for member in ("N", "S")] == [5, 30]
    assert value(company, "last_by_last", FEBRUARY) == 1


def test_of_two_last_measures_each_takes_the_last_row_of_its_own_keys() -> None:
    kpis = [kpi("of_customers", simple("last_of_customer")), kpi("of_regions", simple("last_of_region"))]
    rows = [
        (1, "ann", date(2015, 1, 5), None, "N", "10.00"),
        (2, "bob", date(2015, 1, 6), None, "N", "4.00"),
        (3, "ann", date(2015, 2, 6), None, "N", "1.00"),
    ]
    company = computed(project(kpis), {"fct_sale": rows})
    assert [value(company, "of_customers", month) for month in (JANUARY, FEBRUARY)] == [14, 5]
    assert [value(company, "of_regions", month) for month in (JANUARY, FEBRUARY)] == [4, 1]


def test_a_period_may_have_the_values_of_two_versions(company: duckdb.DuckDBPyConnection) -> None:
    found = {
        (version, month.month): value(company, "versioned", month, version=version)
        for version in (1, 2)
        for month in (JANUARY, FEBRUARY)
    }
    assert found == {(1, 1): 3, (1, 2): 2, (2, 1): 2, (2, 2): 2}
    assert value(company, "versioned", date(2014, 12, 1), version=2) == NO_ROW


def test_a_derived_kpi_takes_the_version_in_force_and_not_what_is_computed_beside_it(
    company: duckdb.DuckDBPyConnection,
) -> None:
    assert [value(company, "tenfold", month) for month in (JANUARY, FEBRUARY)] == [30, 20]


def test_an_earlier_period_of_a_kpi_is_computed_as_the_version_of_the_row_says(
    company: duckdb.DuckDBPyConnection,
) -> None:
    # both months of February's comparison are counted by version 2, so that growth is never one of definitions
    assert value(company, "tenfold_before", FEBRUARY) == 20
    assert value(company, "tenfold_before", JANUARY) == NO_ROW


@pytest.mark.parametrize("name", sorted(PROJECT.kpis))
def test_the_shown_query_gives_what_ran(company: duckdb.DuckDBPyConnection, name: str) -> None:
    shown, stored = shown_and_stored(company, PROJECT, name)
    assert shown == stored
    assert shown


CONDITIONS = [f"amount {sign} {number}" for number in range(1, 16) for sign in ("<", ">=")]


CUT = {"region": {"column": "region", "members": 3}}
CHOSEN = [
    kpi(f"chosen_{number}", simple(("sales", "amount_sold")[number % 2], where=text), **REGION)
    for number, text in enumerate(CONDITIONS)
]
CUBES = project(CHOSEN, [fact("sale", SALE_MEASURES, dimensions=CUT)])


def test_many_conditions_on_one_fact_are_computed_like_few() -> None:
    """More than 25 conditions may be computed from cubes; the figures are those of one condition alone."""
    tables = {"fct_sale": ROWS}
    together = computed(CUBES, tables)
    for one in CHOSEN[:6]:
        alone = computed(project([one]), tables)
        asked = "select * from fct_kpi_value where kpi = ? order by all"
        rows = alone.execute(asked, [one.kpi]).fetchall()
        assert rows == together.execute(asked, [one.kpi]).fetchall()
        assert rows
