"""Which decisions were noted, as the ledger has them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import holder_name, resolving


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a holder's period; `closes` is the review item that it answers."""

    name: str
    holder: str
    period: str
    kpi: str | None
    says: str
    decided_by: str
    decided_on: date
    closes: str | None
    evidence: str | None
    seq: int
    recorded_at: datetime
    entry_hash: str


def decisions_in(ledger: Ledger, entries: Iterable[Entry]) -> tuple[Decision, ...]:
    """Every decision in the order noted; what was erased reads so."""
    values_of = resolving(ledger)
    return tuple(
        _decision(entry, values_of(entry.content)) for entry in entries if entry.kind is EntryKind.DECISION_NOTED
    )


def _decision(entry: Entry, said: dict[str, str]) -> Decision:
    return Decision(
        name=entry.key,
        holder=holder_name(said["holder"]),
        period=said["period"],
        kpi=said["kpi"],
        says=said["says"],
        decided_by=said["decided_by"],
        decided_on=date.fromisoformat(said["decided_on"]),
        closes=said["closes"],
        evidence=said["evidence"],
        seq=entry.seq,
        recorded_at=entry.recorded_at,
        entry_hash=entry.entry_hash,
    )
