"""Question 7: an event whose reason says nothing is named, and an erased text is counted and not judged."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from ledger_builders import NOW, agreed, agreements, clock, event, project, target
from ledger_histories import recorded_in

from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.recording import record
from kpiledger.reviews.firing import firing_now, record_firings
from kpiledger.settings import load_settings
from tests.audit.conftest import EXPECTED, AuditWorld


def test_reasons_of_one_word_say_nothing(small_world, golden):
    golden(EXPECTED / "q07_small.txt", small_world.text(7))
    assert [(row["entry"], row["what"], row["reason_text"]) for row in small_world.rows(7)] == [
        (8, "the text does not say why", "Left"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [("Left", False), ("abøcd", False), ("-- x --", False), ("Økt mål", True), ("two\nlines", True), ("n/a", False)],
)
def test_a_reason_is_two_words_of_two_letters_in_any_language(text, says, tmp_path):
    shown = agreed(target(), reason=text)
    ledger = recorded_in(tmp_path / "ledger", [(shown, 0)])
    (tmp_path / "kpiledger.yml").write_text("build: build\n", encoding="utf-8")
    world = AuditWorld(load_settings(tmp_path, {}), ledger, project())
    assert [row["reason_text"] for row in world.rows(7)] == ([] if says else [text])


def test_the_population_is_counted(small_world):
    assert small_world.ask(7, to="2017-10-31").facts["events"] == 4
    assert small_world.ask(7, to="2017-10-31").holds


def test_a_trigger_that_fired_is_told_with_its_answer_and_one_that_did_not_is_lacking(tmp_path):
    falls = {
        "id": "falls", "says": "If it falls, it is looked at again.", "then": "review", "asks": "cfo",
        "when": {"kpi": "revenue", "slice": {"region": "West"}, "grain": "month", "at_most": "0"},
    }  # fmt: skip
    reason = {"kind": "external_shock", "text": "The market fell", "trigger": "falls@2017-02"}
    amended = event("amended", target(value="1"), valid_from="2017-05-01") | {"reason": reason}
    (tmp_path / "kpiledger.yml").write_text("build: build\n", encoding="utf-8")

    def asked(name, fires):
        ledger, first = Ledger(tmp_path / name), agreed(target(), triggers=[falls])
        record(project(agreements(first)), tmp_path, ledger, clock(NOW))
        series = {date(2017, 2, 1): Decimal(-1)} if fires else {}
        found = firing_now(project(), ledger, read_entries(ledger), lambda _: series, date(2017, 3, 1))
        record_firings(ledger, read_entries(ledger), found, ("run-1", date(2017, 3, 1)), clock(NOW))
        specs = project(agreements(first, amended))
        record(specs, tmp_path, ledger, clock(NOW))
        return AuditWorld(load_settings(tmp_path, {}), ledger, specs).ask(7)

    fired, unfired = asked("fired", True), asked("unfired", False)
    assert fired.holds
    assert re.fullmatch(r"west_2017/falls/2017-02 fired \(entry \d, \w{10}\): answered by entry \d", fired.summary[1])
    assert not unfired.holds
    assert unfired.rows[0][0] == "it names a trigger that was not recorded as fired before"
    assert "falls@2017-02" in unfired.rows[0]
