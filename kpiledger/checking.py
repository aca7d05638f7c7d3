"""Loading and checking a project folder in one go: what every command that needs specs begins with."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from kpiledger.approvals.findings import approval_findings
from kpiledger.finding import Finding, in_order
from kpiledger.loading import load_project
from kpiledger.named_evidence import evidence_findings
from kpiledger.project import Project
from kpiledger.rules import check_project


def check_folder(root: Path) -> tuple[Project | None, list[Finding]]:
    """The project, if it could be read, and every finding in it."""
    project, findings = load_project(root)
    if project is None:
        return None, findings
    found = (*check_project(project), *approval_findings(project), *evidence_findings(project, root))
    return project, in_order([*findings, *found])


def check_against_published(project: Project, warehouse: Path) -> list[Finding]:
    """What only the published figures can tell; DuckDB is loaded only where there are some and a slice is promised."""
    promised = any(target.slice for file in project.agreements for event in file.events for target in event.targets)
    if not promised or not warehouse.exists():
        return []
    return list(import_module("kpiledger.known_members").member_findings(project, warehouse))
