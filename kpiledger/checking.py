"""Loading and checking a project folder in one go: what every command that needs specs begins with."""

from __future__ import annotations

from pathlib import Path

from kpiledger.approvals.findings import approval_findings
from kpiledger.finding import Finding, in_order
from kpiledger.loading import load_project
from kpiledger.project import Project
from kpiledger.rules import check_project


def check_folder(root: Path) -> tuple[Project | None, list[Finding]]:
    """The project, if it could be read, and every finding in it."""
    project, findings = load_project(root)
    if project is None:
        return None, findings
    return project, in_order([*findings, *check_project(project), *approval_findings(project)])
