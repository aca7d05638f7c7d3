"""Question 5: a change that makes a status better close to the period's end is found by the published figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from kpiledger.audit.judging import Beside, improves, status_of
from kpiledger.periods import COMMON, Period
from kpiledger.vocabulary import Status
from tests.audit.conftest import EXPECTED

SEPTEMBER = Period.parse("2017-09")


@pytest.fixture
def published_world(small_world, tmp_path):
    """West had 16,500 in September and October 2017, and 14,000 in November."""
    build = tmp_path / "build"
    build.mkdir()
    with duckdb.connect(str(build / "warehouse.duckdb")) as connection:
        connection.execute("create schema kpi")
        connection.execute(
            "create table kpi.fct_kpi_value (kpi varchar, version integer, grain varchar, span varchar, "
            "period_start date, slice varchar, member varchar, value decimal(38, 12), is_complete boolean)"
        )
        connection.execute(
            "create table kpi.dim_kpi_version (kpi varchar, version integer, valid_from date, valid_to date)"
        )
        connection.execute("insert into kpi.dim_kpi_version values ('revenue', 1, '2014-01-01', null)")
        for month, value in ((9, 16500), (10, 16500), (11, 14000)):
            connection.execute(
                "insert into kpi.fct_kpi_value values ('revenue', 1, 'month', 'period', ?, 'region', 'West', ?, true)",
                [date(2017, month, 1), value],
            )
    return replace(small_world, settings=replace(small_world.settings, build=build))


def test_the_change_of_october_made_september_green(published_world, golden):
    golden(EXPECTED / "q05_small.txt", published_world.text(5))
    (row,) = published_world.rows(5)
    assert (row["entry"], row["period"], row["days_after_end"]) == (7, "2017-09", 5)
    assert (row["actual"], row["old_status"], row["new_status"]) == (Decimal(16500), "red", "green")


def test_fewer_days_find_less_and_more_find_more(published_world):
    assert published_world.rows(5, days="4") == []
    assert {row["period"] for row in published_world.rows(5, days="26")} == {"2017-09", "2017-10"}
    assert {row["period"] for row in published_world.rows(5, days="36525")} >= {"2017-09", "2017-10"}


def test_without_a_warehouse_it_says_that_nothing_was_looked_at(small_world):
    found = small_world.ask(5)
    assert not found.holds
    assert not found.rows
    assert found.summary == ("There is no published warehouse, so no status can be told: this was not looked at",)


def form(comparison="at_least", value="100", amber=None, **more):
    shown = {"grain": "month", "comparison": comparison, "value": value, "by_period": None, **more}
    return {"target": shown, "amber": amber, "baseline": {"value": "50"}}


@pytest.mark.parametrize(
    ("target", "actual", "status"),
    [
        (form(), "100", Status.GREEN),
        (form(), "99", Status.RED),
        (form(amber={"share_of_target": "0.95", "absolute": None}), "95", Status.AMBER),
        (form("at_most", amber={"share_of_target": None, "absolute": "110"}), "110", Status.AMBER),
        (form("at_most"), "100.01", Status.RED),
        (form("between", upper="120"), "120", Status.GREEN),
        (form("between", upper="120", amber={"outside_by": "5"}), "125", Status.AMBER),
        (form("between", upper="120"), "99", Status.RED),
        (form("exactly", within="2"), "102", Status.GREEN),
        (form("exactly", within="2"), "97", Status.RED),
        (form(value=None, by_period={"2017-09": "7"}), "7", Status.GREEN),
        (form(value=None, by_period={"2017-10": "7"}), "7", Status.NO_TARGET),
        (form(value=None, relative={"to": "baseline", "times": "1.1"}), "55", Status.GREEN),
        (form(value=None, ramp={"from": "1", "to": "2"}), "55", None),
        (None, "55", Status.NO_TARGET),
    ],
)
def test_a_figure_is_judged_as_the_scorecard_judges_it(target, actual, status):
    assert status_of(target and {**target, "amber": target["amber"]}, SEPTEMBER, Decimal(actual)) is status


@pytest.mark.parametrize(
    ("more", "actual", "status"),
    [
        ({"ramp": {"from": "1", "to": "12"}}, "9", Status.GREEN),
        ({"ramp": {"from": "1", "to": "12"}}, "8.99", Status.RED),
        ({"relative": {"to": "same_period_last_year", "times": "1.1"}}, "44", Status.GREEN),
        ({"relative": {"to": "same_period_last_year", "times": "1.1"}}, "43.99", Status.RED),
    ],
)
def test_a_ramp_and_a_target_by_last_year_are_judged_by_the_days_and_the_figure_beside(more, actual, status):
    beside = Beside(date(2017, 1, 1), date(2017, 12, 31), Decimal(40), COMMON)
    assert status_of(form(value=None, **more), SEPTEMBER, Decimal(actual), beside) is status


def test_nothing_to_follow_from_is_not_judged():
    beside = Beside(date(2017, 1, 1), date(2017, 12, 31), None, COMMON)
    relative = {"to": "same_period_last_year", "times": "1.1"}
    assert status_of(form(value=None, relative=relative), SEPTEMBER, Decimal(1), beside) is None


def test_a_missed_target_that_goes_away_is_an_improvement_and_a_met_one_is_not():
    assert improves(Status.RED, Status.NO_TARGET)
    assert not improves(Status.GREEN, Status.NO_TARGET)
    assert not improves(Status.NO_TARGET, Status.GREEN)
    assert not improves(Status.GREEN, Status.RED)
