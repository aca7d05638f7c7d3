"""The steps of the main job, from specs to publication; whoever orchestrates calls them in this order.

    begin -> record_agreements -> build_models -> check_sources -> publish

Each step takes the lock for as long as it runs and makes sure that what lies in `build/next` is its own
run's. A run that stops anywhere leaves what readers see as it was.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger import compiled_files
from kpiledger.checking import check_folder
from kpiledger.claim import claim, release
from kpiledger.compiling import compile_project
from kpiledger.dbt_build import BuildResult, build
from kpiledger.errors import BrokenWorld, BusyError, RunStopped, WrongUse
from kpiledger.finding import Finding, has_errors
from kpiledger.folding import agreement_version_rows, fold, target_period_rows
from kpiledger.git import head_commit
from kpiledger.journal import JournalEntry, write_journal
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.durable import replace_file
from kpiledger.ledger.store import Clock, Ledger
from kpiledger.pages import render_pages
from kpiledger.project import Project
from kpiledger.projection import SCHEMA, recorded_tables
from kpiledger.publishing import Publication, swap, table_hashes
from kpiledger.quality import QualityReport, render_quality, write_quality_tables
from kpiledger.quality import check_sources as check_against_sources
from kpiledger.recording import RecordReport, pending, record, record_publication, recorded_definitions
from kpiledger.reports.findings import findings_text
from kpiledger.settings import Settings, load_settings
from kpiledger.warehouse import lay_tables, open_reader, rows_of

_STATE = "run.json"
_CHECKS = "checks.txt"


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


def begin(root: Path, run_id: str, as_of: date | None, now: datetime) -> Run:
    """Check the specs and make an empty place to build in."""
    settings = load_settings(root, os.environ)
    settings.build.mkdir(parents=True, exist_ok=True)
    run = Run(settings, run_id, as_of, now)
    with _step(run, is_first=True):
        project = _project_of(root, run_id)
        _require_compiled(project)
        shutil.rmtree(settings.next, ignore_errors=True)
        settings.next.mkdir()
        asked_for = as_of or project.calendar.as_of
        if asked_for and asked_for < project.calendar.starts_on:
            raise WrongUse(
                f"the as-of date {asked_for} lies before the calendar begins, {project.calendar.starts_on}",
                "name a later day, or let metrics/calendar.yml begin earlier",
            )
        state = {
            "run_id": run_id,
            "as_of": asked_for and asked_for.isoformat(),
            "started_at": now.isoformat(),
        }
        replace_file(settings.next / _STATE, json.dumps(state).encode())
        return replace(run, as_of=asked_for)


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


def record_agreements(run: Run, clock: Clock) -> RecordReport:
    """Record new definitions and agreement events in the ledger and lay what it says into the warehouse."""
    with _step(run):
        project = _project_of(run.root, run.run_id)
        ledger = Ledger(run.settings.ledger)
        _require_ledger(run, ledger)
        _, findings = pending(project, ledger)
        _stop_on_errors(findings)
        report = record(project, run.root, ledger, clock)
        versions = fold(recorded_events(ledger))
        tables = recorded_tables(
            project,
            (run.run_id, run.as_of, run.started_at),
            recorded_definitions(ledger),
            agreement_version_rows(versions),
            target_period_rows(versions),
        )
        lay_tables(run.warehouse, SCHEMA, tables)
        return report


def build_models(run: Run, on_event: Callable[[object], None] | None = None) -> BuildResult:
    """Run `dbt build` on the warehouse aside; a failed model or test stops the run."""
    with _step(run):
        result = build(run.root, run.warehouse, on_event=on_event)
        if result.failures:
            lines = "\n".join(f"  {failure}" for failure in result.failures)
            raise RunStopped(
                f"dbt: {len(result.failures)} models or tests failed\n{lines}",
                "mend what failed and run again",
            )
        return result


def check_sources(run: Run, clock: Clock) -> QualityReport:
    """Check how the source systems are filled in and whether the warehouse agrees with them.

    The results stand in the warehouse aside, and as text in `build/next/checks.txt`.
    """
    with _step(run):
        project = _project_of(run.root, run.run_id)
        report = check_against_sources(
            project, run.warehouse, _as_of(run), run.run_id, clock(), os.environ, run.settings.sources
        )
        write_quality_tables(run.warehouse, report)
        (run.settings.next / _CHECKS).write_text(render_quality(report), encoding="utf-8")
        return report


def publish(run: Run, clock: Clock) -> Publication:
    """Render the pages and let readers see warehouse and pages, unless the recorded checks forbid it."""
    with _step(run, is_last=True):
        _require_passed(run)
        project = _project_of(run.root, run.run_id)
        pages = run.settings.next / "pages"
        render_pages(project, run.warehouse, pages, clock(), run.run_id, head_commit(run.root))
        hashes = table_hashes(run.warehouse)
        content = {"run_id": run.run_id, "as_of_on": run.as_of and run.as_of.isoformat(), "hashes": hashes}
        is_new = record_publication(Ledger(run.settings.ledger), content, clock) is not None
        # Recorded first: what readers see is never unknown to the ledger; the next run makes good one killed here.
        swap(run.settings, run.run_id)
    return Publication(run.settings.warehouse, run.settings.pages, is_new)


def _require_ledger(run: Run, ledger: Ledger) -> None:
    """Where something was published there was a ledger: a missing one is never begun anew silently."""
    if run.settings.current.is_symlink() and not ledger.exists:
        raise BrokenWorld(
            f"there is no ledger in {ledger.directory}, but numbers were published before",
            f"bring it back from its copy; to begin a new history on purpose, remove {run.settings.current} first",
        )


def _as_of(run: Run) -> date:
    with open_reader(run.warehouse) as connection:
        (row,) = rows_of(connection, "select as_of_on from kpi.as_of")
    found: date = row["as_of_on"]
    return found


def _require_passed(run: Run) -> None:
    """Publishing reads the evidence itself: checks that left no result have not passed."""
    query = "select is_blocking from kpi.fct_check_result where run_id = ?"
    with open_reader(run.warehouse) as connection:
        results = rows_of(connection, query, [run.run_id]) if _has_results(connection) else []
        (counted,) = rows_of(connection, "select count(*) as row_count from kpi.fct_kpi_value")
    if not counted["row_count"]:
        raise RunStopped(
            f"no KPI has a value as of {_as_of(run)}",
            "look at the as-of date, the calendar's first day and the extracts",
        )
    if not results:
        raise RunStopped(
            "the checks of the source systems left no result",
            "run the whole job: they come before publishing",
        )
    if any(row["is_blocking"] for row in results):
        told = (run.settings.next / _CHECKS).read_text(encoding="utf-8")
        raise RunStopped(told, "mend the rows in the source system; what was published before stays readable")


def _has_results(connection: DuckDBPyConnection) -> bool:
    query = """
        select table_name from information_schema.tables
        where table_schema = 'kpi' and table_name = 'fct_check_result'
    """
    return bool(rows_of(connection, query))


def load_checked(root: Path) -> Project:
    """The project, or RunStopped with all its findings."""
    project, findings = check_folder(root)
    _stop_on_errors(findings)
    if project is None:
        raise BrokenWorld(f"there are no specs in {root / 'metrics'}", "`kpi check` says what is missing")
    return project


@lru_cache(maxsize=1)
def _project_of(root: Path, run_id: str) -> Project:
    """The project as this run first read it: all its steps in one process see the same specs."""
    return load_checked(root)


def _stop_on_errors(findings: list[Finding]) -> None:
    if has_errors(findings):
        raise RunStopped(findings_text(findings), "mend what is found; `kpi check` shows it again")


def _require_compiled(project: Project) -> None:
    difference = compiled_files.compare(project.root, compile_project(project))
    if difference:
        names = ", ".join((*difference.missing, *difference.changed, *difference.orphaned))
        raise RunStopped(
            f"the compiled models are not what metrics/ says: {names}",
            "run `kpi compile` and commit the result",
        )


@contextmanager
def _step(run: Run, is_first: bool = False, is_last: bool = False) -> Iterator[None]:
    """Claim the build folder, own `next`, and leave a journal entry where the step ends the run."""
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
        outcome = "stopped" if isinstance(problem, RunStopped) else "broken"
        write_journal(run.settings.runs, _journal(run, outcome, datetime.now(UTC), str(problem)))
        release(run.settings.build)
        raise
    if is_last:
        write_journal(run.settings.runs, _journal(run, "published", datetime.now(UTC)))
        release(run.settings.build)


def _state(settings: Settings) -> dict[str, str | None]:
    path = settings.next / _STATE
    state: dict[str, str | None] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return state


def _journal(run: Run, outcome: str, ended_at: datetime | None = None, report: str = "") -> JournalEntry:
    as_of = run.as_of.isoformat() if run.as_of else None
    ended = ended_at.isoformat() if ended_at else None
    return JournalEntry(run.run_id, run.started_at.isoformat(), as_of, outcome, ended, report)
