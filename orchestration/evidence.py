"""How do the results of the source checks look in Dagster? One asset check for each table of a source.

A check per rule would cost more bookkeeping than checking. The rows stand in `kpi.fct_check_result`.
"""

from collections.abc import Iterator

import dagster as dg

from kpiledger.project import Project
from kpiledger.quality.report import CheckResult, QualityReport
from kpiledger.specs.automatic import WAREHOUSE
from kpiledger.vocabulary import Outcome

SOURCE_CHECKS = dg.AssetKey("source_checks")

_GOOD = frozenset({Outcome.PASSED, Outcome.WAIVED})


def check_specs(project: Project) -> list[dg.AssetCheckSpec]:
    """The checks that `check_results` answers: of each source's tables, and of each fact in the warehouse."""
    tables = [
        (_name(source, table.table), f"Registration rules and reconciliation of {source}.{table.table}")
        for source, expectations in sorted(project.expectations.items())
        for table in expectations.tables
    ]
    facts = [
        (_name(WAREHOUSE, fact), f"Keys, dates and references of the fact {fact}") for fact in sorted(project.facts)
    ]
    named = [*tables, *facts]
    return [dg.AssetCheckSpec(name=name, asset=SOURCE_CHECKS, description=described) for name, described in named]


def check_results(specs: list[dg.AssetCheckSpec], report: QualityReport) -> Iterator[dg.AssetCheckResult]:
    """One result for each check; a table without any result has not passed."""
    for spec in specs:
        results = [result for result in report.results if _name(result.source, result.table_name) == spec.name]
        yield dg.AssetCheckResult(
            check_name=spec.name,
            asset_key=SOURCE_CHECKS,
            passed=bool(results) and all(result.outcome in _GOOD for result in results),
            severity=_severity(results),
            description="; ".join(_told(result) for result in results if result.outcome not in _GOOD),
            metadata={
                "outcomes": {result.rule: result.outcome.value for result in results},
                "blocking": [result.rule for result in results if result.is_blocking],
            },
        )


def _severity(results: list[CheckResult]) -> dg.AssetCheckSeverity:
    blocks = not results or any(result.is_blocking for result in results)
    return dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN


def _told(result: CheckResult) -> str:
    return f"{result.rule} {result.outcome}: {result.message}"


def _name(source: str, table: str) -> str:
    return f"{source}_{table}"
