"""When does a holder meet on what? A quarter of an hour a week, an hour a month, and a conversation each quarter.

The cadence of the KPIs decides: those reviewed by day or week come up each week where they are leading, those reviewed
by month or more often each month, and all of them each quarter. A holder without such KPIs has no such meeting. What
was to be and is not due any more, as an agreement was retired or a KPI left it, is cancelled day by day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from kpiledger.invitations.agreed import Agreed, Held
from kpiledger.periods import Reckoning, periods_between
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Grain

# From the first and the last day that KPIs are promised, the days of a meeting on them.
_Days = Callable[[date, date], tuple[date, ...]]

_WEEK = timedelta(days=7)
_OFTEN = (Grain.DAY, Grain.WEEK)
# Figures of a month or a quarter are there, and checked, in the second week of the next.
_SETTLED = timedelta(days=8)
_MONDAY, _TUESDAY, _THURSDAY = 0, 1, 3


class MeetingKind(StrEnum):
    """What a meeting is for."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of a holder on some KPIs: on which days, and how long in minutes; some days may be cancelled."""

    kind: MeetingKind
    held: Held
    kpis: tuple[Kpi, ...]
    days: tuple[date, ...]
    minutes: int
    cancelled: tuple[date, ...] = ()


def invitations(agreed: Agreed, reckoning: Reckoning) -> Iterator[Meeting]:
    """The meetings of an agreement, on every day that anybody was ever invited to, with those that are cancelled."""
    due = {one.kind: one for one in meetings(agreed.now, reckoning)} if agreed.now else {}
    for ever in meetings(agreed.widest, reckoning):
        found = due.get(ever.kind, replace(ever, days=()))
        yield replace(found, days=ever.days, cancelled=tuple(sorted({*ever.days} - {*found.days})))


def meetings(held: Held, reckoning: Reckoning) -> Iterator[Meeting]:
    """The meetings of an agreement while it is in force; the last conversation comes after its end."""
    often = [kpi for kpi in held.kpis if kpi.timing == "leading" and kpi.cadence in _OFTEN]
    monthly = [kpi for kpi in held.kpis if kpi.cadence in (*_OFTEN, Grain.MONTH)]
    yield from _meeting(MeetingKind.WEEKLY, held, often, _weeks, 15)
    yield from _meeting(MeetingKind.MONTHLY, held, monthly, _after(Grain.MONTH, _TUESDAY, reckoning), 60)
    yield from _meeting(MeetingKind.QUARTERLY, held, held.kpis, _after(Grain.QUARTER, _THURSDAY, reckoning), 90)


def _meeting(kind: MeetingKind, held: Held, kpis: Sequence[Kpi], days_of: _Days, minutes: int) -> Iterator[Meeting]:
    days = days_of(*held.span_of(kpis)) if kpis else ()
    if days:
        yield Meeting(kind, held, tuple(kpis), days, minutes)


def _weeks(first: date, last: date) -> tuple[date, ...]:
    """Every Monday."""
    monday = _next(first, _MONDAY)
    return tuple(monday + _WEEK * number for number in range((last - monday).days // _WEEK.days + 1))


def _after(grain: Grain, weekday: int, reckoning: Reckoning) -> _Days:
    """For each period that ends while the KPIs are promised, a weekday of the second week after it."""

    def days(first: date, last: date) -> tuple[date, ...]:
        ends = (period.end for period in periods_between(first, last, grain, reckoning))
        return tuple(_next(end + _SETTLED, weekday) for end in ends if end <= last)

    return days


def _next(day: date, weekday: int) -> date:
    """The first such weekday on or after a day."""
    return day + timedelta(days=(weekday - day.weekday()) % _WEEK.days)
