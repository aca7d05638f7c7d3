"""A person is erased after periods were closed: the evidence stays byte for byte, and names them only by a source."""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb
import pytest

from kpiledger.checking import check_folder
from kpiledger.ledger.side_store import all_kept
from kpiledger.ledger_index.opening import open_index
from kpiledger.people.erasing import Erased, erase_everywhere, plan
from kpiledger.people.held import everything_held
from kpiledger.verifying import verify
from tests.closing.closing_world import ClosingWorld
from tests.closing.test_restatements import corrected_row

PERSON, NAME, SELLER = "p1003", "Anna Kirkegaard", "p1004"
OWN = "metrics/agreements/2017/p1003.yml"
AGREEMENT = f"""\
holder: {PERSON}
events:
  - event: agreed
    agreement: east_lead_2017
    decided_on: 2016-12-20
    valid_from: 2017-01-01
    valid_to: 2017-12-31
    reason: {{kind: annual_agreement, text: Own goals of {NAME}}}
    proposed_by: head_of_sales
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {{region: East}}
        target: {{grain: month, value: "9000.00", comparison: at_least}}
"""
MEETINGS = "extracts/crm/meeting.parquet"


def own_goals(world: ClosingWorld) -> None:
    """Two people of the company: one is held to a target, one stands in rows of a source system."""
    (world.root / OWN).write_text(AGREEMENT, encoding="utf-8")
    organisation = world.root / "metrics/organisation.yml"
    organisation.write_text(f"{organisation.read_text('utf-8')}  {PERSON}: [head_of_sales]\n", "utf-8")


def extract_of(world: ClosingWorld, seller: str) -> Path:
    """An extract with a column of sellers, of which the publication has a link as a run makes it."""
    extract = world.settings.extracts / "crm/meeting/one.parquet"
    extract.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        rows = f"select range as meeting_id, '{seller}' as seller from range(5000)"
        connection.execute(f"copy ({rows}) to '{extract}' (format parquet, compression zstd)")
    linked = world.settings.current / MEETINGS
    linked.parent.mkdir(parents=True)
    os.link(extract, linked)
    (world.settings.current / "extracts.json").write_text("[]", encoding="utf-8")
    return extract


def take_out(world: ClosingWorld) -> None:
    (world.root / OWN).unlink()
    world.edit("metrics/organisation.yml", f"  {PERSON}: [head_of_sales]\n", "")


def erase(world: ClosingWorld) -> Erased:
    return erase_everywhere(world.settings, world.ledger, PERSON, "asked for on 2017-06-20", world.tick)


def closed_files(world: ClosingWorld) -> dict[str, bytes]:
    folder = world.settings.closes
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def texts_in(world: ClosingWorld) -> str:
    """Everything that the files of closes say, Parquet unpacked."""
    told = []
    with duckdb.connect() as connection:
        for path in sorted(world.settings.closes.rglob("*")):
            if path.suffix == ".parquet":
                told.append(json.dumps(connection.execute(f"select * from '{path}'").fetchall(), default=str))
            elif path.is_file():
                told.append(path.read_text("utf-8"))
    return "\n".join(told)


@pytest.fixture
def held(world: ClosingWorld) -> ClosingWorld:
    """March is closed and restated with the target of a person, and with an extract that names a colleague."""
    own_goals(world)
    world.run()
    extract_of(world, SELLER)
    world.close("2017-03")
    corrected_row(world)
    world.run()
    world.restate("2017-03")
    return world


def test_no_file_of_a_close_has_the_id_the_name_or_a_salt_of_who_was_held_to_a_target(held: ClosingWorld) -> None:
    salts = [kept.salt for kept in all_kept(held.ledger)]
    said, files = texts_in(held), closed_files(held)
    assert "restated-1/scorecard.parquet" in {name.removeprefix("2017-03/1/") for name in files}
    assert "commitment:" in said
    for needle in (PERSON, NAME, *salts):
        assert needle not in said
        assert [name for name, content in files.items() if needle.encode() in content] == []


def test_erasing_leaves_every_close_as_it_was_and_the_ledger_and_the_next_run_hold(held: ClosingWorld) -> None:
    before = closed_files(held)
    take_out(held)
    done = erase(held)
    assert closed_files(held) == before
    assert not held.settings.extracts.exists()  # the close keeps its own: a link to the same bytes
    assert f"2017-03/1/{MEETINGS}" in before
    assert "what periods were closed with" in {one.what for one in done.stays}
    project, _ = check_folder(held.root)
    assert verify(held.ledger, project, settings=held.settings).problems == ()
    held.run()
    assert closed_files(held) == before
    holders = {row["holder"] for row in held.rows("select distinct holder from kpi.fct_scorecard")}
    assert PERSON not in holders
    assert any(holder.startswith("erased_") for holder in holders)


def test_what_a_source_system_said_of_a_person_stays_and_is_named_with_why(held: ClosingWorld) -> None:
    with open_index(held.settings, held.ledger) as index:
        stays = {one.what: one.why for one in plan(held.settings, held.ledger, index, SELLER).stays}
    assert "a source system named them, and the ledger holds its hash" in stays[f"closes/2017-03/1/{MEETINGS}"]
    found = {(one.store, one.place) for one in everything_held(held.settings, held.ledger, SELLER)}
    assert ("closes", f"closes/2017-03/1/{MEETINGS}") in found
    assert everything_held(held.settings, held.ledger, "p100") == ()


def test_a_file_of_a_close_that_is_removed_by_hand_is_missed_by_verify(held: ClosingWorld) -> None:
    gone = held.settings.closes / "2017-03/1" / MEETINGS
    gone.unlink()
    project, _ = check_folder(held.root)
    messages = [problem.message for problem in verify(held.ledger, project, settings=held.settings).problems]
    assert any(f"{gone} of the close 2017-03/1 cannot be read" in message for message in messages)


def test_what_a_killed_close_left_aside_goes_with_everything_that_is_made_anew(held: ClosingWorld) -> None:
    aside = held.settings.closes / ".2017-04/values.parquet"
    aside.parent.mkdir()
    aside.write_text(PERSON, encoding="utf-8")
    take_out(held)
    assert aside.parent in erase(held).removed
    assert not aside.parent.exists()
