"""The scorecard where years begin in July and targets are by week: the target year to date is the calendar's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from kpiledger.compiling.calendar_models import day_model, period_model, span_model
from kpiledger.specs.calendar import Calendar
from kpiledger.vocabulary import Grain
from tests.compiled_models import plain_sql
from tests.soundness.scorecard_of import lay_no_statistics

SCORECARD = Path(__file__).parents[2] / "models" / "scorecard" / "scorecard_now.sql"
CALENDAR = Calendar.model_validate({"starts_on": date(2014, 1, 1), "zone": "UTC", "fiscal_year_starts": "july"})
# Every period has the value 1 and the target 2, of a KPI whose months add up to its year.
COMPANY = """
    create table as_of as select date '2016-03-01' as as_of_on;
    create table dim_kpi as select 'sales' as kpi, 'week' as cadence, false as is_missing_zero,
        'increase' as direction;
    create table dim_kpi_version as select
        'sales' as kpi, 1 as version, date '2014-01-01' as valid_from, cast(null as date) as valid_to,
        false as is_ratio, true as is_additive, false as is_level;
    create table dim_unit as select 'company' as unit, 'company' as kind;
    create table dim_agreement_version as select
        'budget' as agreement, 1 as agreement_version, 1 as seq, 'aa' as entry_hash, 'annual_agreement' as reason_kind;
    create table scoring as select 0.5 as at_commit, 1.0 as at_target, 1.2 as at_stretch
"""
FACTS = """
    create table fct_kpi_value as select
        'sales' as kpi, 1 as version, grain, span, period_start, period_end, 'all' as slice, 'all' as member,
        cast(1 as decimal(38, 12)) as value
    from dim_span;
    create table fct_kpi_target as select
        'company' as holder, 'budget' as agreement, 1 as agreement_version, 'sales' as kpi, 'all' as slice,
        'all' as member, grain, period_start, period_end, cast(2 as decimal(38, 10)) as target_value,
        'at_least' as comparison, cast(null as decimal(38, 10)) as amber_value,
        cast(null as decimal(38, 10)) as stretch_value, cast(null as decimal(9, 6)) as weight,
        cast(null as decimal(38, 10)) as baseline_value, timestamp '2014-01-01' as recorded_at,
        cast(null as timestamp) as superseded_at, cast(null as decimal(38, 10)) as upper_value,
        cast(null as decimal(38, 10)) as within_value, cast(null as decimal(38, 10)) as commit_value,
        cast(null as decimal(38, 10)) as amber_outside_by, false as is_pilot, true as is_binding,
        'not_required' as approval_state,
        false as is_pending,
        1 as named_version
    from dim_period
    where grain in ('week', 'month', 'quarter')
"""


@pytest.fixture(scope="module")
def scorecard() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(COMPANY)
        lay_no_statistics(connection)
        models = {
            "dim_day": day_model(CALENDAR, []),
            "dim_period": period_model(CALENDAR, [Grain.WEEK]),
            "dim_span": span_model(CALENDAR, [Grain.WEEK], []),
            "held_period": SCORECARD.with_name("held_period.sql").read_text(encoding="utf-8"),
            "scorecard_now": SCORECARD.read_text(encoding="utf-8"),
        }
        for name, sql in models.items():
            if name == "held_period":
                connection.execute(FACTS)
            connection.execute(f"create table {name} as {plain_sql(sql)}")
        yield connection


def targets_to_date(scorecard: duckdb.DuckDBPyConnection, grain: Grain) -> dict[date, int | None]:
    """Period start -> how many targets make its year to date."""
    asked = "select period_start, cast(target_year_to_date / 2 as integer) from scorecard_now where grain = ?"
    return dict(scorecard.execute(asked, [grain]).fetchall())


def test_targets_of_quarters_add_up_from_the_first_of_the_fiscal_year(scorecard: duckdb.DuckDBPyConnection) -> None:
    found = targets_to_date(scorecard, Grain.QUARTER)
    assert [found[date(2015, month, 1)] for month in (1, 4, 7, 10)] == [3, 4, 1, 2]
    assert found[date(2016, 1, 1)] == 3


def test_targets_of_months_add_up_from_the_first_of_the_fiscal_year(scorecard: duckdb.DuckDBPyConnection) -> None:
    found = targets_to_date(scorecard, Grain.MONTH)
    assert [found[date(2015, month, 1)] for month in (5, 6, 7, 8)] == [11, 12, 1, 2]


def test_targets_of_a_year_that_began_before_the_calendar_do_not_add_up(scorecard: duckdb.DuckDBPyConnection) -> None:
    found = targets_to_date(scorecard, Grain.MONTH)
    assert [found[date(2014, month, 1)] for month in (1, 6, 7)] == [None, None, 1]


def test_targets_of_weeks_add_up_from_the_first_week_of_the_fiscal_year(scorecard: duckdb.DuckDBPyConnection) -> None:
    found = targets_to_date(scorecard, Grain.WEEK)
    # 2 July 2015 is the Thursday of the week from 29 June.
    weeks = [date(2015, 6, 22), date(2015, 6, 29), date(2015, 7, 6)]
    assert [found[week] for week in weeks] == [52, 1, 2]
    assert found[date(2015, 6, 29) + timedelta(weeks=30)] == 31
