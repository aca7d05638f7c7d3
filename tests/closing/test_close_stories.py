"""Closing, reopening, restating and locking as they are done, and what readers, ledger and files say afterwards."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from kpiledger.closing.doing import Pair
from kpiledger.errors import RunStopped
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import read_entries
from kpiledger.verifying import verify
from tests.closing.closing_world import ClosingWorld, lines_of
from tests.closing.test_restatements import REVENUE_WEST, corrected_row, late_row, only

MARCH = "kpi = 'revenue' and holder = 'sales_west' and period_start = '2017-03-01'"


def test_the_entry_of_a_close_holds_the_hash_of_everything_that_it_rests_on(closed_once: ClosingWorld) -> None:
    (entry,) = [one for one in read_entries(closed_once.ledger) if one.kind is EntryKind.PERIOD_CLOSED]
    said = entry.content
    assert set(said["files"]) >= {"scorecard.parquet", "values.parquet", "facts/order_line.parquet", "checks.parquet"}
    assert [one["agreement"] for one in said["agreements"]] == ["sales_west_2017"]
    assert set(said["definitions"]) == {"gross_margin", "orders_shipped", "revenue", "revenue_per_shipment"}
    assert list(said["definitions"]["gross_margin"]) == ["2"]
    assert {one["rule"] for one in said["checks"]} == {"DM-01", "DM-02", "DM-03", "DM-04", "reconciliation"}
    assert set(said["closed_by"]) == {"commitment"}
    assert "signature" not in said


def test_a_restatement_becomes_official_and_what_was_closed_stays_beside_it(closed: ClosingWorld) -> None:
    corrected_row(closed)
    closed.run()
    done = closed.restate("2017-03")
    assert done.causes == {"source_correction": sum(done.rows.values())}
    closed.run()
    card = only(closed, "fct_scorecard", MARCH)
    assert (card["actual"], card["status"], card["as_closed"], card["current"]) == (17003, "red", 22003, 17003)
    row = only(closed, "fct_restatement", REVENUE_WEST)
    assert (row["accepted_seq"], row["status_as_closed"], row["status_current"]) == (done.entry.seq, "green", "red")
    value = only(
        closed, "fct_closed_value", "kpi = 'revenue' and member = 'West' and span = 'period' and grain = 'month'"
    )
    assert (value["as_closed"], value["restated"], value["official"]) == (22003, 17003, 17003)
    late_row(closed)
    closed.run()
    again = only(closed, "fct_restatement", REVENUE_WEST)
    assert (again["official"], again["current"], again["accepted_seq"]) == (17003, 18003, None)
    assert again["restated_by_seq"] == done.entry.seq
    with pytest.raises(RunStopped, match="four eyes"):
        closed.restate("2017-03", Pair("p1001", "p1001"))


def test_nothing_that_differs_is_nothing_to_restate(closed: ClosingWorld) -> None:
    with pytest.raises(RunStopped, match="nothing of it is another now than what counts already"):
        closed.restate("2017-03")


def test_a_reopened_period_is_as_computed_now_until_it_is_closed_anew(closed: ClosingWorld) -> None:
    corrected_row(closed)
    closed.reopen("2017-03", reason="The invoice was credited")
    with pytest.raises(RunStopped, match="was reopened after the published run"):
        closed.close("2017-03")
    closed.run()
    card = only(closed, "fct_scorecard", MARCH)
    assert (card["actual"], card["status"], card["close_state"], card["as_closed"]) == (17003, "red", "reopened", None)
    again = closed.close("2017-03")
    assert again.entry.content["ordinal"] == "2"
    closed.run()
    card = only(closed, "fct_scorecard", MARCH)
    assert (card["actual"], card["close_state"], card["as_closed"]) == (17003, "closed", 17003)
    story = closed.rows(
        "select event, close_ordinal, close_state, done_by, reason from kpi.fct_period_close order by seq"
    )
    assert [tuple(row.values()) for row in story] == [
        ("closed", 1, "reopened", "p1002", None),
        ("reopened", 1, "reopened", "p1002", "The invoice was credited"),
        ("closed", 2, "closed", "p1002", None),
    ]


def test_a_locked_period_is_restated_and_never_reopened(closed: ClosingWorld) -> None:
    done = closed.close("2017-03", is_locked=True, accepted=closed.accept_all())
    assert done.entry.kind is EntryKind.PERIOD_LOCKED
    with pytest.raises(RunStopped, match=r"2017-03 is locked \(entry \d+\): it can be restated, never reopened"):
        closed.reopen("2017-03")
    corrected_row(closed)
    closed.run()
    assert only(closed, "fct_scorecard", MARCH)["close_state"] == "locked"
    assert closed.restate("2017-03").rows["scorecard"] > 0


def test_a_quarter_closes_what_its_months_have_not(closed: ClosingWorld) -> None:
    done = closed.close("2017-Q1")
    assert done.rows["values"] > 0
    closed.run()
    shown = closed.rows(
        "select distinct grain, period_start::varchar as day, close_period from kpi.fct_closed_value order by all"
    )
    assert [tuple(row.values()) for row in shown] == [
        ("month", "2017-01-01", "2017-Q1"),
        ("month", "2017-02-01", "2017-Q1"),
        ("month", "2017-03-01", "2017-03"),
        ("quarter", "2017-01-01", "2017-Q1"),
    ]
    with pytest.raises(RunStopped, match="2017-01 is not closed by itself: it was closed with 2017-Q1"):
        closed.reopen("2017-01")
    closed.reopen("2017-03")
    closed.run()
    states = closed.rows("select distinct period_start::varchar, close_state from kpi.fct_scorecard order by all")
    by_month = dict(tuple(row.values()) for row in states)
    assert (by_month["2017-02-01"], by_month["2017-03-01"], by_month["2017-04-01"]) == ("closed", "reopened", "open")


def test_a_year_closes_its_months_quarters_and_itself_unless_they_are_closed(world: ClosingWorld) -> None:
    world.close("2016-12")
    world.close("2016-Q4")
    done = world.close("2016")
    world.run()
    shown = world.rows("select distinct grain, close_period from kpi.fct_closed_value order by all")
    assert [tuple(row.values()) for row in shown] == [
        ("month", "2016"),
        ("month", "2016-12"),
        ("month", "2016-Q4"),
        ("quarter", "2016"),
        ("quarter", "2016-Q4"),
        ("year", "2016"),
    ]
    assert done.entry.content["first_day"] == "2016-01-01"
    assert world.rows("select * from kpi.fct_restatement") == []


@pytest.mark.parametrize("name", ["scorecard.parquet", "facts/order_line.parquet"])
def test_a_frozen_file_that_was_changed_or_is_missing_stops_a_run_and_is_found_by_verify(
    closed: ClosingWorld, name: str
) -> None:
    path = closed.settings.closes / "2017-03/1" / name
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(RunStopped, match=f"{path} of the close 2017-03/1 was changed"):
        closed.run()
    assert told_by_verify(closed) == [f"{path} of the close 2017-03/1 was changed"]
    path.unlink()
    with pytest.raises(RunStopped, match=f"{path} of the close 2017-03/1 cannot be read"):
        closed.close("2017-04")


def told_by_verify(world: ClosingWorld) -> list[str]:
    found = verify(world.ledger, world.project, settings=world.settings)
    return [one.message.split(":")[0] for one in found.problems if one.name == "closes"]


def test_the_closes_of_an_honest_ledger_hold(closed_once: ClosingWorld) -> None:
    assert told_by_verify(closed_once) == []
    assert "closes" in verify(closed_once.ledger, closed_once.project, settings=closed_once.settings).looked_at


def test_a_close_that_was_killed_before_it_was_recorded_counts_for_nothing(world: ClosingWorld) -> None:
    left = world.settings.closes / "2017-03/1"
    left.mkdir(parents=True)
    (left / "scorecard.parquet").write_text("half of it")
    world.run()
    assert world.rows("select * from kpi.fct_period_close") == []
    done = world.close("2017-03")
    assert done.entry.content["ordinal"] == "1"
    assert told_by_verify(world) == []


def test_a_person_who_is_held_to_a_target_stands_in_the_frozen_files_as_a_commitment(world: ClosingWorld) -> None:
    shutil.copy(world.root / "metrics/agreements/2017/sales_west.yml", world.root / "metrics/agreements/2017/p1007.yml")
    world.edit("metrics/agreements/2017/p1007.yml", "holder: sales_west", "holder: p1007")
    world.edit("metrics/agreements/2017/p1007.yml", "agreement: sales_west_2017", "agreement: own_2017")
    world.run()
    world.close("2017-03")
    folder = world.settings.closes / "2017-03/1"
    assert not any(b"p1007" in path.read_bytes() for path in folder.glob("*.parquet"))
    world.run()
    holders = world.rows("select distinct holder from kpi.fct_scorecard where close_state = 'closed' order by all")
    assert {row["holder"] for row in holders} >= {"p1007", "sales_west"}


def test_the_ledger_says_who_did_what_to_the_period(closed_once: ClosingWorld) -> None:
    kinds = [entry["kind"] for entry in lines_of(closed_once.settings.ledger / "entries.jsonl")]
    assert kinds.count("period.closed") == 1
    event: dict[str, Any] = only(closed_once, "fct_period_close", "event = 'closed'")
    assert (event["done_by"], event["approved_by"], event["is_signed"]) == ("p1002", "p1001", False)
