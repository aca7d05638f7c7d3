"""A bit flipped anywhere in a ledger's files is found by the verifier in Perl, and where it matters by the script."""

import base64
import json
import random
import subprocess

import pytest
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


@needs_script
def test_the_script_finds_a_bit_flipped_in_each_byte_of_the_checkpoint(tmp_path):
    folder = laid_out(LEDGER, tmp_path / "ledger")
    path = folder / "checkpoint"
    whole, chance = path.read_bytes(), random.Random(3)
    bits = {(at, chance.randrange(8)) for at in range(len(whole))}
    # Every bit of the size, and of where the signature ends: digits, line feed, padding and stray bits.
    ends = (*range(whole.index(b"\n"), whole.index(b"\n") + 3), *range(len(whole) - 4, len(whole)))
    bits |= {(at, bit) for at in ends for bit in range(8)}
    for at, bit in sorted(bits):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
        done = subprocess.run(["sh", TOOLS / "verify-ledger.sh", folder], capture_output=True, text=True, check=False)
        where = f"byte {at}, bit {bit}"
        assert done.returncode == 1, where
        assert done.stdout.startswith("DAMAGED: "), where


def another_key_id(note):
    head, _, sealed = note.rstrip(b"\n").rpartition(b" ")
    raw = base64.b64decode(sealed)
    return head + b" " + base64.b64encode(bytes([raw[0] ^ 1]) + raw[1:]) + b"\n"


def stray_bits(note):
    return note.replace(b"=\n", b"\n") if note.endswith(b"==\n") else note[:-3] + bytes([note[-3] + 1]) + note[-2:]


CHANGED = {
    "another key id": another_key_id,
    "stray bits": stray_bits,
    "a line feed more": lambda note: note + b"\n",
    "no last line feed": lambda note: note[:-1],
    "a zero byte in the size": lambda note: note.replace(b"\n8\n", b"\n8\0\n"),
    "a space behind the size": lambda note: note.replace(b"\n8\n", b"\n8 \n"),
}


@needs_script
@pytest.mark.parametrize("name", ["checkpoint", "checkpoints"])
@pytest.mark.parametrize("how", CHANGED)
def test_the_script_takes_a_checkpoint_in_its_only_form_alone(name, how, tmp_path):
    folder = laid_out(LEDGER, tmp_path / "ledger")
    changed = CHANGED[how]((folder / "checkpoint").read_bytes())
    assert changed != (folder / "checkpoint").read_bytes()
    (folder / name).write_bytes(changed)
    done = subprocess.run(["sh", TOOLS / "verify-ledger.sh", folder], capture_output=True, text=True, check=False)
    # A line feed behind the last of them begins another one.
    number = 2 if how == "a line feed more" else 1
    told = f"{folder}/checkpoint " if name == "checkpoint" else f"checkpoint {number} of checkpoints "
    assert (done.returncode, done.stdout.startswith(f"DAMAGED: {told}is n")) == (1, True), done.stdout


SCRIPT = pytest.param("sh verify-ledger.sh", marks=needs_script)
PERL = pytest.param("perl verify_ledger.pl ledger", marks=needs_perl)


@pytest.mark.parametrize("program", [SCRIPT, PERL])
@pytest.mark.parametrize(
    ("entries", "leaves", "said"),
    [
        (b"", b"", ""),
        (b"{}\n", b"", "; 1 line behind them is signed by nobody"),
        (b"torn", b"", "; 1 line behind them is signed by nobody"),
        (b"", b"0" * 64 + b"\n", "; 1 line behind them is signed by nobody"),
        (b"{}\n{", b"0" * 64 + b"\n", "; 2 lines behind them are signed by nobody"),
    ],
)
def test_lines_behind_the_checkpoint_are_told(program, entries, leaves, said, tmp_path):
    folder = laid_out(LEDGER, tmp_path / "ledger")
    for name, more in (("entries.jsonl", entries), ("leaves", leaves)):
        (folder / name).write_bytes((folder / name).read_bytes() + more)
    done = subprocess.run([*program.split(), folder], cwd=TOOLS, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("holds: 8 entries, root ")
    assert done.stdout.endswith(f" earlier checkpoints{said}\n")
