"""What is the ledger held against, in which order?"""

from __future__ import annotations

from kpiledger.verifying import (
    agreements,
    anchors,
    approvals,
    closes,
    files,
    git,
    index,
    projection,
    published,
    rights,
    spot_checks,
    subjects,
)
from kpiledger.verifying.check import Check

CHECKS: tuple[Check, ...] = (
    subjects.CHECK,
    agreements.CHECK,
    approvals.CHECK,
    closes.CHECK,
    spot_checks.CHECK,
    anchors.CHECK,
    rights.CHECK,
    files.CHECK,
    projection.CHECK,
    published.CHECK,
    index.CHECK,
    git.CHECK,
)
