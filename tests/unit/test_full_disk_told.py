"""A full disk is told as one, whoever noticed it; what else breaks is told as it is."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from kpiledger import cli
from kpiledger.claim import claim, holder_of, release
from kpiledger.errors import BrokenWorld, RunStopped
from kpiledger.full_disk import full_disk
from kpiledger.journal import read_journal
from kpiledger.run_state import Run, leave_state, step
from kpiledger.settings import load_settings
from orchestration.manifest import is_fresh

NO_SPACE = OSError(errno.ENOSPC, "No space left on device", "build/next/a")


def by_cause(problem: Exception) -> Exception:
    try:
        raise BrokenWorld("the tables of the last run cannot be read") from problem
    except BrokenWorld as told:
        return told


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (NO_SPACE, "[Errno 28] No space left on device: 'build/next/a'"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "Disk quota exceeded"),
        (by_cause(NO_SPACE), "[Errno 28] No space left on device: 'build/next/a'"),
        (duckdb.IOException('IO Error: Could not write file "a": No space left on device'), 'Could not write file "a"'),
        (RunStopped("dbt: 2 models failed\n  model a: other\n  model b: No space left on device"), "model b: No space"),
        (Exception("database or disk is full"), "database or disk is full"),
    ],
)
def test_a_full_disk_is_seen_behind_whatever_broke_by_it(tmp_path: Path, problem: Exception, said: str) -> None:
    told = full_disk(problem, (tmp_path / "not/made/yet",))
    assert told is not None
    assert told.message.startswith("the disk is full: ")
    assert said in told.message.splitlines()[0]
    assert "the fullest is that of " in told.message
    assert "free some room, then run again" in told.hint


def test_a_problem_that_leads_back_to_itself_is_looked_at_once(tmp_path: Path) -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    assert full_disk(first, [tmp_path]) is None


@pytest.mark.parametrize("problem", [OSError(errno.EACCES, "Permission denied"), RunStopped("a model failed")])
def test_what_is_no_full_disk_is_told_as_it_is(tmp_path: Path, problem: Exception) -> None:
    assert full_disk(problem, (tmp_path,)) is None


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "kpiledger.yml").write_text("build: build\n", encoding="utf-8")
    settings = load_settings(tmp_path, {})
    settings.next.mkdir(parents=True)
    made = Run(settings, "run-1", None, datetime(2024, 7, 1, tzinfo=UTC))
    leave_state(made)
    return made


def test_a_run_that_fills_the_disk_lets_go_of_what_it_built_and_of_its_claim(run: Run) -> None:
    (run.settings.next / "half.duckdb").write_bytes(b"x")
    with pytest.raises(BrokenWorld, match="the disk is full"), step(run):
        raise NO_SPACE
    assert not run.settings.next.exists()
    assert holder_of(run.settings.build) is None
    (entry,) = read_journal(run.settings.runs)
    assert entry.outcome == "broken"
    assert "the disk is full" in entry.report


def test_a_journal_that_cannot_be_written_does_not_hide_what_ended_the_run(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NO_SPACE

    monkeypatch.setattr("kpiledger.run_state.write_journal", refuse)
    with pytest.raises(RunStopped, match="two checks failed"), step(run):
        raise RunStopped("two checks failed")
    with pytest.raises(OSError, match="No space left"), step(run, is_last=True):
        pass
    assert holder_of(run.settings.build) is None


def test_a_claim_that_cannot_be_written_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise NO_SPACE

    monkeypatch.setattr("kpiledger.claim.os.pwrite", refuse)
    with pytest.raises(OSError, match="No space left"):
        claim(tmp_path, "run-1")
    handle = os.open(tmp_path / "lock", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody holds it
    os.close(handle)
    release(tmp_path)


@pytest.mark.parametrize("left", [lambda text: text[: len(text) // 2], lambda text: ""])
def test_half_a_manifest_of_dbt_is_made_anew(tmp_path: Path, left: Callable[[str], str]) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"nodes": {"a": {}}}', encoding="utf-8")
    assert is_fresh(tmp_path, manifest)
    manifest.write_text(left(manifest.read_text(encoding="utf-8")), encoding="utf-8")
    assert not is_fresh(tmp_path, manifest)


def test_a_command_says_so_as_well(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")

    monkeypatch.setattr(cli.kpi, "main", refuse)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("kpi: the disk is full: IO Error")
