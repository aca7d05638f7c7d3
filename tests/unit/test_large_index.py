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
from kpiledger.ledger_index.files import IndexFiles, digest_line
from kpiledger.ledger_index.opening import open_index
from kpiledger.verifying import index, meanwhile
from kpiledger.verifying.check import Beside, Looked

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
    return ledger, IndexFiles(settings.build), Beside(settings=settings)


@pytest.fixture
def _each_in_a_process(monkeypatch):
    monkeypatch.setattr(meanwhile, "_WORTH_A_PROCESS", 0)


def ended_from_outside(*_):
    os._exit(9)


def looked(ledger, beside):
    with meanwhile.looked_at_meanwhile(ledger, beside) as aside:
        return aside.index()


@pytest.mark.usefixtures("_each_in_a_process")
def test_a_process_of_its_own_finds_what_this_one_finds(world):
    ledger, files, beside = world
    assert looked(ledger, beside) == index.looked_at(ledger, files) == Looked()
    with duckdb.connect(str(files.database)) as connection:
        connection.execute("update target set value = '1' where value = '18000'")
    files.digest.write_text(digest_line(files.database))
    found = looked(ledger, beside)
    assert found == index.looked_at(ledger, files)
    assert [str(problem).split(": seq")[0] for problem in found.problems][-2:] == [
        "ledger_index.duckdb: target: a row is missing from the index",
        "ledger_index.duckdb: target: a row is not in the ledger",
    ]


@pytest.mark.usefixtures("_each_in_a_process")
def test_a_process_that_was_killed_is_no_index_that_holds(world, monkeypatch):
    ledger, _, beside = world
    monkeypatch.setattr(index, "looked_at", ended_from_outside)
    with pytest.raises(BrokenWorld, match="the process that looked at the ledger meanwhile was killed"):
        looked(ledger, beside)


def test_a_bound_value_does_not_import_pandas_which_can_still_be_imported():
    done = subprocess.run([sys.executable, "-c", BINDS], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[('a value',)] False", "pandas"]
