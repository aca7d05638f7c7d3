"""Question 31: what an erasure would take and leave; afterwards, what went, without saying who."""

from __future__ import annotations

import shutil

import pytest
from people_world import OWN, PERSON, people_world

from kpiledger.people.erasing import erase_everywhere
from tests.audit.conftest import EXPECTED, at


@pytest.fixture
def world(tmp_path):
    return people_world(tmp_path / "project")


def erased(world):
    shutil.rmtree(world.settings.root / "metrics")
    erase_everywhere(world.settings, world.ledger, PERSON, "asked for", at("2018-01-05T09:00:00"))
    return world


def test_the_plan_of_an_erasure(world, golden):
    golden(EXPECTED / "q31_plan.txt", world.text(31, person=PERSON))


def test_the_plan_names_what_is_in_the_way_and_changes_nothing(world):
    before = {path: path.read_bytes() for path in world.ledger.directory.rglob("*") if path.is_file()}
    found = world.ask(31, person=PERSON)
    assert ("in the way", f"{OWN}:1") in {row[:2] for row in found.rows}
    assert {row[1] for row in found.rows if row[0] == "goes"} == {f"entry {seq}" for seq in (2, 3, 4, 5, 6)}
    assert {path: path.read_bytes() for path in world.ledger.directory.rglob("*") if path.is_file()} == before


def test_what_went_is_told_and_not_who(world, golden):
    text = erased(world).text(31)
    assert PERSON not in text
    golden(EXPECTED / "q31_went.txt", text)


def test_afterwards_the_plan_finds_nothing(world):
    found = erased(world).ask(31, person=PERSON)
    assert found.facts["values"] == 0
    assert "there is nothing to erase, or it was erased already" in found.summary[0]


def test_a_value_that_is_still_there_is_no_erasure(world):
    kept = {path: path.read_bytes() for path in world.ledger.subjects.glob("*.json")}
    erased(world)
    path, content = next(iter(kept.items()))
    path.write_bytes(content)
    found = world.ask(31)
    assert not found.holds
    assert found.facts["left"] == 1
