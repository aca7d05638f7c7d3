"""Which versions of KPIs does the ledger hold, and since when?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries


@dataclass(frozen=True, slots=True)
class RecordedDefinition:
    """Where and when the ledger recorded a version of a KPI."""

    definition_hash: str
    seq: int
    recorded_at: datetime
    entry_hash: str
    commit: str | None


def recorded_definitions(ledger: Ledger) -> dict[tuple[str, int], RecordedDefinition]:
    """The versions of KPIs that the ledger holds, by KPI and version."""
    return {
        (entry.content["kpi"], int(entry.content["version"])): RecordedDefinition(
            entry.content["definition_hash"], entry.seq, entry.recorded_at, entry.entry_hash, entry.commit
        )
        for entry in read_entries(ledger)
        if entry.kind is EntryKind.DEFINITION_RECORDED
    }
