"""`kpi verify --key`: a ledger that was written anew with another key is found by the key that was kept elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ledger_builders import agreed, agreements, clock, project, target

from kpiledger.cli import kpi
from kpiledger.errors import WrongUse
from kpiledger.ledger.keys import PUBLIC_FILE
from kpiledger.ledger.store import Ledger
from kpiledger.recording import record


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


def test_a_file_that_holds_no_key_is_named(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.vkey"
    other.write_text("no key\n", encoding="utf-8")
    found = verified(root, "--key", str(other))
    assert isinstance(found.exception, WrongUse)
    assert f"{other} holds no verifier key" in found.exception.message
