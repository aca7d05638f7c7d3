"""Question 24: an earlier checkpoint is a beginning of today's, and other programs agree."""

import subprocess
from pathlib import Path

import pytest
from evidence_world import evidence_world

from kpiledger.errors import LedgerDamaged, WrongUse
from kpiledger.evidence.proving import proved_beginning
from tests.audit.conftest import EXPECTED
from tests.programs import needs_perl

VERIFIER = Path(__file__).parents[2] / "tools" / "verify_ledger.pl"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return evidence_world(tmp_path_factory.mktemp("consistency"))


def test_the_proof_is_shown_with_how_to_check_it(world, golden):
    golden(EXPECTED / "q24_consistency.txt", world.text(24, from_size="3"))


def test_a_moment_means_the_checkpoint_that_was_the_newest_then(world):
    assert world.ask(24, known_at="2017-10-01").facts["earlier size"] == 3
    assert world.ask(24, known_at="2017-10-05T08:00:00").facts["earlier size"] == 4


def test_the_hash_between_three_and_four_entries_is_that_of_the_fourth(world):
    # PROOF(3, D[4]) = [h(3rd leaf), h(4th leaf), h(1st and 2nd)]; of five entries the fifth comes behind.
    leaves = (world.ledger.directory / "leaves").read_text().split()
    found = [row["hash"] for row in world.rows(24, from_size="3")]
    assert [found[0], found[1], found[3]] == [leaves[2], leaves[3], leaves[4]]


@needs_perl
@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_the_verifier_in_perl_accepts_the_proof_and_no_other_beginning(world, tmp_path, size):
    proof = proved_beginning(world.ledger, size)
    (tmp_path / "proof").write_bytes(proof.content)
    for note in (proof.note, proved_beginning(world.ledger, 2 if size != 2 else 3).note):
        (tmp_path / "earlier").write_bytes(note)
        key = world.ledger.keys / "ledger.vkey"
        words = ["perl", VERIFIER, "consistency", tmp_path / "proof", tmp_path / "earlier", "--key", key]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == (0 if note == proof.note else 1), done.stdout + done.stderr


def test_a_size_without_a_checkpoint_names_those_beside_it(world):
    with pytest.raises(WrongUse, match="no checkpoint of 1 entries was signed") as caught:
        world.ask(24, from_size="1")
    assert caught.value.hint == "the nearest are those of 0, 2, 3 entries"


def test_an_earlier_tree_must_be_named_once(world):
    for words in ({}, {"from_size": "3", "known_at": "2017-01-01"}):
        with pytest.raises(WrongUse, match="an earlier tree is named by its size or by a moment"):
            world.ask(24, **words)
    with pytest.raises(WrongUse, match="no checkpoint of 0 entries or fewer was kept"):
        world.ask(24, known_at="2016-01-01")


def test_a_leaf_that_was_changed_gives_no_proof(tmp_path):
    world = evidence_world(tmp_path)
    path = world.ledger.directory / "leaves"
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))
    with pytest.raises(LedgerDamaged, match="is no beginning of the ledger"):
        world.ask(24, from_size="3")
