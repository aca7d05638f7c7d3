"""Question 10: the definition in force, what changed since, and which published numbers a change moved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from kpi_world import NEW, OLD, kpi_world

from kpiledger.errors import WrongUse
from tests.audit.conftest import EXPECTED


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return kpi_world(tmp_path_factory.mktemp("q10") / "project")


def test_the_definition_of_a_period_with_its_sql_and_what_changed_since(world, golden):
    golden(EXPECTED / "q10_two_versions.txt", world.text(10, kpi="revenue", period="2016-06"))


def test_numbers_that_a_change_moved_are_those_of_both_versions_that_differ(world):
    rows = world.rows(10, kpi="revenue", period="2016-06")
    both = {month: (OLD[month], NEW[month]) for month in OLD if month in NEW}
    moved = {month: pair for month, pair in both.items() if pair[0] != pair[1]}
    assert [row["period_start"] for row in rows] == [date(2016, month, 1) for month in moved]
    assert rows[-1]["difference"] == Decimal("6.00")


def test_where_one_version_has_no_number_that_is_said(world):
    said = "\n".join(world.ask(10, kpi="revenue", period="2016-06").summary)
    assert "2 of 3 numbers that the warehouse holds of both moved" in said
    assert "of 3 it holds version 1 only, of 1 version 2 only" in said


def test_the_newest_version_has_no_change_after_it(world):
    found = world.ask(10, kpi="revenue", period="2017-02")
    assert list(found.rows) == []
    assert "nothing changed since: no later version is recorded" in found.summary
    assert "revenue version 2, in force in 2017-02" in found.summary[0]


def test_before_the_first_version_there_is_no_definition(world):
    with pytest.raises(WrongUse, match="no version of `revenue` holds in 2013-01"):
        world.ask(10, kpi="revenue", period="2013-01")


def test_files_that_say_something_else_show_no_sql(world, tmp_path):
    other = kpi_world(tmp_path / "project")
    edited = other.project.kpis["revenue"].model_copy(update={"unit": "count", "currency": None})
    other.project.kpis["revenue"] = edited
    notes = other.ask(10, kpi="revenue", period="2016-06").notes
    assert "the files say something else than was recorded" in notes[-1]
