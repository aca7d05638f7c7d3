"""Question 7: an event whose reason says nothing is named, and an erased text is counted and not judged."""

from __future__ import annotations

import pytest
from ledger_builders import agreed, project, target
from ledger_histories import recorded_in

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
