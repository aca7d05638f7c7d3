"""What is spared where a ledger is large: the index is verified by a process of its own, and pandas is not imported."""

import os
import subprocess
import sys
from types import SimpleNamespace

import duckdb
import pytest
from ledger_builders import agreed, event, target
from ledger_histories import recorded_in

from kpiledger.errors import BrokenWorld
from kpiledger.ledger_index.comparing import unjudged_faults
from kpiledger.ledger_index.files import IndexFiles, digest_line
from kpiledger.ledger_index.opening import open_index
from kpiledger.verifying import meanwhile

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
    with pytest.raises(BrokenWorld, match="the process that looked at the ledger meanwhile was killed"):
        looked(ledger, files)


def test_a_bound_value_does_not_import_pandas_which_can_still_be_imported():
    done = subprocess.run([sys.executable, "-c", BINDS], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[('a value',)] False", "pandas"]
