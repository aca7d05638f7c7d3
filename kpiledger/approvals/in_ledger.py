"""How do recorded agreement events stand with those who may approve them, judged by the ledger alone?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kpiledger.approvals.judged import Judged
from kpiledger.approvals.reading import Fitting, Reading, none_known
from kpiledger.folding.approval import Approval
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import resolving


def judging(ledger: Ledger, entries: Iterable[Entry], fitting: Fitting = none_known) -> Reading:
    """What was read of entries, and judged; signatures that are `fitting` are not checked again."""
    reading = Reading(resolving(ledger), fitting)
    for entry in entries:
        reading.read(entry)
    return reading


def judged(ledger: Ledger, entries: Iterable[Entry]) -> tuple[Judged, ...]:
    """Every recorded approval with its verdict, in the order recorded."""
    return tuple(judging(ledger, entries).approvals)


def approvals_of(ledger: Ledger, entries: Iterable[Entry]) -> Mapping[str, Approval]:
    """How each agreement event stands, by the hash of its entry; the first approval that counts says since when."""
    return judging(ledger, entries).states()
