"""The share of a target that was reached, where targets and actuals lie below zero."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from tests.soundness.scorecard_of import COMPANY, lay_no_statistics, model_sql

ONE_MONTH = """
    create table dim_period as select
        'month' as grain, date '2017-01-01' as period_start, date '2017-01-31' as period_end, true as is_complete;
    create table dim_span as select *, 'year_to_date' as span, period_start as span_start from dim_period;
    insert into dim_kpi values ('growth', 'month', false, 'increase');
    insert into dim_kpi_version values ('growth', 1, date '2014-01-01', null, false, false, true);
"""
PROMISED = """
    create table fct_kpi_value as select
        'growth' as kpi, 1 as version, 'month' as grain, 'period' as span, date '2017-01-01' as period_start,
        'all' as slice, 'all' as member, cast(? as decimal(38, 12)) as value
"""
TARGET = """
    insert into fct_kpi_target by name select
        'company' as holder, 'growth' as kpi, 'all' as slice, 'all' as member, 'month' as grain,
        date '2017-01-01' as period_start, cast(? as decimal(38, 10)) as target_value, ? as comparison
"""


@pytest.mark.parametrize(
    ("actual", "target", "comparison", "reached", "status"),
    [
        ("0.05", "0.10", "at_least", "0.5", "red"),
        ("-0.05", "0.10", "at_least", "-0.5", "red"),
        ("-0.10", "-0.05", "at_least", None, "red"),
        ("-0.02", "-0.05", "at_least", None, "green"),
        ("4", "2", "at_most", "0.5", "red"),
        ("-4", "2", "at_most", None, "green"),
        ("-10", "-5", "at_most", None, "green"),
        ("0", "2", "at_most", None, "green"),
    ],
)
def test_attainment_is_said_only_where_more_of_it_is_better(
    actual: str, target: str, comparison: str, reached: str | None, status: str
) -> None:
    with duckdb.connect() as company:
        company.execute(COMPANY)
        lay_no_statistics(company)
        company.execute(ONE_MONTH)
        company.execute(PROMISED, [actual])
        company.execute(TARGET, [target, comparison])
        company.execute(f"create table held_period as {model_sql('held_period')}")
        query = f"select attainment, status from ({model_sql('scorecard_now')})"
        assert company.execute(query).fetchall() == [(None if reached is None else Decimal(reached), status)]
