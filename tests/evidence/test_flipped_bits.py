"""A bit flipped anywhere in a ledger's files is found by the verifier in Perl, and where it matters by the script."""

import json
import random
import subprocess

from make_vectors import FOLDER
from test_evidence_vectors import TOOLS, laid_out

from tests.programs import needs_perl, needs_script

LEDGER = next(
    vector
    for vector in json.loads((FOLDER / "ledgers.json").read_text(encoding="utf-8"))
    if vector["name"] == "8 entries"
)


def flips(folder, seed, count, *names):
    """Lay a flipped bit into one of the files, so many times, and take it back."""
    chance = random.Random(seed)
    for _ in range(count):
        path = folder / chance.choice(names)
        whole = path.read_bytes()
        at, bit = chance.randrange(len(whole)), chance.randrange(8)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
        yield f"{path.name}, byte {at}, bit {bit}"
        path.write_bytes(whole)


@needs_perl
def test_the_verifier_in_perl_finds_bits_flipped_anywhere(tmp_path):
    folder = laid_out(LEDGER, tmp_path / "ledger")
    for where in flips(folder, 1, 24, "entries.jsonl", "leaves", "checkpoint", "checkpoints"):
        words = ["perl", TOOLS / "verify_ledger.pl", "ledger", folder]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (1, ""), where
        assert done.stdout.startswith("DAMAGED: "), where


@needs_script
def test_the_script_finds_bits_flipped_in_what_was_recorded(tmp_path):
    folder = laid_out(LEDGER, tmp_path / "ledger")
    for where in flips(folder, 2, 12, "entries.jsonl", "leaves"):
        done = subprocess.run(["sh", TOOLS / "verify-ledger.sh", folder], capture_output=True, text=True, check=False)
        assert done.returncode == 1, where
        assert done.stdout.startswith("DAMAGED: "), where
