"""Sums are exact to the last digit, percentiles are not rounded, negative and large amounts stay what they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from kpiledger.compiling import compile_project
from tests.compiled_models import build
from tests.soundness.tiny import FEBRUARY, JANUARY, SALE, computed, fact, kpi, project, simple, value


def sale(number: int, day: date, amount: Any, region: str = "N", paid_on: date | None = None) -> tuple[object, ...]:
    return (number, f"customer {number}", day, paid_on, region, amount)


def one_measure(measure: dict[str, Any], kind: str = "decimal(12, 2)") -> Any:
    return project(
        [kpi("asked", simple("figure_of"))],
        [fact("sale", {"figure_of": measure})],
        {"fct_sale": {**SALE, "amount": kind}},
    )


def test_ten_million_cents_are_a_hundred_thousand_to_the_last_digit() -> None:
    given = project([kpi("turnover", simple("amount_sold"), spans=["period", "year_to_date"])])
    connection = duckdb.connect()
    connection.execute("create table run_context as select date '2015-12-31' as as_of_on")
    connection.execute(
        "create table fct_sale as select cast(number as integer) as sale_id, 'ann' as customer, "
        "date '2015-01-01' + cast(number % 300 as integer) as sold_on, cast(null as date) as paid_on, 'N' as region, "
        "cast(0.01 as decimal(12, 2)) as amount from range(10000000) as numbers(number)"
    )
    build(connection, compile_project(given))
    months = connection.execute("select sum(value) from fct_kpi_value where span = 'period'").fetchall()
    assert months == [(Decimal("100000.00"),)]
    assert value(connection, "turnover", date(2015, 12, 1), span="year_to_date") == Decimal("100000.00")


def test_tenths_add_up_without_the_error_of_floating_point() -> None:
    company = computed(
        project([kpi("turnover", simple("amount_sold"))]), {"fct_sale": [sale(n, JANUARY, "0.10") for n in range(3)]}
    )
    assert value(company, "turnover") == Decimal("0.30")


def test_amounts_of_many_places_keep_them_where_measures_go_by_several_dates() -> None:
    measures = {"due": {"agg": "sum", "expr": "amount"}, "paid": {"agg": "sum", "expr": "amount", "time": "paid_on"}}
    given = project(
        [kpi("due_sum", simple("due")), kpi("paid_sum", simple("paid"))],
        [fact("sale", measures)],
        {"fct_sale": {**SALE, "amount": "decimal(20, 10)"}},
    )
    company = computed(given, {"fct_sale": [sale(1, JANUARY, "0.0000000001", paid_on=FEBRUARY)]})
    assert value(company, "due_sum") == Decimal("0.0000000001")
    assert value(company, "paid_sum", FEBRUARY) == Decimal("0.0000000001")


def test_negative_amounts_are_subtracted_and_extremes_know_them() -> None:
    rows = [sale(1, JANUARY, "10.00"), sale(2, JANUARY, "-25.50"), sale(3, JANUARY, "3.00")]
    kpis = [
        kpi(f"of_{name}", simple(name))
        for name in ("amount_sold", "largest", "smallest", "mean_amount", "middle_amount")
    ]
    company = computed(project(kpis), {"fct_sale": rows})
    found = {one.kpi: value(company, one.kpi) for one in kpis}
    assert found["of_amount_sold"] == Decimal("-12.50")
    assert (found["of_largest"], found["of_smallest"]) == (Decimal("10.00"), Decimal("-25.50"))
    assert found["of_mean_amount"] == pytest.approx(Decimal("-4.166666666667"), abs=Decimal("1e-11"))
    assert found["of_middle_amount"] == 3


def test_a_largest_amount_below_zero_is_not_zero() -> None:
    rows = [sale(1, JANUARY, "-2.00"), sale(2, FEBRUARY, "-1.00", region="S")]
    company = computed(project([kpi("top", simple("largest"), spans=["year_to_date"])]), {"fct_sale": rows})
    assert value(company, "top", JANUARY, span="year_to_date") == -2
    assert value(company, "top", FEBRUARY, span="year_to_date") == -1


def test_a_percentile_of_cents_lies_between_them() -> None:
    rows = [sale(1, JANUARY, "0.01"), sale(2, JANUARY, "0.02")]
    kpis = [kpi("middle", simple("middle_amount")), kpi("high", simple("high_amount"))]
    company = computed(project(kpis), {"fct_sale": rows})
    assert value(company, "middle") == Decimal("0.015")
    assert value(company, "high") == Decimal("0.019")


def test_a_percentile_of_whole_numbers_is_not_cut() -> None:
    given = one_measure({"agg": "percentile", "expr": "amount", "percentile": 0.25}, "integer")
    company = computed(given, {"fct_sale": [sale(n, JANUARY, n) for n in (1, 2, 3, 4)]})
    assert value(company, "asked") == Decimal("1.75")


def test_an_average_of_whole_numbers_is_not_cut() -> None:
    given = one_measure({"agg": "average", "expr": "amount"}, "integer")
    company = computed(given, {"fct_sale": [sale(1, JANUARY, 1), sale(2, JANUARY, 2)]})
    assert value(company, "asked") == Decimal("1.5")


def test_sums_and_counts_above_two_billion_fit() -> None:
    given = one_measure({"agg": "sum", "expr": "amount"}, "integer")
    company = computed(given, {"fct_sale": [sale(n, JANUARY, 2_000_000_000) for n in range(5)]})
    assert value(company, "asked") == 10_000_000_000


def test_large_sums_keep_their_cents() -> None:
    given = one_measure({"agg": "sum", "expr": "amount"}, "decimal(18, 2)")
    company = computed(given, {"fct_sale": [sale(n, JANUARY, "9999999999999999.99") for n in range(3)]})
    assert value(company, "asked") == Decimal("29999999999999999.97")


def test_a_ratio_is_of_exact_sums() -> None:
    margin = {"type": "ratio", "numerator": "amount_sold", "denominator": "sales"}
    rows = [sale(n, JANUARY, "0.10") for n in range(10)]
    assert value(computed(project([kpi("each", margin)]), {"fct_sale": rows}), "each") == Decimal("0.1")
