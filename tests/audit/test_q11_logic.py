"""Question 11: from a number back to the signed tree, and each broken link is named."""

from __future__ import annotations

import duckdb
import pytest
from kpi_world import kpi_world

from kpiledger.errors import WrongUse
from tests.audit.conftest import EXPECTED

ASKED = {"kpi": "revenue", "period": "2016-06", "member": "West"}


@pytest.fixture
def world(tmp_path):
    return kpi_world(tmp_path / "project")


def broken(world):
    return [row["link"] for row in world.rows(11, **ASKED) if not row["holds"]]


def test_every_link_of_a_published_number_holds(world, golden):
    assert world.ask(11, **ASKED).holds
    # Hashes of entries depend on the moment and the key; what a reader sees of the links does not.
    links = [f"{row['link']}: {row['holds']}" for row in world.rows(11, **ASKED)]
    golden(EXPECTED / "q11_links.txt", "\n".join(links) + "\n")


def test_an_edited_table_breaks_its_link(world):
    with duckdb.connect(str(world.settings.warehouse)) as connection:
        connection.execute("update kpi.fct_kpi_value set value = 61 where period_start = '2016-06-01' and version = 1")
    assert broken(world) == ["the table fct_kpi_value, as entry 5 says"]


def test_an_edited_model_breaks_its_link(world):
    path = next((world.settings.root / "models/kpis").glob("kpi_*.sql"))
    path.write_text(path.read_text() + "\n-- one more line\n")
    assert broken(world) == ["the compiled models"]
    (row,) = (row for row in world.rows(11, **ASKED) if not row["holds"])
    assert row["found"] == path.name


def test_a_definition_that_was_published_otherwise_breaks_its_links(world):
    with duckdb.connect(str(world.settings.warehouse)) as connection:
        connection.execute("update kpi.dim_kpi_version set definition_hash = 'other' where version = 1")
    assert broken(world) == ["the published definition", "the table dim_kpi_version, as entry 5 says"]


def test_a_number_that_is_not_published_is_no_proof(world):
    found = world.ask(11, **{**ASKED, "period": "2017-06"})
    assert not found.holds
    assert found.summary == (
        "no number of revenue of West is published for 2017-06: there is none whose logic could be shown",
        "every other link holds",
    )
    assert found.rows[0][2:] == ("no number is published", False)


def test_an_unknown_member_or_slice_is_a_slip_and_the_known_ones_are_named(world):
    with pytest.raises(WrongUse) as unknown:
        world.ask(11, **{**ASKED, "member": "East"})
    assert str(unknown.value).startswith("`East` is none of the members of region of revenue")
    assert unknown.value.hint == "did you mean `West`?"
    with pytest.raises(WrongUse) as far:
        world.ask(11, **{**ASKED, "member": "Grönland"})
    assert far.value.hint == "the members of region of revenue are West"
    with pytest.raises(WrongUse, match="`country` is none of the slices of revenue"):
        world.ask(11, **{**ASKED, "slice": "country"})
