"""The page on the format, and the script that knows nothing but it: it checks a ledger without this code."""

import subprocess
from pathlib import Path

import pytest
from ledger_builders import agreed, agreements, clock, project, target

from kpiledger.ledger.schema import CONTENTS, EntryKind
from kpiledger.ledger.store import Ledger, read_checkpoint
from kpiledger.recording import record
from tests.programs import needs_script

PAGE = Path(__file__).parents[2] / "docs" / "ledger-format.md"
GUIDE = PAGE.parent / "guide" / "recorded-contents.md"
SCRIPT = Path(__file__).parents[2] / "tools" / "verify-ledger.sh"


def checked(ledger):
    done = subprocess.run(["sh", SCRIPT, ledger.directory], capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]


@pytest.fixture
def ledger(tmp_path):
    found = Ledger(tmp_path / "ledger")
    # Names of years 2010 to 2019 make an uneven tree of eleven entries; ö is more than one byte.
    events = [agreed(target(), agreement=f"west_{year}", reason="Köln") for year in range(2010, 2020)]
    record(project(agreements(*events)), tmp_path, found, clock())
    return found


def test_the_script_is_short_enough_to_be_read():
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 120


@needs_script
def test_the_script_agrees_on_the_root(ledger):
    expected = f"holds: 11 entries, root {read_checkpoint(ledger).root.hex()}, 2 earlier checkpoints"
    assert checked(ledger) == (0, expected)


@needs_script
@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("entries.jsonl", b"west_2013/1", b"west_2023/1", "DAMAGED: entry 5 is not the one in leaves"),
        ("checkpoint", b"\n11\n", b"\n10\n", "is not signed by the key of kpiledger.local/"),
    ],
)
def test_the_script_finds_what_was_changed(ledger, name, old, new, said):
    path = ledger.directory / name
    path.write_bytes(path.read_bytes().replace(old, new))
    code, told = checked(ledger)
    assert code == 1
    assert told.startswith("DAMAGED: ")
    assert said in told


def test_the_format_is_one_page():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 80
    assert max(len(line) for line in lines if not line.startswith("|")) <= 120


def test_every_kind_of_entry_is_told():
    page = GUIDE.read_text(encoding="utf-8")
    for kind in EntryKind:
        assert kind.value in page or f"`.{kind.value.partition('.')[2]}`" in page
        assert kind in CONTENTS
