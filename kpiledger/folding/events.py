"""What does the fold begin with: agreement events with the time at which the ledger recorded them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kpiledger.specs.agreement import AgreementEvent


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An agreement event with its system time: where and when the ledger recorded it."""

    seq: int
    recorded_at: datetime
    key: str
    holder: str
    event: AgreementEvent
    commit: str | None
    entry_hash: str


def as_known(events: Iterable[RecordedEvent], at: datetime) -> tuple[RecordedEvent, ...]:
    """The events that had been recorded at a moment."""
    return tuple(event for event in events if event.recorded_at <= at)
