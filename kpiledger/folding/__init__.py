"""What was agreed, for which days, as known when: folded from recorded events, never stored.

`versions` folds events into versions of agreements, `rows` lays them out as the warehouse's tables.
"""

from kpiledger.folding.rows import (
    AgreementVersionRow,
    TargetPeriodRow,
    agreement_version_rows,
    target_period_rows,
)
from kpiledger.folding.versions import AgreementVersion, RecordedEvent, Segment, as_known, fold

__all__ = [
    "AgreementVersion",
    "AgreementVersionRow",
    "RecordedEvent",
    "Segment",
    "TargetPeriodRow",
    "agreement_version_rows",
    "as_known",
    "fold",
    "target_period_rows",
]
