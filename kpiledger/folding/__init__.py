"""What was agreed, for which days, as known when: folded from recorded events, never stored.

`events` is what it begins with. `versions` folds them into versions of agreements, `replay` says what they promise
for a day, `figures` what a promise is for each period. `rows` lays versions and promises out as the warehouse's
tables, with what is known of their `approval`.
"""

from kpiledger.folding.approval import NONE_REQUIRED, Approval
from kpiledger.folding.events import RecordedEvent, as_known
from kpiledger.folding.replay import PromisedTarget
from kpiledger.folding.rows import (
    AgreementVersionRow,
    TargetPeriodRow,
    agreement_version_rows,
    target_period_rows,
)
from kpiledger.folding.versions import AgreementVersion, Segment, fold

__all__ = [
    "NONE_REQUIRED",
    "AgreementVersion",
    "AgreementVersionRow",
    "Approval",
    "PromisedTarget",
    "RecordedEvent",
    "Segment",
    "TargetPeriodRow",
    "agreement_version_rows",
    "as_known",
    "fold",
    "target_period_rows",
]
