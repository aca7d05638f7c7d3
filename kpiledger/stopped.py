"""What a run leaves for the controller when its checks stop it: the page of the run, as publications have one.

build/stopped/<run>/checks.html, and beside it what each team has to put right. A run that stopped before its checks
has nothing to show there; its message says all.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kpiledger.errors import RunStopped
from kpiledger.gates import has_results
from kpiledger.git import head_commit
from kpiledger.ledger.store import Clock
from kpiledger.pages.known_runs import known_runs
from kpiledger.pages.render import render_stopped
from kpiledger.project import Project
from kpiledger.run_state import Run
from kpiledger.warehouse import open_reader


@contextmanager
def leaving_page(run: Run, project: Project, clock: Clock) -> Iterator[None]:
    """Where what stands inside stops the run, leave the run's page and name it in the message."""
    try:
        yield
    except RunStopped as stopped:
        with open_reader(run.warehouse) as connection:
            has_checked = has_results(connection)
        if not has_checked:
            raise
        page = _leave(run, project, clock)
        raise RunStopped(f"{stopped.message.rstrip()}\nthe page of this run: {page}", stopped.hint) from stopped


def _leave(run: Run, project: Project, clock: Clock) -> Path:
    folder = run.settings.stopped / run.run_id
    aside = folder.with_name(f"{run.run_id}.new")
    for left_over in (aside, folder):
        shutil.rmtree(left_over, ignore_errors=True)
    known = known_runs(run.settings, run.run_id, is_stopped=True)
    page = render_stopped(project, run.warehouse, aside, clock(), run.run_id, head_commit(run.root), known)
    aside.rename(folder)
    _prune(run)
    return folder / page.name


def _prune(run: Run) -> None:
    """As many stopped runs keep their page as publications are kept; what a killed run left half is no page."""
    folders = sorted(run.settings.stopped.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    whole = [folder for folder in folders if folder.suffix != ".new"]
    kept = whole[: run.settings.keep_publications + 1]
    for folder in folders:
        if folder not in kept:
            shutil.rmtree(folder)
