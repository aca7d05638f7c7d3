"""Which KPIs may not be published because of a failed check: those whose facts depend on what it tested."""

from __future__ import annotations

from dataclasses import replace

from kpiledger.project import Project
from kpiledger.quality.report import CheckResult, QualityReport
from kpiledger.specs.automatic import WAREHOUSE

_NAMED_AT_MOST = 12


def with_dependents(report: QualityReport, project: Project) -> QualityReport:
    """The report with the KPIs named in the message of each check that blocks."""
    if not any(result.is_blocking for result in report.results):
        return report
    return replace(
        report, results=tuple(_told(result, project) if result.is_blocking else result for result in report.results)
    )


def dependents(project: Project, source: str, table: str) -> tuple[str, ...]:
    """The KPIs measured by a fact that depends on a source system, or by the fact itself for a check of one."""
    return tuple(
        name
        for name, kpi in sorted(project.kpis.items())
        if any(
            fact.fact == table if source == WAREHOUSE else source in fact.source for fact, _ in project.measured_by(kpi)
        )
    )


def _told(result: CheckResult, project: Project) -> CheckResult:
    names = dependents(project, result.source, result.table_name)
    if not names:
        return result
    left = len(names) - _NAMED_AT_MOST
    rest = f" and {left} more" if left > 0 else ""
    return replace(
        result, message=f"{result.message}; KPIs that depend on it: {', '.join(names[:_NAMED_AT_MOST])}{rest}"
    )
