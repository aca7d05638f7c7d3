"""What do the published tables say of agreements, targets and decisions, and which of it does the ledger not say?"""

from __future__ import annotations

from kpiledger.projected.comparing import Compared, RowDifference, compared, differences_of
from kpiledger.projected.expected import expected_tables
from kpiledger.projected.note import (
    BELIEVED_ABOVE,
    TablesNote,
    hashes_of_tables,
    leave_note,
    still_tells,
    vouched_tables,
)

__all__ = [
    "BELIEVED_ABOVE",
    "Compared",
    "RowDifference",
    "TablesNote",
    "compared",
    "differences_of",
    "expected_tables",
    "hashes_of_tables",
    "leave_note",
    "still_tells",
    "vouched_tables",
]
