"""Is what breaks a rule of good KPI work accepted for a while? Then it is shown as waived, with why and by whom."""

from __future__ import annotations

from dataclasses import replace

from kpiledger.finding import Finding, Severity
from kpiledger.project import Project


def unless_waived(project: Project, of: str, finding: Finding) -> Finding:
    """The finding as it is, or as waived where a waiver holds for its rule and for what it is of."""
    for waiver in project.waivers.of_rules if project.waivers else ():
        is_accepted = waiver.approved_by != waiver.requested_by
        holds = project.day is None or waiver.holds_on(project.day)
        if waiver.is_of(finding.rule, of) and is_accepted and holds:
            told = (
                f"waived until {waiver.expires_on}, approved by {waiver.approved_by}: {' '.join(waiver.reason.split())}"
            )
            return replace(finding, severity=Severity.WAIVED, hint=told)
    return finding
