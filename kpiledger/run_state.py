"""Which run owns `build/next`, and what the journal says of it: each step of a run stands inside `step`."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from kpiledger.claim import claim, release
from kpiledger.errors import BrokenWorld, BusyError, RunStopped
from kpiledger.full_disk import full_disk
from kpiledger.journal import JournalEntry, write_journal
from kpiledger.ledger.durable import replace_file
from kpiledger.settings import Settings, load_settings

_STATE = "run.json"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the main job: its settings, its id, the as-of date asked for, its start in UTC."""

    settings: Settings
    run_id: str
    as_of: date | None
    started_at: datetime

    @property
    def root(self) -> Path:
        """The project's root."""
        return self.settings.root

    @property
    def warehouse(self) -> Path:
        """The warehouse that this run builds, aside from the published one."""
        return self.settings.next / "warehouse.duckdb"


def leave_state(run: Run) -> None:
    """Write into `next` whose it is, so that a step in another process can go on."""
    as_of = run.as_of.isoformat() if run.as_of else None
    state = {"run_id": run.run_id, "as_of": as_of, "started_at": run.started_at.isoformat()}
    replace_file(run.settings.next / _STATE, json.dumps(state).encode())


def resume(root: Path, run_id: str) -> Run:
    """The run that `begin` made ready, for a step that runs in another process."""
    settings = load_settings(root, os.environ)
    state = _state(settings)
    if state.get("run_id") != run_id:
        raise BrokenWorld(
            f"run {run_id} has nothing in {settings.next}: it belongs to run {state.get('run_id', 'none')}",
            "another run began meanwhile, or this one has published; start a new run",
        )
    asked = state["as_of"]
    as_of = date.fromisoformat(asked) if asked else None
    return Run(settings, run_id, as_of, datetime.fromisoformat(str(state["started_at"])))


@contextmanager
def step(run: Run, is_first: bool = False, is_last: bool = False) -> Iterator[None]:
    """Claim the build folder, own `next`, and leave a journal entry where the step ends the run.

    Where the disk is full, what was built aside goes: the room that it took is needed by whoever comes next.
    """
    claim(run.settings.build, run.run_id)
    try:
        if is_first:
            write_journal(run.settings.runs, _journal(run, "running"))
        elif _state(run.settings).get("run_id") != run.run_id:
            raise BusyError(
                f"another run took over {run.settings.next}", "start this run again when that one has ended"
            )
        yield
    except Exception as problem:
        try:
            full = full_disk(problem, run.settings.written)
            if full:
                shutil.rmtree(run.settings.next, ignore_errors=True)
            _note_end(run, full or problem)
        finally:
            release(run.settings.build)
        if full:
            raise full from problem
        raise
    if is_last:
        try:
            write_journal(run.settings.runs, _journal(run, "published", datetime.now(UTC)))
        finally:
            release(run.settings.build)


def _note_end(run: Run, problem: Exception) -> None:
    """Write into the journal what ended the run; where even that cannot be written, the problem itself is what counts.

    The journal then says `running` of a run that holds no lock, as it does of one that was killed.
    """
    outcome = "stopped" if isinstance(problem, RunStopped) else "broken"
    with suppress(OSError):
        write_journal(run.settings.runs, _journal(run, outcome, datetime.now(UTC), str(problem)))


def _state(settings: Settings) -> dict[str, str | None]:
    path = settings.next / _STATE
    state: dict[str, str | None] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return state


def _journal(run: Run, outcome: str, ended_at: datetime | None = None, report: str = "") -> JournalEntry:
    as_of = run.as_of.isoformat() if run.as_of else None
    ended = ended_at.isoformat() if ended_at else None
    return JournalEntry(run.run_id, run.started_at.isoformat(), as_of, outcome, ended, report)
