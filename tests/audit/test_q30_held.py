"""Question 30: everything held about a person, and nothing about anybody else."""

from __future__ import annotations

import pytest
from people_world import PERSON, people_world

from kpiledger.errors import WrongUse
from tests.audit.conftest import EXPECTED


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return people_world(tmp_path_factory.mktemp("q30") / "project")


def masked(rows):
    """Names of side-store files are random: only how they begin is the same."""
    return [(row["store"], str(row["place"]).partition("subjects/")[0] or "subjects", row["what"]) for row in rows]


def test_every_store_and_file_is_searched(world, golden):
    rows = sorted(masked(world.rows(30, person=PERSON)))
    golden(EXPECTED / "q30_held.txt", "\n".join("  ".join(row) for row in rows) + "\n")


def test_the_stores_are_those_that_were_filled_by_hand(world):
    found = {(row["store"], row["place"]) for row in world.rows(30, person=PERSON) if row["store"] != "side store"}
    assert found == {
        *(("ledger", f"entry {seq}") for seq in (2, 3, 4, 5, 6)),
        ("files", "metrics/agreements/2017/p1001.yml:1"),
        ("warehouse", "kpi.fct_kpi_target"),
        ("pages", "p1001.html"),
    }


def test_no_salt_is_shown(world):
    salts = [path.read_text().split('"salt": "')[1][:64] for path in world.ledger.subjects.glob("*.json")]
    text = world.text(30, person=PERSON)
    assert salts
    assert not any(salt in text for salt in salts)


def test_nothing_is_held_about_a_stranger(world):
    unknown = "p1002 is known neither to the side store nor the organisation"
    assert world.ask(30, person="p1002").summary == (unknown, "nothing is held about p1002")
    assert world.ask(30, person=PERSON).summary[0].startswith(f"held about {PERSON}: ")


def test_an_id_that_can_be_none_is_refused(world):
    with pytest.raises(WrongUse, match="is no id of a person"):
        world.ask(30, person="%")
