"""How does each period stand: open, closed, locked or reopened, by which close, with which restatements?

Folded from the entries in the order recorded, never stored. Periods of months, quarters and years lie within each other
or apart, so a row has one innermost period that speaks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from kpiledger.closing.deeds import KINDS, SINCE
from kpiledger.closing.judged import not_counting
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind


class CloseState(StrEnum):
    """How a period stands."""

    OPEN = "open"
    """It was never closed: figures are as computed now."""
    CLOSED = "closed"
    """Its figures are frozen; what differs now is a restatement."""
    LOCKED = "locked"
    """It is closed and cannot be reopened."""
    REOPENED = "reopened"
    """It was closed and opened again: figures are as computed now until it is closed anew."""


@dataclass(frozen=True, slots=True)
class Close:
    """A close with everything recorded about it since; `entry` is the `period.closed` itself."""

    entry: Entry
    lock: Entry | None = None
    reopening: Entry | None = None
    restatements: tuple[Entry, ...] = field(default=())

    @property
    def content(self) -> Mapping[str, Any]:
        """What the entry says."""
        return self.entry.content

    @property
    def period(self) -> str:
        """The period as it is written."""
        return str(self.content["period"])

    @property
    def ordinal(self) -> int:
        """1 for the first close of the period."""
        return int(self.content["ordinal"])

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        return date.fromisoformat(self.content["first_day"])

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return date.fromisoformat(self.content["last_day"])

    @property
    def closed_at(self) -> datetime:
        """When the ledger recorded it."""
        return self.entry.recorded_at

    @property
    def state(self) -> CloseState:
        """How the period stands by this close."""
        if self.reopening is not None:
            return CloseState.REOPENED
        return CloseState.LOCKED if self.lock is not None or self.content["is_locked"] else CloseState.CLOSED

    @property
    def is_standing(self) -> bool:
        """Whether its figures are the official ones."""
        return self.reopening is None

    def holds(self, first: date, last: date) -> bool:
        """Whether days lie within the period."""
        return self.first_day <= first and last <= self.last_day

    def touches(self, first: date, last: date) -> bool:
        """Whether days and the period have one in common."""
        return self.first_day <= last and first <= self.last_day


def closes_in(entries: Iterable[Entry]) -> tuple[Close, ...]:
    """Every close that counts in the order recorded, those reopened since as well.

    The entries are all of a ledger, or those of `KINDS`: by policy and keys among them it is judged what counts.
    """
    read = [entry for entry in entries if entry.kind in KINDS]
    void = not_counting(read)
    found: dict[str, Close] = {}
    for entry in read:
        if entry.entry_hash in void:
            continue
        if entry.kind is EntryKind.PERIOD_CLOSED:
            found[entry.entry_hash] = Close(entry)
        elif entry.kind in SINCE:
            before = found[entry.content["close_hash"]]
            found[entry.content["close_hash"]] = _with(before, entry)
    return tuple(found.values())


def last_ordinal(entries: Iterable[Entry], period: str) -> int:
    """The ordinal of the last close recorded of a period, whether it counts or not; 0 without one."""
    closes = (entry.content for entry in entries if entry.kind is EntryKind.PERIOD_CLOSED)
    return max((int(said["ordinal"]) for said in closes if said["period"] == period), default=0)


def _with(close: Close, entry: Entry) -> Close:
    if entry.kind is EntryKind.PERIOD_LOCKED:
        return Close(close.entry, entry, close.reopening, close.restatements)
    if entry.kind is EntryKind.PERIOD_REOPENED:
        return Close(close.entry, close.lock, entry, close.restatements)
    return Close(close.entry, close.lock, close.reopening, (*close.restatements, entry))


def last_of_each(closes: Iterable[Close]) -> dict[str, Close]:
    """The last close of each period: the one that says how the period stands."""
    return {close.period: close for close in closes}


def standing_of(closes: Iterable[Close]) -> tuple[Close, ...]:
    """The closes whose figures are official."""
    return tuple(close for close in closes if close.is_standing)
