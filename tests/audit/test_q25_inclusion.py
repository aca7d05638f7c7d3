"""Question 25: one version of an agreement is in the ledger, and other programs agree."""

import subprocess
from pathlib import Path

import pytest
from evidence_world import evidence_world

from kpiledger.errors import LedgerDamaged, WrongUse
from kpiledger.evidence.proving import proved_entry
from tests.audit.conftest import EXPECTED
from tests.programs import needs_perl

VERIFIER = Path(__file__).parents[2] / "tools" / "verify_ledger.pl"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return evidence_world(tmp_path_factory.mktemp("inclusion"))


def test_the_proof_is_shown_with_the_entry_and_how_to_check_it(world, golden):
    golden(EXPECTED / "q25_inclusion.txt", world.text(25, agreement="west_2017", version="2"))


def test_the_first_hash_of_the_proof_is_the_neighbour(world):
    # Entry 3 has index 2: its neighbour is index 3, the next subtree holds 0 and 1, entry 5 stands alone.
    leaves = (world.ledger.directory / "leaves").read_text().split()
    found = [row["hash"] for row in world.rows(25, seq="3")]
    assert (len(found), found[0], found[2]) == (3, leaves[3], leaves[4])
    assert world.ask(25, seq="3").facts["leaf hash"] == leaves[2]


def test_without_a_version_the_last_one_is_meant(world):
    assert world.ask(25, agreement="west_2017").summary == (
        "entry 4, agreement.amended west_2017/3, recorded 2017-10-05T08:00:00.000000Z, is in the ledger",
    )


@needs_perl
@pytest.mark.parametrize("seq", [1, 2, 3, 4, 5])
def test_the_verifier_in_perl_accepts_the_proof_for_this_entry_alone(world, tmp_path, seq):
    proof = proved_entry(world.ledger, seq)
    (tmp_path / "proof").write_bytes(proof.content)
    for line in (proof.line, proof.line.replace(b"2017", b"2018"), proved_entry(world.ledger, 1 + seq % 5).line):
        (tmp_path / "entry").write_bytes(line)
        key = world.ledger.keys / "ledger.vkey"
        words = ["perl", VERIFIER, "inclusion", tmp_path / "proof", tmp_path / "entry", "--key", key]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == (0 if line == proof.line else 1), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({}, "an entry is named by --seq, or by --agreement"),
        ({"seq": "3", "agreement": "west_2017"}, "an entry is named by --seq, or by --agreement"),
        ({"version": "3"}, "an entry is named by --seq, or by --agreement"),
        ({"seq": "6"}, "there is no entry 6"),
        ({"agreement": "east_2017"}, "`east_2017` is none of the recorded agreements"),
        ({"agreement": "west_2017", "version": "4"}, "west_2017 has no version 4"),
    ],
)
def test_what_is_not_there_is_said(world, words, message):
    with pytest.raises(WrongUse, match=message):
        world.ask(25, **words)


def test_an_entry_that_was_changed_gives_no_proof(tmp_path):
    world = evidence_world(tmp_path)
    world.ask(28)  # the index is made before
    path = world.ledger.directory / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"18000"', b'"17000"'))
    with pytest.raises(LedgerDamaged, match="entry 3 cannot be proved"):
        world.ask(25, agreement="west_2017", version="2")
