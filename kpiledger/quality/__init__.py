"""Data quality: registration rules run in the source systems, and the warehouse reconciled with them.

`check_sources` asks, `QualityReport` holds what came out, `keep_register` follows the issues from run to run,
`write_quality_tables` keeps both in the warehouse, `render_quality` says the report in words.
"""

from kpiledger.quality.checking import check_sources
from kpiledger.quality.register import keep_register
from kpiledger.quality.rendering import render_quality
from kpiledger.quality.report import CheckResult, QualityReport, ReconciliationRow, RegistrationIssue
from kpiledger.quality.tables import write_quality_tables

__all__ = [
    "CheckResult",
    "QualityReport",
    "ReconciliationRow",
    "RegistrationIssue",
    "check_sources",
    "keep_register",
    "render_quality",
    "write_quality_tables",
]
