"""Questions 15 and 19 to 22 on a small company that closed March, reopened, closed anew and restated it."""

from __future__ import annotations

import pytest

from kpiledger.errors import WrongUse
from tests.audit.conftest import EXPECTED, AuditWorld
from tests.closing.closing_world import ClosingWorld, new_world
from tests.closing.test_restatements import corrected_row, late_row, retroactive_target

ASKED = {
    "q15_closed": (15, {"kpi": "revenue", "period": "2017-03", "member": "West", "slice": "region"}),
    "q19_closed": (19, {"period": "2017-03"}),
    "q20_closed": (20, {}),
    "q21_closed": (21, {"kpi": "revenue"}),
    "q22_closed": (22, {"kpi": "revenue"}),
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> ClosingWorld:
    """Closed, reopened for a credit note, closed anew, restated for a late target, and a late row since."""
    world = new_world(tmp_path_factory.mktemp("audit") / "company")
    world.run()
    world.close("2017-03")
    corrected_row(world)
    world.reopen("2017-03", reason="The invoice was credited")
    world.run()
    world.close("2017-03")
    retroactive_target(world)
    world.run()
    world.restate("2017-03")
    late_row(world)
    world.run()
    return world


@pytest.fixture(scope="module")
def closed_world(company: ClosingWorld) -> AuditWorld:
    return AuditWorld(company.settings, company.ledger, company.project)


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_on_closed_periods_is_as_it_was_read(closed_world, golden, name):
    number, words = ASKED[name]
    golden(EXPECTED / f"{name}.txt", closed_world.text(number, **words))


def test_a_number_is_shown_as_it_was_each_time_that_it_was_fixed(closed_world):
    rows = closed_world.rows(15, **ASKED["q15_closed"][1])
    shown = [(row["figure"], None if row["value"] is None else int(row["value"])) for row in rows]
    assert ("as closed", 22003) in shown
    assert ("as closed", 17003) in shown
    assert shown[-3:] == [("current", 18003), ("official", 17003), ("same period last year", 22003)]


def test_what_changed_between_two_closes_of_a_period_is_told_with_the_reopening(closed_world):
    (row,) = closed_world.rows(20)
    assert (row["reopened_by"], row["reason"]) == ("p1002", "The invoice was credited")
    assert row["closed_again_at"] is not None
    west = "2017-03/1 sales_west revenue region West month from 2017-03-01"
    assert f"{west}: 22003 of 21000 green -> 17003 of 21000 red" in closed_world.ask(20).notes


def test_late_data_is_shown_with_what_it_would_do(closed_world):
    rows = [row for row in closed_world.rows(22, kpi="revenue") if row["holder"] == "sales_west"]
    assert [(row["official"], row["current"], row["accepted_in"]) for row in rows] == [(17003, 18003, None)]


def test_a_changed_frozen_file_is_named_in_the_content_of_its_close(company, closed_world):
    assert closed_world.ask(19, period="2017-03").holds
    path = company.settings.closes / "2017-03/2/values.parquet"
    kept = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(kept + b"?")
    found = closed_world.ask(19, period="2017-03")
    path.write_bytes(kept)
    assert not found.holds
    assert [row[1] for row in found.rows if row[3] is False] == ["values.parquet"]


def test_a_period_that_was_never_closed_is_a_slip_of_the_pen(closed_world):
    with pytest.raises(WrongUse, match="2017-02 was never closed by itself"):
        closed_world.ask(19, period="2017-02")


def test_a_target_changed_after_its_period_was_closed_is_the_latest_kind_of_late(closed_world):
    found = closed_world.ask(4)
    (row,) = (one for one in closed_world.rows(4) if one["lateness"] == "after the period was closed")
    assert (row["first_period"], row["closed_periods"]) == ("2017-03", 1)
    assert found.facts["after the period was closed"] == 1
    assert found.summary[0].startswith("3 retroactive changes, recorded at any time: 1 of a closed period")
