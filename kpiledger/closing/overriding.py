"""Which checks may fail by a recorded decision? An override counts for a period until that is closed.

So it lets the run that the close is made from publish, and ends by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kpiledger.closing.standing import Close, closes_in
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.periods import Period

Check = tuple[str, str]


def overrides_of(entries: Sequence[Entry], period: str) -> Mapping[Check, Entry]:
    """The overrides that count for a period by source and check, the last one of each."""
    return {_check(entry): entry for entry in _counting(entries) if entry.content["period"] == period}


def overridden_now(entries: Sequence[Entry]) -> frozenset[Check]:
    """The checks that may fail now, by source and check."""
    return frozenset(_check(entry) for entry in _counting(entries))


def _counting(entries: Sequence[Entry]) -> Iterator[Entry]:
    """The overrides whose period was not closed since, by itself or with a longer one that it lies in."""
    closes = closes_in(entries)
    for entry in entries:
        if entry.kind is EntryKind.CHECK_OVERRIDDEN:
            since = (close for close in closes if close.entry.seq > entry.seq)
            if not any(_is_within(entry.content["period"], close) for close in since):
                yield entry


def _is_within(period: str, close: Close) -> bool:
    """Whether a period is the one that was closed or a part of it; a fiscal quarter is named after its year."""
    if period == close.period or period.startswith(f"{close.period}-"):
        return True
    if "Q" in period or "-" not in period:
        return False
    month = Period.parse(period)
    return close.holds(month.start, month.end)


def _check(entry: Entry) -> Check:
    return entry.content["source"], entry.content["check"]
