"""Which checks may fail by a recorded decision? An override counts until its period is closed, or its day is over.

So it lets the run that the close is made from publish, and ends by itself, also for a month that nobody closes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from kpiledger.closing.judged import not_counting
from kpiledger.closing.standing import Close, closes_in
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.periods import Period

# By source, table and check; without a table it is of every table of the source.
Overrides = Mapping[tuple[str, str | None, str], Entry]
# A month: books are closed within the next one. Overrides of before they ran out have this time as well.
COUNTS_FOR = timedelta(days=31)


def overrides_of(entries: Sequence[Entry], period: str, today: date) -> Overrides:
    """The overrides that count for a period on a day, the last one of each."""
    return {_check(entry): entry for entry in _counting(entries, today) if entry.content["period"] == period}


def overridden_now(entries: Sequence[Entry], today: date) -> Overrides:
    """The overrides that count on a day for any period, the last one of each."""
    return {_check(entry): entry for entry in _counting(entries, today)}


def override_for(overrides: Overrides, source: str, table: str, check: str) -> Entry | None:
    """The override that lets a check of a table fail, if there is one."""
    return overrides.get((source, table, check)) or overrides.get((source, None, check))


def last_day_of(entry: Entry) -> date:
    """The last day on which an override counts."""
    until = entry.content.get("until")
    return date.fromisoformat(until) if until else entry.recorded_at.date() + COUNTS_FOR


def _counting(entries: Sequence[Entry], today: date) -> Iterator[Entry]:
    """The overrides whose period was not closed since, by itself or with a longer one that it lies in."""
    closes, void = closes_in(entries), not_counting(entries)
    for entry in entries:
        if entry.kind is EntryKind.CHECK_OVERRIDDEN and entry.entry_hash not in void and today <= last_day_of(entry):
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


def _check(entry: Entry) -> tuple[str, str | None, str]:
    return entry.content["source"], entry.content.get("table"), entry.content["check"]
