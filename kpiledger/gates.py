"""What must hold before a run goes on: specs without error, current models, the ledger, passed checks."""

from __future__ import annotations

from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger import compiled_files
from kpiledger.catalogue import strangers
from kpiledger.checking import check_folder
from kpiledger.closing.overriding import overridden_now, override_for
from kpiledger.compiling import compile_project
from kpiledger.compiling.dialects import Dialect
from kpiledger.dbt_build import TARGET
from kpiledger.errors import BrokenWorld, RunStopped, WrongUse
from kpiledger.finding import Finding, has_errors
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.project import Project
from kpiledger.reports.findings import findings_text
from kpiledger.run_state import Run
from kpiledger.settings import Settings
from kpiledger.warehouse import open_reader, rows_of

CHECKS = "checks.txt"  # what the checks said, in `build/next`


def load_checked(root: Path) -> Project:
    """The project, or RunStopped with all its findings."""
    project, findings = check_folder(root)
    stop_on_errors(findings)
    if project is None:
        raise BrokenWorld(f"there are no specs in {root / 'metrics'}", "`kpi check` says what is missing")
    return project


def stop_on_errors(findings: list[Finding]) -> None:
    """RunStopped with the findings if any of them is an error."""
    if has_errors(findings):
        raise RunStopped(findings_text(findings), "mend what is found, then run again")


def require_duckdb(settings: Settings) -> None:
    """A run builds a DuckDB file aside and publishes it by rename: with another warehouse it would do half."""
    if settings.dialect is not Dialect.DUCKDB:
        raise WrongUse(
            f"`kpi run` builds and publishes a DuckDB file, and the project's dialect is {settings.dialect}",
            "write `dialect: duckdb`; docs/guide/other-warehouses.md says how dbt builds the models elsewhere",
        )


def require_compiled(project: Project) -> None:
    """What runs is what is reviewed: the committed models say what the specs say."""
    difference = compiled_files.compare(project.root, compile_project(project))
    if difference:
        names = ", ".join((*difference.missing, *difference.changed, *difference.orphaned))
        raise RunStopped(
            f"the compiled models are not what metrics/ says: {names}",
            "run `kpi compile` and commit the result",
        )


def require_ledger(run: Run, ledger: Ledger) -> None:
    """Where something was published there was a ledger: a missing one is never begun anew silently."""
    if run.settings.current.is_symlink() and not ledger.exists:
        raise BrokenWorld(
            f"there is no ledger in {ledger.directory}, but numbers were published before",
            f"bring it back from its copy; to begin a new history on purpose, remove {run.settings.current} first",
        )


def require_passed(run: Run, ledger: Ledger) -> None:
    """Publishing reads the evidence itself: checks that left no result have not passed.

    What blocks and was overridden for a period that is still to be closed lets the run pass, and stays seen as failed.
    """
    query = "select source, table_name, rule, is_blocking from kpi.fct_check_result where run_id = ?"
    with open_reader(run.warehouse) as connection:
        results = rows_of(connection, query, [run.run_id]) if has_results(connection) else []
        (counted,) = rows_of(connection, "select count(*) as row_count from kpi.fct_kpi_value")
    if not counted["row_count"]:
        raise RunStopped(
            f"no KPI has a value as of {run.as_of or 'the last day of the extracts'}",
            "look at the as-of date, the calendar's first day and the extracts",
        )
    if not results:
        raise RunStopped(
            "the checks of the source systems left no result",
            "run the whole job: they come before publishing",
        )
    blocking = [(row["source"], row["table_name"], row["rule"]) for row in results if row["is_blocking"]]
    overrides = overridden_now(read_entries(ledger), run.started_at.date()) if blocking else {}
    if not all(override_for(overrides, *one) for one in blocking):
        told = (run.settings.next / CHECKS).read_text(encoding="utf-8")
        raise RunStopped(told, "mend the rows in the source system; what was published before stays readable")


def require_catalogue(run: Run) -> None:
    """Only what dbt's manifest names and the run itself laid is published: no planted function, no stray table."""
    found = strangers(run.warehouse, run.root / TARGET / "manifest.json")
    if found:
        listed = "\n".join(f"  {one}" for one in found)
        raise RunStopped(
            f"the warehouse is not what its models make:\n{listed}",
            "look for hooks, macros or packages of dbt that make them; what was published before stays readable",
        )


def has_results(connection: DuckDBPyConnection) -> bool:
    """Whether the run has come as far as its checks."""
    query = """
        select table_name from information_schema.tables
        where table_schema = 'kpi' and table_name = 'fct_check_result'
    """
    return bool(rows_of(connection, query))
