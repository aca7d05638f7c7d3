"""Question 32: who exported people's figures, and whether people were told in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from people_world import people_world

from tests.audit.conftest import EXPECTED, AuditWorld


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return people_world(tmp_path_factory.mktemp("q32") / "project")


def test_exports_and_notices(world, golden):
    golden(EXPECTED / "q32_exports.txt", world.text(32))


def test_six_weeks_are_counted_from_the_day_a_person_was_told(world):
    agreed, amended = (row for row in world.rows(32) if row["what"] != "exported")
    # Told on 20 December, it counts from 1 January: 12 days. Told on 2 May for 1 July: 60 days.
    assert (agreed["on"], agreed["days_of_notice"]) == (date(2016, 12, 20), 12)
    assert (agreed["verdict"], amended["verdict"]) == ("too late: 42 days are required", "in time")
    assert (amended["by"], amended["days_of_notice"]) == ("cfo", (date(2017, 7, 1) - date(2017, 5, 2)).days)


def test_an_export_names_whose_figures_by_whom_and_for_what(world):
    (row,) = (row for row in world.rows(32) if row["what"] == "exported")
    assert (row["who"], row["by"], row["told"]) == ("p1001", "cfo", "audit bundle: external audit")


def test_without_a_length_of_notice_it_is_enough_to_be_told(world):
    lenient = AuditWorld(replace(world.settings, notice=None), world.ledger, world.project)
    assert lenient.ask(32).holds
    assert not world.ask(32).holds


def test_who_was_never_told_is_named(small_world):
    rows = small_world.rows(32)
    assert [(row["who"], row["verdict"]) for row in rows] == [("p1001", "nobody is recorded to have told them")]
