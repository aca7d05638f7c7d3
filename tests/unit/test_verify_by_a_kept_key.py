"""`kpi verify --key`: a ledger that was written anew with another key is found by the key that was kept elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result
from ledger_builders import NOW, agreed, agreements, clock, project, target

from kpiledger.cli import kpi
from kpiledger.errors import WrongUse
from kpiledger.ledger.keys import PUBLIC_FILE, make_keys
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.periods import COMMON
from kpiledger.projected import leave_note
from kpiledger.publishing import table_hashes
from kpiledger.recording import record, record_publication


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project without specs, and a ledger in its build folder."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "kpiledger.yml").write_text("build: build\nledger: build/ledger\n", encoding="utf-8")
    written(root)
    return root


def written(root: Path) -> None:
    shutil.rmtree(root / "build", ignore_errors=True)
    record(project(agreements(agreed(target()))), root, Ledger(root / "build" / "ledger"), clock())


def verified(root: Path, *words: str) -> Result:
    return CliRunner().invoke(kpi, ["--project", str(root), "verify", *words])


def test_a_ledger_written_anew_with_another_key_is_found_by_the_kept_one(root: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.vkey"
    shutil.copyfile(root / "build" / "ledger" / "keys" / PUBLIC_FILE, kept)
    assert "is not signed by" not in verified(root, "--key", str(kept)).output
    written(root)
    assert "checkpoint" not in verified(root).output.partition("looked at")[0]
    found = verified(root, "--key", str(kept))
    assert found.exit_code == 1
    assert "checkpoint" in found.output.partition("looked at")[0]


def test_no_note_of_another_key_is_believed_on_published_tables(root: Path, tmp_path: Path) -> None:
    """Who put a key of their own beside the ledger changed a figure, and signed that the tables are as published."""
    ledger, warehouse = Ledger(root / "build" / "ledger"), root / "build" / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema kpi")
        connection.execute("create table kpi.fct_kpi_value as select 'revenue' as kpi, 100 as value")
    published = table_hashes(warehouse)
    record_publication(ledger, {"run_id": "one", "as_of_on": None, "hashes": dict(published)}, clock())
    kept, checkpoint = tmp_path / "kept.vkey", signed_checkpoint(ledger)
    shutil.copyfile(ledger.keys / PUBLIC_FILE, kept)
    leave_note(warehouse, ledger, checkpoint, COMMON, NOW, published)
    assert "fct_kpi_value: recorded " not in verified(root, "--key", str(kept)).output
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update kpi.fct_kpi_value set value = 999")
    for path in ledger.keys.iterdir():
        path.unlink()
    make_keys(ledger.keys)
    leave_note(warehouse, ledger, checkpoint, COMMON, NOW, published)
    told = "published tables: entry 3 (one): fct_kpi_value: recorded "
    assert told in verified(root, "--key", str(kept)).output
    assert told not in verified(root).output  # who trusts the key beside the ledger is told of the ledger itself


def test_a_file_that_holds_no_key_is_named(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.vkey"
    other.write_text("no key\n", encoding="utf-8")
    found = verified(root, "--key", str(other))
    assert isinstance(found.exception, WrongUse)
    assert f"{other} holds no verifier key" in found.exception.message
