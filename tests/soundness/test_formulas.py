"""Derived, cumulative and conversion formulas, on visits and orders small enough to count by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpiledger.compiling import compile_project, standalone_query
from kpiledger.project import Project
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.organisation import Organisation
from tests.compiled_models import build

Row = tuple[Any, ...]
VISIT = Fact.model_validate({
    "fact": "visit", "model": "fct_visit", "description": "Visits.", "key": ["visit_id"], "time": "visited_on",
    "source": ["site"], "dimensions": {"region": "region"},
    "measures": {"visits": {"agg": "count"}, "long_visits": {"agg": "count", "where": "minutes >= 10"},
                 "visitors": {"agg": "count_distinct", "expr": "customer"}},
})  # fmt: skip
ORDER = Fact.model_validate({
    "fact": "purchase", "model": "fct_purchase", "description": "Orders.", "key": ["order_id"], "time": "ordered_at",
    "times": ["paid_on"], "source": ["shop"], "dimensions": {"region": "region"},
    "measures": {
        "sales": {"agg": "sum", "expr": "amount"}, "orders": {"agg": "count"},
        "cash": {"agg": "sum", "expr": "amount", "time": "paid_on"},
        "payers": {"agg": "count_distinct", "expr": "customer", "time": "paid_on"},
        "credit": {"agg": "last", "expr": "amount", "over": ["customer"]},
        "paid_credit": {"agg": "last", "expr": "amount", "over": ["region"], "time": "paid_on"},
        "typical": {"agg": "median", "expr": "amount"}, "mean": {"agg": "average", "expr": "amount"},
    },
})  # fmt: skip
COLUMNS = {
    "fct_visit": {"visit_id": "integer", "customer": "varchar", "visited_on": "date", "region": "varchar",
                  "minutes": "integer"},
    "fct_purchase": {"order_id": "integer", "customer": "varchar", "ordered_at": "timestamp", "region": "varchar",
                     "amount": "decimal(12, 2)", "paid_on": "date"},
}  # fmt: skip
VISITS: list[Row] = [
    (1, "ann", date(2015, 1, 5), "north", 12),
    (2, "ann", date(2015, 1, 8), "north", 3),
    (3, "bob", date(2015, 1, 20), "south", 30),
    (4, "ann", date(2016, 1, 4), "north", 15),
    (5, "cat", date(2016, 1, 6), None, 20),
    (6, "bob", date(2016, 2, 29), "south", 5),
]
ORDERS: list[Row] = [
    (1, "ann", datetime(2015, 1, 9, 12), "north", "100.00", date(2015, 2, 1)),
    (2, "bob", datetime(2015, 2, 3, 12), "south", "50.00", None),
    (3, "ann", datetime(2016, 1, 4, 9), "north", "120.00", date(2016, 1, 31)),
    (4, "ann", datetime(2016, 1, 5, 9), "north", "30.00", date(2016, 2, 1)),
    (5, "dan", datetime(2016, 2, 10, 9), "south", "10.00", date(2016, 2, 11)),
    (6, "eve", datetime(2015, 12, 31, 23, 30), "east", "7.00", None),  # in Copenhagen it is the new year already
]


def kpi(name: str, formula: dict[str, object], **more: object) -> Kpi:
    return Kpi.model_validate({
        "kpi": name, "label": {"en": name}, "description": name, "owner": "owner", "department": "sales",
        "chain_stage": "order", "timing": "lagging", "effect": "outcome", "aspect": "quantity", "level": "team",
        "direction": "increase", "unit": "count", "cadence": "month", "grains": ["month", "year"], "spans": ["period"],
        "slices": ["region"],
        "versions": [{"version": 1, "valid_from": date(2014, 1, 1),
                      "change": {"reason": "first", "requested_by": "owner"}, "formula": formula}],
        **more,
    })  # fmt: skip


def simple(measure: str, **more: object) -> dict[str, object]:
    return {"type": "simple", "measure": measure, **more}


def two_versions(first: dict[str, object], second: dict[str, object], **of_second: object) -> list[dict[str, object]]:
    change = {"reason": "so", "requested_by": "owner"}
    return [
        {"version": 1, "valid_from": date(2014, 1, 1), "valid_to": date(2015, 12, 31), "change": change,
         "formula": first},
        {"version": 2, "valid_from": date(2016, 1, 1), "change": change, "formula": second, **of_second},
    ]  # fmt: skip


KPIS = (
    kpi("turnover", simple("sales")),
    kpi("growth", {"type": "derived", "expr": "now / earlier - 1", "inputs": {
        "now": {"measure": "sales"}, "earlier": {"measure": "sales", "offset": "1 year"}}},
        spans=["period", "year_to_date"]),
    kpi("gain", {"type": "derived", "expr": "now - earlier", "inputs": {
        "now": {"kpi": "turnover"}, "earlier": {"kpi": "turnover", "offset": "1 year", "missing": "zero"}}}),
    kpi("sales_per_visit", {"type": "ratio", "numerator": "sales", "denominator": "visits"}),
    kpi("cash_share", {"type": "ratio", "numerator": "cash", "denominator": "sales"}),
    kpi("sales_12", {"type": "cumulative", "measure": "sales", "window": "12 months"}, grains=["month"]),
    kpi("sales_this_year", {"type": "cumulative", "measure": "sales", "to_date": "year"}, grains=["month"]),
    kpi("conversion", {"type": "conversion", "base": "visits", "converted": "orders", "entity": "customer",
                       "window": "7 days"}),
    kpi("long_conversion", {"type": "conversion", "base": {"measure": "long_visits", "where": "region = 'north'"},
                            "converted": "orders", "entity": "customer", "window": "7 days"}),
    kpi("versioned", simple("orders"), versions=two_versions(
        simple("orders"), simple("orders", where="amount >= 100"), computed_from=date(2015, 1, 1))),
    kpi("follows", {"type": "derived", "expr": "of * 10", "inputs": {"of": {"kpi": "versioned"}}}),
    kpi("standing", simple("credit")),
    kpi("standing_paid", simple("paid_credit")),
    kpi("turnover_of_credit", {"type": "ratio", "numerator": "sales", "denominator": "credit"}),
    kpi("paying", simple("payers")),
    kpi("middle", simple("typical")),
    kpi("average", simple("mean")),
    kpi("daily", simple("visits"), grains=["day", "week", "month"], spans=["period", "rolling_7_days"]),
)  # fmt: skip
PROJECT = Project(
    root=Path(),
    calendar=Calendar.model_validate({"starts_on": date(2014, 1, 1), "zone": "Europe/Copenhagen"}),
    organisation=Organisation.model_validate({"departments": {}, "units": {}, "roles": {}}),
    chain=Chain.model_validate({"stages": [{"stage": "order", "label": {"en": "Order"}, "question": "?"}]}),
    facts={"visit": VISIT, "purchase": ORDER},
    kpis={one.kpi: one for one in KPIS},
    agreements=(),
    expectations={},
    columns=COLUMNS,
)


def warehouse(as_of: date, visits: Iterable[Row] = VISITS, orders: Iterable[Row] = ORDERS) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create table run_context as select cast(? as date) as as_of_on", [as_of])
    for model, rows in (("fct_visit", visits), ("fct_purchase", orders)):
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS[model].items())
        connection.execute(f"create table {model} ({columns})")
        for row in rows:
            connection.execute(f"insert into {model} values ({', '.join('?' * len(row))})", list(row))
    build(connection, compile_project(PROJECT))
    return connection


@pytest.fixture(scope="module")
def march() -> duckdb.DuckDBPyConnection:
    return warehouse(date(2016, 3, 31))


def value(
    connection: duckdb.DuckDBPyConnection, name: str, start: date, member: str = "all", **where: object
) -> Decimal | str | None:
    given = {"grain": "month", "span": "period", "slice": "all" if member == "all" else "region", **where}
    conditions = " and ".join(f"{column} = '{text}'" for column, text in given.items())
    rows = connection.execute(
        f"select value from fct_kpi_value where kpi = ? and period_start = ? and member = ? and {conditions}",
        [name, start, member],
    ).fetchall()
    assert len(rows) <= 1
    return rows[0][0] if rows else "no row"


JANUARY, FEBRUARY = date(2016, 1, 1), date(2016, 2, 1)


def test_growth_is_held_against_the_same_month_last_year(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "growth", JANUARY) == Decimal("0.57")  # 157 of 100, the new year's order among them
    assert value(march, "growth", FEBRUARY) == Decimal("-0.8")  # 10 of 50
    assert value(march, "growth", date(2015, 1, 1)) is None  # nothing the year before, but sales: a row without value
    assert value(march, "growth", JANUARY, "east") is None
    assert value(march, "growth", FEBRUARY, span="year_to_date") == Decimal("0.113333333333")  # 167 of 150


def test_a_missing_side_counts_as_zero_only_where_it_is_asked(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "gain", date(2015, 1, 1)) == 100
    assert value(march, "gain", JANUARY, "east") == 7
    assert value(march, "gain", date(2016, 3, 1)) == "no row"  # neither side has any


def test_a_ratio_of_two_facts_keeps_the_members_that_only_one_of_them_has(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "sales_per_visit", JANUARY) == Decimal("78.5")
    assert value(march, "sales_per_visit", JANUARY, "(not set)") is None  # a visit and no sale
    assert value(march, "sales_per_visit", JANUARY, "east") is None  # a sale and no visit


def test_a_ratio_of_two_dates_takes_each_part_by_its_own(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "cash_share", FEBRUARY) == Decimal("4")  # 40 paid, 10 ordered
    assert value(march, "cash_share", date(2015, 2, 1)) == Decimal("2")


def test_a_window_is_calendar_months_and_not_rows(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "sales_12", date(2015, 12, 1)) == 150
    assert value(march, "sales_12", date(2016, 2, 1)) == 167  # 2015's January and February are out of it
    assert value(march, "sales_12", date(2016, 3, 1)) == 167  # a month without a sale has a window all the same


def test_a_cumulative_value_starts_anew_with_the_year(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "sales_this_year", date(2015, 12, 1)) == 150
    assert value(march, "sales_this_year", JANUARY) == 157
    assert value(march, "sales_this_year", date(2016, 3, 1)) == 167


def test_an_order_converts_the_last_visit_before_it_and_a_visit_converts_once(
    march: duckdb.DuckDBPyConnection,
) -> None:
    # of ann's visits on 5 and 8 January the second one is followed by the order; bob's order came 14 days later
    assert value(march, "conversion", date(2015, 1, 1)) == pytest.approx(Decimal(1) / 3, abs=Decimal("1e-12"))
    # ann ordered twice after one visit: one conversion, never two
    assert value(march, "conversion", JANUARY) == Decimal("0.5")
    assert value(march, "conversion", JANUARY, "(not set)") == 0
    assert value(march, "conversion", date(2015, 2, 1)) == "no row"  # an order without a visit is no base


def test_conditions_choose_the_base_events_before_orders_are_credited(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "long_conversion", date(2015, 1, 1)) == 1  # the short visit of 8 January is none
    assert value(march, "long_conversion", JANUARY) == 1


def test_a_period_is_seen_under_the_old_and_the_new_version(march: duckdb.DuckDBPyConnection) -> None:
    february = date(2015, 2, 1)
    assert value(march, "versioned", february, version=1) == 1
    assert value(march, "versioned", february, version=2) == 0  # one order, and not of 100
    assert value(march, "versioned", date(2016, 2, 1), version=1) == "no row"


def test_a_derived_kpi_follows_the_version_in_force(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "follows", date(2015, 2, 1)) == 10
    assert value(march, "follows", date(2016, 1, 1)) == 10  # of three orders one is of 100 or more
    assert value(march, "follows", date(2016, 2, 1)) == 0


def test_what_stands_is_taken_by_each_measures_own_date_and_keys(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "standing", date(2016, 1, 1)) == 30 + 50 + 7  # ann, bob, eve
    assert value(march, "standing", date(2016, 3, 1)) == 30 + 50 + 7 + 10
    assert value(march, "standing_paid", date(2016, 1, 1)) == 120
    assert value(march, "standing_paid", date(2016, 2, 1)) == 30 + 10


def test_what_happened_may_be_divided_by_what_stands(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "turnover_of_credit", FEBRUARY) == pytest.approx(Decimal(10) / 97, abs=Decimal("1e-12"))
    assert value(march, "turnover_of_credit", date(2016, 3, 1)) is None  # nothing sold: a row, no value


def test_moments_fall_on_the_days_of_the_calendars_zone(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "turnover", date(2015, 12, 1)) == "no row"
    assert value(march, "turnover", JANUARY, "east") == 7


def test_days_and_weeks_have_values_of_their_own(march: duckdb.DuckDBPyConnection) -> None:
    assert value(march, "daily", date(2015, 1, 8), grain="day") == 1
    assert value(march, "daily", date(2015, 1, 9), grain="day") == "no row"
    assert value(march, "daily", date(2015, 1, 11), grain="day", span="rolling_7_days") == 2
    assert value(march, "daily", date(2015, 1, 12), grain="day", span="rolling_7_days") == 1
    assert value(march, "daily", date(2015, 1, 5), grain="week") == 2
    assert value(march, "daily", date(2016, 2, 29), grain="week") == 1


@pytest.mark.parametrize("name", sorted(PROJECT.kpis))
def test_the_shown_query_gives_what_ran(march: duckdb.DuckDBPyConnection, name: str) -> None:
    march.execute("create schema if not exists kpi; create schema if not exists marts")
    for schema, tables in (("kpi", ("dim_span", "dim_day")), ("marts", ("fct_visit", "fct_purchase"))):
        for table in tables:
            march.execute(f"create view if not exists {schema}.{table} as select * from main.{table}")
    for version in PROJECT.kpis[name].versions:
        query = standalone_query(PROJECT, PROJECT.kpis[name], version)
        columns = "grain, span, period_start, slice, member, numerator, denominator, value, row_count"
        shown = march.execute(f"select {columns} from ({query}) order by all").fetchall()
        ran = march.execute(
            f"select {columns} from fct_kpi_value where kpi = ? and version = ? and span not like '%last_year'"
            " order by all",
            [name, version.version],
        ).fetchall()
        assert shown == ran
        assert shown
