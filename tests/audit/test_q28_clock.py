"""Question 28: times that a clock which runs evenly would not have given."""

import pytest
from evidence_world import evidence_world, publish
from ledger_builders import agreements, event, project

from kpiledger.recording import record
from tests.audit.conftest import EXPECTED, at


@pytest.fixture
def world(tmp_path):
    return evidence_world(tmp_path)


def anomalies(world, **words):
    return [(row["entry"], row["anomaly"]) for row in world.rows(28, **words)]


def test_long_gaps_are_shown(world, golden):
    golden(EXPECTED / "q28_clock.txt", world.text(28))
    assert anomalies(world) == [(3, "gap"), (4, "gap")]


def test_how_long_a_gap_is_can_be_said(world):
    # 15 December to 20 June are 187 days and a few hours, from there to 5 October 106 and more.
    assert anomalies(world, days="188") == []
    assert anomalies(world, days="187") == [(3, "gap")]


def test_a_clock_that_was_set_back_repeats_the_time_before(world):
    publish(world.ledger, "2017-10-01T00:00:00", run="run-2")
    assert (6, "clock stood") in anomalies(world)
    assert world.ask(28).holds


def test_entries_of_one_batch_share_their_time_and_are_no_anomaly(world):
    assert [found for found in anomalies(world) if found[1] == "clock stood"] == []


def test_a_time_that_has_not_come_fails(world):
    publish(world.ledger, "2099-01-01T00:00:00", run="run-2", as_of="2017-10-31")
    found = world.ask(28, days="36525")
    assert [(row[0], row[4]) for row in found.rows] == [(6, "in the future")]
    assert not found.holds


def test_publications_in_an_odd_order_are_shown(world):
    publish(world.ledger, "2017-10-07T00:00:00", run="run-2", as_of="2017-08-31")
    publish(world.ledger, "2017-10-08T00:00:00", run="run-3", as_of="2017-12-31")
    assert anomalies(world, days="999") == [(6, "published for an earlier day"), (7, "published for a later day")]


def test_an_event_recorded_before_it_was_decided_is_shown(world):
    hasty = event("retired", valid_from="2017-12-01", decided_on="2017-12-01", reason="Team closed")
    events = [*(item for item in world.project.agreements[0].events), hasty]
    shown = [item if isinstance(item, dict) else item.model_dump(mode="json", by_alias=True) for item in events]
    specs = project(agreements(*shown), root=world.settings.root)
    record(specs, world.settings.root, world.ledger, at("2017-11-20T09:00:00"))
    assert (6, "before its decision") in anomalies(world)
