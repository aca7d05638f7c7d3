"""Which conversations are due: one with each holder on each quarter, and a look at each agreement half way?

A conversation that was not held lapses when the next one is due, and what was agreed needs no check after its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from kpiledger.folding import RecordedEvent
from kpiledger.folding.versions import last_days
from kpiledger.ledger.subjects import commitment_told
from kpiledger.periods import Period, add_months, periods_between
from kpiledger.reviews.item import Answer, Known, ReviewItem, Subject, review_item
from kpiledger.vocabulary import EventKind, Grain, ReasonKind, ReviewKind

_DAY = timedelta(days=1)
# Figures of a quarter are closed and talked about in the first weeks of the next.
CONVERSATION_WITHIN = timedelta(days=21)
# An agreement that ends within two months of its middle is renewed rather than checked.
_WORTH_CHECKING = timedelta(days=60)
_HALF_A_YEAR, _YEAR = 6, 12


def conversations(known: Known) -> Iterator[ReviewItem]:
    """An item for each holder and each quarter that ended while an agreement was in force."""
    reckoning = known.project.calendar.reckoning
    days: dict[str, list[tuple[date, date, int]]] = {}
    for line in known.lines.values():
        if commitment_told(line[0].holder) is None:
            days.setdefault(line[0].holder, []).append((line[0].event.valid_from, last_day(line), line[0].seq))
    for holder, held in sorted(days.items()):
        first, last = min(one[0] for one in held), min(max(one[1] for one in held), known.as_of)
        for quarter in periods_between(first, last, Grain.QUARTER, reckoning):
            binding = [seq for start, end, seq in held if start <= quarter.end <= end]
            if binding and quarter.end <= known.as_of:
                yield _conversation(known, holder, quarter, max(binding))


def _conversation(known: Known, holder: str, quarter: Period, opened_by: int) -> ReviewItem:
    name, asked = f"{ReviewKind.PERIOD}/{holder}/{quarter}", (holder, str(quarter))
    told = f"The quarterly conversation on {quarter}: what went well, where to steer, what could be better"
    noted = (Answer(one.decided_on, one.seq) for one in known.decisions if (one.holder, one.period) == asked)
    return review_item(
        name,
        ReviewKind.PERIOD,
        Subject(holder=holder, period=str(quarter)),
        (told, asked_for(known, holder)),
        (quarter.end, quarter.end + CONVERSATION_WITHIN, quarter.following().end),
        (opened_by, known.decided(name) or next(noted, None)),
        known.as_of,
    )


def mid_year_checks(known: Known) -> Iterator[ReviewItem]:
    """An item for the middle of each year of an agreement that has begun to be due."""
    for agreement, line in sorted(known.lines.items()):
        if commitment_told(line[0].holder) is not None:
            continue
        start, end = line[0].event.valid_from, last_day(line)
        months = _HALF_A_YEAR
        while (due := add_months(start, months) - _DAY) + _WORTH_CHECKING < end:
            opened = add_months(due, -1) + _DAY
            if opened <= known.as_of:
                yield _mid_year(known, agreement, line, (opened, due, end + _DAY))
            months += _YEAR


def _mid_year(known: Known, agreement: str, line: Sequence[RecordedEvent], days: tuple[date, date, date]) -> ReviewItem:
    opened, due, _ = days
    name = f"{ReviewKind.MID_YEAR}/{agreement}/{due:%Y-%m}"
    reviewed = next(
        (
            Answer(one.event.decided_on, one.seq)
            for one in line
            if one.event.reason.kind is ReasonKind.MID_YEAR_REVIEW and opened <= one.event.decided_on < days[2]
        ),
        None,
    )
    return review_item(
        name,
        ReviewKind.MID_YEAR,
        Subject(holder=line[0].holder, agreement=agreement),
        (f"The agreement {agreement} is half over: is every target still right?", line[0].event.proposed_by),
        days,
        (line[0].seq, known.decided(name) or reviewed),
        known.as_of,
    )


def last_day(line: Sequence[RecordedEvent]) -> date:
    """The last day of an agreement as its standing events leave it."""
    retired = [one.event.valid_from - _DAY for one in line if one.event.event is EventKind.RETIRED]
    return min([last_days(line)[-1], *retired])


def asked_for(known: Known, holder: str) -> str:
    """Who leads the conversation with a holder: the lead of the unit, else the holder."""
    unit = known.project.organisation.units.get(holder)
    lead = unit.led_on(known.as_of) if unit else None
    return lead.role if lead else holder
