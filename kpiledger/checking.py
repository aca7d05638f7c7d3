"""Loading and checking a project folder in one go: what every command that needs specs begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path

from kpiledger.approvals.findings import approval_findings
from kpiledger.collector import uncollected
from kpiledger.finding import Finding, in_order
from kpiledger.loading import load_project
from kpiledger.named_evidence import evidence_findings
from kpiledger.project import Project
from kpiledger.rules.every_rule import check_project


@uncollected()  # a large company has ten thousand specs, each of dozens of objects
def check_folder(root: Path, *, asked_on: date | None = None) -> tuple[Project | None, list[Finding]]:
    """The project, if it could be read, and every finding in it.

    `asked_on` is the day that what is due is looked at, where the calendar names none.
    """
    project, findings = load_project(root)
    if project is None:
        return None, findings
    project = replace(project, asked_on=asked_on)
    found = (*check_project(project), *approval_findings(project), *evidence_findings(project, root))
    return project, in_order([*findings, *found])


def check_against_published(project: Project, warehouse: Path) -> list[Finding]:
    """What only the published figures can tell; DuckDB loads only where there are some and something is promised."""
    if not project.agreements or not warehouse.exists():
        return []
    members = import_module("kpiledger.known_members").member_findings(project, warehouse)
    return [*members, *import_module("kpiledger.known_history").history_findings(project, warehouse)]
