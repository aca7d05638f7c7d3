"""The steps of the main job, from specs to publication; whoever orchestrates calls them in this order.

    begin -> record_agreements -> build_models -> check_sources -> publish

Each makes sure that what lies in `build/next` is its own run's. A run that stops anywhere leaves what readers
see as it was.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from kpiledger.approvals import approvals_of
from kpiledger.carrying import carry_tables
from kpiledger.closing.attempts import attempts_in
from kpiledger.closing.laying import lay_closes
from kpiledger.closing.restating import lay_restatements
from kpiledger.closing.standing import closes_in
from kpiledger.closing.verified import require_unchanged
from kpiledger.compiled_files import FOLDER
from kpiledger.compiling.incremental import kept_tables
from kpiledger.conflicts.table import lay_conflicts
from kpiledger.dbt_build import BuildResult, build
from kpiledger.errors import RunStopped, WrongUse
from kpiledger.extracts.choosing import choose_extracts, chosen_inputs
from kpiledger.extracts.history import published_inputs
from kpiledger.extracts.one_table import Taking
from kpiledger.extracts.table import extract_table
from kpiledger.extracts.taking import take_extracts
from kpiledger.folding import agreement_version_rows, fold, target_period_rows
from kpiledger.gates import (
    CHECKS,
    load_checked,
    require_catalogue,
    require_compiled,
    require_duckdb,
    require_ledger,
    require_passed,
    stop_on_errors,
)
from kpiledger.git import head_commit
from kpiledger.git_check import learn_from_git
from kpiledger.laid_statistics.columns import no_statistics
from kpiledger.laid_statistics.laying import lay_statistics
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.store import Clock, Ledger, read_entries, signed_checkpoint
from kpiledger.ledger_index.opening import open_index
from kpiledger.mart_hashes import said_of_inputs
from kpiledger.objectives.rows import check_in_table
from kpiledger.pages import render_pages
from kpiledger.pages.known_runs import known_runs
from kpiledger.project import Project
from kpiledger.projected import differences_of, expected_tables, leave_note
from kpiledger.projection import SCHEMA, recorded_tables
from kpiledger.publishing import Publication, swap, table_hashes
from kpiledger.quality import QualityReport, keep_register, render_quality, write_quality_tables
from kpiledger.quality import check_sources as check_against_sources
from kpiledger.recipe import keep_recipe, recipe_hash
from kpiledger.recorded_waivers import with_recorded
from kpiledger.recording import RecordReport, pending, record, record_publication, recorded_definitions
from kpiledger.reviews.talking import keep_conversation
from kpiledger.run_state import Run, leave_state, step
from kpiledger.scales import years_of
from kpiledger.settings import load_settings
from kpiledger.spot_checks.rows import spot_check_table
from kpiledger.stopped import leaving_page
from kpiledger.warehouse import lay_tables, open_reader, rows_of

# The schema of the compiled models.
KPI_SCHEMA = "kpi"
# What reads the statistics of the run, as dbt selects it: these sources and everything below them, tests too.
_AFTER_STATISTICS = " ".join(f"source:{SCHEMA}.{table.name}+" for table in no_statistics())


def begin(
    root: Path, run_id: str, as_of: date | None, now: datetime, full_refresh: bool = False, extracting: bool = False
) -> Run:
    """Check the specs and make a place to build in: empty, but for what incremental facts keep of the last run.

    It holds the extracts that the run is made from: the newest, or new ones where `extracting` asks for them.
    """
    settings = load_settings(root, os.environ)
    require_duckdb(settings)
    settings.build.mkdir(parents=True, exist_ok=True)
    run = Run(settings, run_id, as_of, now)
    with step(run, is_first=True):
        project = _project_of(root, run_id)
        require_compiled(project)
        shutil.rmtree(settings.next, ignore_errors=True)
        settings.next.mkdir()
        asked_for = as_of or project.calendar.as_of
        if asked_for and asked_for < project.calendar.starts_on:
            raise WrongUse(
                f"the as-of date {asked_for} lies before the calendar begins, {project.calendar.starts_on}",
                "name a later day, or let metrics/calendar.yml begin earlier",
            )
        run = replace(run, as_of=asked_for)
        # Only what a model makes again: a table of a fact that no KPI needs any more would stay as it was.
        kept = [name for name in kept_tables(project) if (root / FOLDER / f"{name}.sql").exists()]
        if kept and not full_refresh and settings.warehouse.exists():
            carry_tables(settings.warehouse, run.warehouse, KPI_SCHEMA, kept)
        if extracting:
            ledger = Ledger(settings.ledger, anchors=settings.anchors)
            published = published_inputs(ledger, settings.current)
            taking = Taking(settings.extracts, settings.keep_extracts, now, published=published)
            take_extracts(project, taking, os.environ, settings.sources)
        chosen = choose_extracts(project, settings.extracts, settings.next)
        lay_tables(run.warehouse, KPI_SCHEMA, [extract_table(chosen)])
        leave_state(run)
        return run


def record_agreements(run: Run, clock: Clock) -> RecordReport:
    """Record new definitions and agreement events in the ledger and lay what it says into the warehouse."""
    with step(run):
        project = _project_of(run.root, run.run_id)
        ledger = Ledger(run.settings.ledger, anchors=run.settings.anchors)
        require_ledger(run, ledger)
        _, findings = pending(project, ledger)
        stop_on_errors(with_recorded(project, ledger, findings))
        report = record(project, run.root, ledger, clock)
        entries = read_entries(ledger)
        versions = fold(recorded_events(ledger, entries), approvals_of(ledger, entries))
        tables = recorded_tables(
            project,
            (run.run_id, run.as_of, run.started_at),
            recorded_definitions(ledger),
            agreement_version_rows(versions),
            target_period_rows(versions, project.calendar.reckoning),
        )
        of_ledger = [spot_check_table(ledger, entries), check_in_table(ledger, entries)]
        lay_tables(run.warehouse, SCHEMA, [*tables, *of_ledger])
        closes = closes_in(entries)
        require_unchanged(run.settings.closes, closes)
        lay_closes(run.warehouse, ledger, closes, run.settings.closes, attempts_in(entries))
        return report


def build_models(run: Run, on_event: Callable[[object], None] | None = None) -> BuildResult:
    """Run `dbt build` on the warehouse aside; a failed model or test stops the run.

    In two parts, with signals and projections laid between them: they are made of KPI values and read by scorecards.
    """
    with step(run):
        values = build(run.root, run.warehouse, on_event=on_event, exclude=_AFTER_STATISTICS)
        _require_built(values)
        # Now: dbt forgets what it compiled when it is called again.
        keep_recipe(run.root, run.settings.next, run.settings.current)
        project = _project_of(run.root, run.run_id)
        lay_statistics(run.warehouse, project.calendar.reckoning, years_of(project))
        scorecards = build(run.root, run.warehouse, on_event=on_event, select=_AFTER_STATISTICS)
        _require_built(scorecards)
        return values.and_then(scorecards)


def check_sources(run: Run, clock: Clock) -> QualityReport:
    """Check how the source systems are filled in and whether the warehouse agrees with them.

    The results stand in the warehouse aside, and as text in `build/next/checks.txt`; the register of issues is kept up
    whether the run will publish or not.
    """
    with step(run):
        project = _project_of(run.root, run.run_id)
        report = check_against_sources(
            project, run.warehouse, _as_of(run), run.run_id, clock(), os.environ, run.settings.sources
        )
        write_quality_tables(run.warehouse, report, keep_register(run.settings.issues, report))
        (run.settings.next / CHECKS).write_text(render_quality(report), encoding="utf-8")
        return report


def publish(run: Run, clock: Clock) -> Publication:
    """Render the pages and let readers see warehouse and pages, unless the recorded checks forbid it.

    A run that they stop leaves its page in `build/stopped` all the same.
    """
    with step(run, is_last=True):
        project = _project_of(run.root, run.run_id)
        ledger = Ledger(run.settings.ledger, anchors=run.settings.anchors)
        with leaving_page(run, project, clock):
            require_passed(run, ledger)
        lay_restatements(run.warehouse, project, closes_in(read_entries(ledger)), run.settings.closes)
        conflicts = lay_conflicts(project, run.warehouse)
        require_catalogue(run)
        keep_conversation(run.warehouse, KPI_SCHEMA, project, ledger, run.run_id, clock)
        pages = run.settings.next / "pages"
        known = known_runs(run.settings, run.run_id)
        commit, days = head_commit(run.root), run.settings.new_approver_days
        render_pages(project, run.warehouse, pages, clock(), run.run_id, commit, ledger, known, days, conflicts)
        _require_the_ledger_in_tables(run, project, ledger)
        hashes = table_hashes(run.warehouse)
        content: dict[str, object] = {
            "run_id": run.run_id,
            "as_of_on": run.as_of and run.as_of.isoformat(),
            "hashes": hashes,
        }
        inputs = chosen_inputs(run.settings.next)
        if inputs:
            content["inputs"] = inputs
        recipe = recipe_hash(run.settings.next)
        if recipe:
            content["recipe"] = recipe
        content |= said_of_inputs(run.warehouse, project)
        is_new = record_publication(ledger, content, clock)
        leave_note(run.warehouse, ledger, signed_checkpoint(ledger), project.calendar.reckoning, clock(), hashes)
        # Recorded first: what readers see is never unknown to the ledger; the next run makes good one killed here.
        swap(run.settings, run.run_id)
        # Whatever somebody made of the index since: from here on questions are answered from the entries again.
        with open_index(run.settings, ledger, is_anew=True) as index:
            learn_from_git(run.root, ledger, index, run.settings.build)
    return Publication(run.settings.warehouse, run.settings.pages, is_new)


def _require_the_ledger_in_tables(run: Run, project: Project, ledger: Ledger) -> None:
    """RunStopped where a table of agreements, targets or decisions does not say what the ledger says."""
    entries = read_entries(ledger)
    events = recorded_events(ledger, entries)
    apart = differences_of(run.warehouse, expected_tables(ledger, entries, events, project.calendar.reckoning))
    if apart:
        tables = ", ".join(sorted({f"kpi.{one.table}" for one in apart}))
        raise RunStopped(
            f"{len(apart)} rows of {tables} are not what the ledger says, the first: {apart[0].said}",
            "see which model or hook changes them; nothing of this run is published",
        )


def _require_built(result: BuildResult) -> None:
    if result.failures:
        lines = "\n".join(f"  {failure}" for failure in result.failures)
        raise RunStopped(
            f"dbt: {len(result.failures)} models or tests failed\n{lines}",
            "mend what failed and run again",
        )


def _as_of(run: Run) -> date:
    with open_reader(run.warehouse) as connection:
        (row,) = rows_of(connection, "select as_of_on from kpi.as_of")
    found: date = row["as_of_on"]
    return found


@lru_cache(maxsize=1)
def _project_of(root: Path, run_id: str) -> Project:
    """The project as this run first read it: all its steps in one process see the same specs."""
    return load_checked(root)
