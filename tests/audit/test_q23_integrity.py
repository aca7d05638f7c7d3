"""Question 23: the whole ledger by its bytes, and every place that keeps one of its checkpoints."""

import shutil
import subprocess
from pathlib import Path

import pytest
from evidence_world import SECRET, evidence_world, give_key, publish

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.checkpoint import Checkpoint, sign_checkpoint
from kpiledger.ledger.store import Ledger
from kpiledger.recording import record
from tests.audit.conftest import EXPECTED, at
from tests.programs import needs_script

TOOLS = Path(__file__).parents[2] / "tools"


@pytest.fixture
def world(tmp_path):
    return evidence_world(tmp_path)


def test_every_checkpoint_is_listed_with_its_anchors(world, golden):
    golden(EXPECTED / "q23_integrity.txt", world.text(23))


def test_the_sizes_are_those_of_the_batches_that_were_recorded(world):
    found = [(row["tree_size"], row["anchored_in"], row["is_beginning"]) for row in world.rows(23)]
    assert found == [(size, ["anchors"], True) for size in (0, 2, 3, 4, 5)]


@needs_script
def test_the_script_comes_to_the_same_root(world):
    anchored = sorted((world.settings.root / "anchors").iterdir())
    words = ["sh", TOOLS / "verify-ledger.sh", world.ledger.directory, world.ledger.keys / "ledger.vkey", *anchored]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    facts = world.ask(23).facts
    assert done.stdout == f"holds: {facts['tree size']} entries, root {facts['tree root']}, 10 earlier checkpoints\n"


def test_a_changed_entry_is_named(world):
    path = world.ledger.directory / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"18000"', b'"17000"'))
    found = world.ask(23)
    assert not found.holds
    assert found.notes[0].startswith("entry 3 (west_2017/2): its bytes hash to")


def test_a_changed_leaf_is_named(world):
    path = world.ledger.directory / "leaves"
    path.write_bytes(path.read_bytes()[:-2] + b"0\n")
    found = world.ask(23)
    assert not found.holds
    assert "entry 5" in found.notes[0]


def test_a_ledger_that_was_put_back_is_found_by_its_anchors(world, tmp_path):
    folder = world.ledger.directory
    shutil.copytree(folder, tmp_path / "copy")
    publish(world.ledger, "2017-10-07T06:00:00", run="run-2")
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "copy", folder)
    found = world.ask(23)
    assert not found.holds
    assert found.notes[0] == "the checkpoint of 6 entries in anchors is no beginning of this ledger"


def test_a_history_written_anew_is_found_by_its_anchors(world):
    shutil.rmtree(world.ledger.directory)
    give_key(world.ledger.keys)
    forged = Ledger(world.ledger.directory)
    record(world.project, world.settings.root, forged, at("2016-12-15T10:00:00"))
    found = world.ask(23)
    assert not found.holds
    assert "the checkpoint of 2 entries in anchors is no beginning of this ledger" in found.notes


def test_a_checkpoint_of_a_rogue_in_an_anchor_is_named(world):
    note = sign_checkpoint(Checkpoint("example.org/audit", 1, bytes(32)), SECRET)
    (world.settings.root / "anchors" / "audit-1.checkpoint").write_bytes(note.replace(b"audit\n1\n", b"audit\n7\n"))
    found = world.ask(23)
    assert not found.holds
    assert found.notes[0].startswith("anchors/audit-1.checkpoint: its signature is not by the key")


def test_a_checkpoint_that_is_not_signed_ends_the_question(world):
    (world.ledger.directory / "checkpoint").write_bytes(b"example.org/audit\n5\n")
    with pytest.raises(LedgerDamaged, match="checkpoint: it does not end with one signature line"):
        world.ask(23)


def test_without_a_ledger_it_says_so(world):
    shutil.rmtree(world.ledger.directory)
    with pytest.raises(BrokenWorld, match=r"there is no ledger in .*, but checkpoints of one are anchored in "):
        world.ask(23)
    shutil.rmtree(world.settings.root / "anchors")
    with pytest.raises(BrokenWorld, match="there is no ledger in ") as told:
        world.ask(23)
    assert told.value.hint == "`kpi run` makes it"


def test_what_is_anchored_nowhere_is_said(world):
    shutil.rmtree(world.settings.root / "anchors")
    found = world.ask(23)
    assert not found.holds
    assert "anchors held checkpoints from 0 entries on, and holds none" in found.notes[0]
    assert "The newest checkpoint is anchored nowhere" in found.notes[1]
