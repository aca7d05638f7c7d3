"""Data quality: registration rules run in the source systems, and the warehouse reconciled with them.

`check_sources` asks, `QualityReport` holds what came out, `write_quality_tables` keeps it in the warehouse,
`render_quality` says it in words.
"""

from kpiledger.quality.checking import check_sources
from kpiledger.quality.rendering import render_quality
from kpiledger.quality.report import CheckResult, QualityReport, ReconciliationRow, RegistrationIssue
from kpiledger.quality.tables import write_quality_tables

__all__ = [
    "CheckResult",
    "QualityReport",
    "ReconciliationRow",
    "RegistrationIssue",
    "check_sources",
    "render_quality",
    "write_quality_tables",
]
