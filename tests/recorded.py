"""The tables of schema `recorded`, as a run lays them into the warehouse before dbt builds."""

from __future__ import annotations

from datetime import UTC, datetime

from kpiledger.approvals import approvals_of
from kpiledger.folding import agreement_version_rows, fold, target_period_rows
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.objectives.rows import check_in_table
from kpiledger.project import Project
from kpiledger.projection import recorded_tables
from kpiledger.recording import record, recorded_definitions
from kpiledger.warehouse import Table

NOW = datetime(2018, 1, 1, tzinfo=UTC)


def tables_of(project: Project, ledger: Ledger) -> list[Table]:
    """What a ledger says of a project; what it does not know yet is recorded first."""
    record(project, project.root, ledger, lambda: NOW)
    approvals = approvals_of(ledger, read_entries(ledger))
    versions = fold(recorded_events(ledger), approvals)
    tables = recorded_tables(
        project,
        ("test", project.calendar.as_of, NOW),
        recorded_definitions(ledger),
        agreement_version_rows(versions),
        target_period_rows(versions, project.calendar.reckoning),
    )
    of_ledger = check_in_table(ledger, read_entries(ledger))
    return [of_ledger if table.name == of_ledger.name else table for table in tables]
