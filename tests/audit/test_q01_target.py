"""Question 1 and `kpi target`: the answer as known at any moment is what a replay of the events by hand gives."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_builders import NOW
from ledger_histories import histories, recorded_in

from kpiledger.errors import WrongUse
from kpiledger.ledger.store import signed_checkpoint
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.periods import Period
from kpiledger.reports.target import target_answer

MONTHS = [Period.parse(f"2017-{month:02d}") for month in range(1, 13)]


def replayed(events, agreement, kpi, member, day, known_at):
    """What an agreement promises on a day as known at a moment, event by event and by no other rule."""
    value, end, moment = None, None, NOW
    for shown, later in events:
        moment += timedelta(days=later)
        if shown["agreement"] != agreement or moment > known_at:
            continue
        end = date.fromisoformat(shown.get("valid_to", end.isoformat() if end else ""))
        if day > end:
            value = None
        elif date.fromisoformat(shown["valid_from"]) <= day:
            if shown["event"] == "retired":
                value = None
            for item in shown.get("targets", ()):
                if item["kpi"] == kpi and item["slice"].get("region", "all") == member:
                    value = Decimal(item["target"]["value"])
    return value


@settings(max_examples=40)
@given(histories(), st.integers(0, 300), st.sampled_from(MONTHS))
def test_as_known_answers_equal_a_replay(events, after, month):
    known_at = NOW + timedelta(days=after)
    kpis = sorted({item["kpi"] for shown, _ in events for item in shown.get("targets", ())})
    with tempfile.TemporaryDirectory() as folder:
        ledger = recorded_in(Path(folder) / "ledger", events)
        index = index_in_memory(ledger, signed_checkpoint(ledger))
        for kpi in kpis:
            found = target_answer(ledger, index, None, kpi, "sales_west", month, known_at)
            expected = {
                (agreement, member): value
                for agreement in ("one", "two")
                for member in ("West", "East", "all")
                if (value := replayed(events, agreement, kpi, member, month.start, known_at)) is not None
            }
            assert {(one.agreement, one.member): one.value for one in found.known} == expected


def test_the_difference_is_between_then_and_now(small_world):
    words = {"kpi": "revenue", "holder": "sales_west", "period": "2017-09"}
    rows = small_world.rows(1, known_at="2017-10-01", **words)
    assert [(row["known"], row["value"], row["seq"]) for row in rows] == [
        ("at 2017-10-01 00:00:00 UTC", Decimal(18000), 6),
        ("today", Decimal(15000), 7),
    ]
    assert "the difference: none" in small_world.text(1, known_at="2017-10-05T08:00:00", **words)


def test_a_person_is_asked_for_by_id(small_world):
    (row,) = small_world.rows(1, kpi="new_customers", holder="p1001", period="2017-10")
    assert (row["value"], row["agreement"]) == (Decimal(10), "p1001_2017")
    found = small_world.ask(1, kpi="new_customers", holder="p1001", period="2017-11")
    assert "as known today: no target agreed" in found.summary


def test_names_that_nobody_recorded_are_wrong_use(small_world):
    with pytest.raises(WrongUse, match="`p1002` is none of the holders"):
        small_world.ask(1, kpi="revenue", holder="p1002", period="2017-10")
    with pytest.raises(WrongUse, match="'October' is no period"):
        small_world.ask(1, kpi="revenue", holder="p1001", period="October")
