"""Is a decision noted so that it can be found, closes what it answers, and names nobody who could not be erased?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb
import pytest
from ledger_builders import agreed, clock, target

from kpiledger.errors import WrongUse
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.side_store import all_kept
from kpiledger.ledger.store import examine_ledger, read_entries, signed_checkpoint
from kpiledger.ledger.subjects import erase
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.people.held import in_entries, in_side_store
from kpiledger.periods import Period
from kpiledger.projected import compared
from kpiledger.reviews.deciding import Deciding, note_decision
from kpiledger.reviews.decisions import decisions_in
from kpiledger.specs.calendar import Month

DAY = date(2017, 4, 12)
NOON = datetime(2017, 4, 12, 12, tzinfo=UTC)
SAID = Deciding("sales_west", Period.parse("2017-Q1"), "Discounts end in May.", "head_of_sales", DAY)
OWN = Deciding("p1001", Period.parse("2017-Q1"), "Anna takes the course in May.", "p1001", DAY)


@pytest.fixture
def talking(world):
    found = world.agreed(agreed(target()))
    found.run({"2017-01": "100"}, DAY)
    return found


def note(talking, said=SAID, **more):
    return note_decision(talking.project, talking.ledger, talking.warehouse, replace(said, **more), clock(NOON))


def test_it_is_noted_with_who_decided_and_shown_by_the_next_run(talking):
    minutes = talking.root / "docs/decisions/2017-04.md"
    minutes.parent.mkdir(parents=True)
    minutes.write_text("What was said.\n", encoding="utf-8")
    note(talking, kpi="revenue", evidence="docs/decisions/2017-04.md#discounts")
    entry = note(talking, says="West hires.")
    assert (entry.kind, entry.key) == (EntryKind.DECISION_NOTED, "decision/2")
    talking.run({"2017-01": "100"}, DAY)
    first, second = talking.rows("select * from kpi.fct_decision order by seq")
    assert (first["says"], first["kpi"], first["period"], first["decided_by"]) == (
        "Discounts end in May.", "revenue", "2017-Q1", "head_of_sales",
    )  # fmt: skip
    assert (first["period_start"], first["period_end"]) == (date(2017, 1, 1), date(2017, 3, 31))
    assert (second["seq"], second["entry_hash"], second["evidence"]) == (entry.seq, entry.entry_hash, None)


def test_a_period_that_a_changed_calendar_knows_no_more_has_no_days(talking):
    note(talking)
    fiscal = talking.project.calendar.model_copy(update={"fiscal_year_starts": Month.JULY})
    changed = replace(talking, project=replace(talking.project, calendar=fiscal))
    changed.run({"2017-01": "100"}, DAY)
    (row,) = changed.rows("select * from kpi.fct_decision")
    assert (row["period"], row["period_start"], row["period_end"]) == ("2017-Q1", None, None)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"holder": "sales_wets"}, "there is no holder `sales_wets`"),
        ({"by": "sales_west"}, "there is no role or person `sales_west`"),
        ({"kpi": "revenu"}, "there is no KPI `revenu`"),
        ({"says": "  "}, "the decision says nothing"),
        ({"says": "p1001 does it"}, "this names p1001, and what is recorded stays"),
        ({"evidence": "docs/p1001.md"}, "this names p1001, and what is recorded stays"),
        ({"evidence": "../../etc/passwd"}, "the evidence `../../etc/passwd` lies outside the project"),
        ({"evidence": "/etc/passwd"}, "the evidence `/etc/passwd` lies outside the project"),
        ({"evidence": "docs/decisions/2017-99.md"}, "there is no file `docs/decisions/2017-99.md` to be evidence"),
        ({"on": date(2017, 4, 13)}, "2017-04-13 is still to come"),
        ({"closes": "mid_year/nothing"}, "there is no review item `mid_year/nothing`"),
        ({"holder": "head_of_sales", "closes": "period/sales_west/2017-Q1"}, "is about sales_west, not head_of_sales"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_recorded(talking, more, message):
    before = len(read_entries(talking.ledger))
    with pytest.raises(WrongUse, match=message):
        note(talking, **more)
    assert len(read_entries(talking.ledger)) == before


def test_evidence_may_be_an_address(talking):
    address = "https://example.org/minutes/7"
    assert note(talking, evidence=address).content["evidence"] == address


def test_a_review_item_is_closed_once(talking):
    note(talking, closes="period/sales_west/2017-Q1")
    with pytest.raises(WrongUse, match="is closed already"):
        note(talking, closes="period/sales_west/2017-Q1")


def test_what_is_decided_about_a_person_lies_in_the_side_store_and_goes_with_the_person(talking):
    note(talking, OWN)
    lines = b"".join(entry.line for entry in read_entries(talking.ledger))
    assert b"p1001" not in lines
    assert b"Anna" not in lines
    assert "Anna takes the course in May." in {one.value for one in all_kept(talking.ledger)}
    index = index_in_memory(talking.ledger, signed_checkpoint(talking.ledger))
    (held,) = in_entries(talking.ledger, index, "p1001")
    assert "decision.noted decision/1: decided_by, holder, says" in held.what
    assert {one.what for one in in_side_store(talking.ledger, "p1001")} == {"the id", f"text: {OWN.says}"}
    erase(talking.ledger, "p1001", "asked for", clock(NOON))
    (decided,) = decisions_in(talking.ledger, read_entries(talking.ledger))
    assert (decided.says, decided.decided_by) == ("erased", "erased")
    assert decided.holder.startswith("erased_")
    assert examine_ledger(talking.ledger).problems == ()


def test_the_published_decisions_are_held_against_the_ledger(talking):
    note(talking)
    talking.run({"2017-01": "100"}, DAY)

    def differences():
        entries = read_entries(talking.ledger)
        found = compared(talking.warehouse, talking.ledger, entries, recorded_events(talking.ledger, entries))
        return [one for one in found.differences if one.table == "fct_decision"]

    assert differences() == []
    with duckdb.connect(str(talking.warehouse)) as connection:
        connection.execute("update kpi.fct_decision set says = 'Discounts stay.'")
    missing, planted = differences()
    assert (missing.is_missing, missing.apart, missing.row["says"]) == (True, ("says",), "Discounts end in May.")
    assert (planted.is_missing, planted.apart, planted.row["says"]) == (False, ("says",), "Discounts stay.")
