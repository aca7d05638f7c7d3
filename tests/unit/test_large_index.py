"""What is spared where a ledger is large: the index is verified by a process of its own, and pandas is not imported."""

import os
import subprocess
import sys
from types import SimpleNamespace

import duckdb
import pytest
from ledger_builders import NOW, agreed, event, target
from ledger_histories import recorded_in

from kpiledger.errors import BrokenWorld
from kpiledger.ledger.store import read_entries, signed_checkpoint
from kpiledger.ledger_index.comparing import faults_of_entries, unjudged_faults
from kpiledger.ledger_index.files import IndexFiles, digest_line
from kpiledger.ledger_index.opening import open_index
from kpiledger.ledger_index.vouching import vouch, vouched_for
from kpiledger.settings import load_settings
from kpiledger.verifying import meanwhile, verify

HISTORY = [
    (agreed(target("revenue", "21000"), agreement="one"), 0),
    (event("amended", target("revenue", "18000"), agreement="one"), 30),
]
# What DuckDB would import to look at a bound value; without the wrapper the last line says True.
BINDS = """
import sys, duckdb
from kpiledger.ledger_index.lean import without_pandas
@without_pandas
def answer():
    return duckdb.connect().execute("select ?", ["a value"]).fetchall()
print(answer(), "pandas" in sys.modules)
import pandas
print(pandas.__name__)
"""


@pytest.fixture
def world(tmp_path):
    ledger = recorded_in(tmp_path / "ledger", HISTORY)
    settings = SimpleNamespace(build=tmp_path / "build")
    open_index(settings, ledger).close()
    return ledger, IndexFiles(settings.build)


@pytest.fixture
def _each_in_a_process(monkeypatch):
    monkeypatch.setattr(meanwhile, "_WORTH_A_PROCESS", 0)


def ended_from_outside(*_):
    os._exit(9)


def looked(ledger, files):
    with meanwhile.looked_at_meanwhile(ledger, files) as aside:
        return aside.index()


@pytest.mark.usefixtures("_each_in_a_process")
def test_a_process_of_its_own_finds_what_this_one_finds(world):
    ledger, files = world
    assert looked(ledger, files) == unjudged_faults(files, ledger) == ()
    with duckdb.connect(str(files.database)) as connection:
        connection.execute("update target set value = '1' where value = '18000'")
    files.digest.write_text(digest_line(files.database))
    found = looked(ledger, files)
    assert found == unjudged_faults(files, ledger)
    assert [fault.split(": seq")[0] for fault in found][-2:] == [
        "target: a row is missing from the index",
        "target: a row is not in the ledger",
    ]


def vouched_again(ledger, files):
    """As whoever has the ledger's key could: the digest and the note are of the bytes as they are."""
    files.digest.write_text(digest_line(files.database))
    checkpoint, digest = signed_checkpoint(ledger), files.digest.read_text()[:64]
    files.note.write_bytes(vouch(ledger, vouched_for(checkpoint, digest, None, NOW)))


def told_of_index(ledger, files, **how):
    (files.folder.parent / "kpiledger.yml").touch()
    said = verify(ledger, settings=load_settings(files.folder.parent, {}), **how)
    spared = [text for text in said.not_looked_at if text.startswith("index: row by row: ")]
    return [problem.message for problem in said.problems], spared


@pytest.fixture
def _large(monkeypatch):
    monkeypatch.setattr("kpiledger.verifying.index.MADE_ANEW_UP_TO", 1)


@pytest.mark.usefixtures("_large")
def test_of_a_large_index_that_the_key_vouches_for_the_rows_are_compared_when_asked(world):
    ledger, files = world
    assert told_of_index(ledger, files, is_every_row=True) == ([], [])
    problems, (spared,) = told_of_index(ledger, files, is_every_row=False)
    assert problems == []
    assert "signed by the ledger's key; made from 2 entries at " in spared
    assert spared.endswith("; `--every-row` compares them again")
    with duckdb.connect(str(files.database)) as connection:
        connection.execute("update target set value = '1' where value = '18000'")
    # Nobody else can have it believed: a digest without the note is compared in any case.
    files.digest.write_text(digest_line(files.database))
    for is_every_row in (True, False):
        problems, spared = told_of_index(ledger, files, is_every_row=is_every_row)
        assert any("target: a row is not in the ledger: " in text for text in problems)
        assert spared == []
    vouched_again(ledger, files)
    assert told_of_index(ledger, files, is_every_row=False)[0] == []
    assert any("target: a row is missing" in text for text in told_of_index(ledger, files, is_every_row=True)[0])


@pytest.mark.usefixtures("_large")
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "update entry set entry_hash = repeat('0', 64) where seq = 2",
            "entry: a row is missing from the index: seq=2",
        ),
        ("delete from entry where seq = 1", "entry: a row is missing from the index: seq=1"),
        ("insert into entry (seq, entry_hash) values (3, 'x')", "entry: a row is not in the ledger: seq=3"),
        ("alter table entry drop column entry_hash", "entry: its rows cannot be compared: "),
        ("update ledger set size = 3", "it has 3 entries, the ledger 2"),
    ],
)
def test_an_entry_that_is_not_the_ledgers_is_told_whoever_vouches_for_it(world, statement, told):
    ledger, files = world
    with duckdb.connect(str(files.database)) as connection:
        connection.execute(statement)
    vouched_again(ledger, files)
    problems, spared = told_of_index(ledger, files, is_every_row=False)
    assert any(told in text for text in problems), problems
    assert spared == []


@pytest.mark.usefixtures("_large")
def test_a_large_index_that_is_behind_is_believed_as_far_as_it_goes(world):
    ledger, files = world
    recorded_in(ledger.directory, [*HISTORY, (event("amended", target("revenue", "1"), agreement="one"), 60)])
    problems, spared = told_of_index(ledger, files, is_every_row=False)
    assert (problems, len(spared)) == ([], 1)


def test_an_entry_that_was_recorded_since_the_ledger_was_read_is_no_fault(world):
    """Somebody recorded and asked a question meanwhile: the index has it already."""
    ledger, files = world
    hashes = [entry.leaf for entry in read_entries(ledger)]
    recorded_in(ledger.directory, [*HISTORY, (event("amended", target("revenue", "1"), agreement="one"), 60)])
    open_index(SimpleNamespace(build=files.folder), ledger).close()
    assert list(faults_of_entries(files, hashes, signed_checkpoint(ledger).size)) == []
    assert list(faults_of_entries(files, hashes, 2)) == ["it has 3 entries, the ledger 2"]
    with duckdb.connect(str(files.database)) as connection:
        connection.execute("delete from entry where seq = 2")
        connection.execute("insert into entry (seq, entry_hash) values (4, 'x'), (null, 'y')")
    told = [text.split("_hash")[0] for text in faults_of_entries(files, hashes, 3)]
    assert told == [
        "entry: a row is missing from the index: seq=2, entry",
        "entry: a row is not in the ledger: seq=4, entry",
        "entry: a row is not in the ledger: entry",
    ]


def test_a_table_that_lacks_a_column_is_told_and_the_others_are_compared(world):
    ledger, files = world
    with duckdb.connect(str(files.database)) as connection:
        connection.execute("alter table event drop column reason_kind")
        connection.execute("update target set value = '1' where value = '18000'")
    files.digest.write_text(digest_line(files.database))
    told = unjudged_faults(files, ledger)
    assert any(fault.startswith("event: its rows cannot be compared: ") for fault in told), told
    assert any(fault.startswith("target: a row is missing from the index") for fault in told), told


@pytest.mark.usefixtures("_each_in_a_process")
def test_a_process_that_was_killed_is_no_index_that_holds(world, monkeypatch):
    ledger, files = world
    monkeypatch.setattr(meanwhile, "unjudged_faults", ended_from_outside)
    with pytest.raises(BrokenWorld, match="the process that looked at the index meanwhile was killed"):
        looked(ledger, files)


def test_a_bound_value_does_not_import_pandas_which_can_still_be_imported():
    done = subprocess.run([sys.executable, "-c", BINDS], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[('a value',)] False", "pandas"]
