"""When does a holder meet on what? A quarter of an hour a week, an hour a month, and a conversation each quarter.

The cadence of the KPIs decides: those reviewed by day or week come up each week where they are leading, those reviewed
by month or more often each month, and all of them each quarter. A holder without such KPIs has no such meeting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kpiledger.invitations.agreed import Held
from kpiledger.periods import Reckoning, periods_between
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Grain

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
    """A meeting of a holder on some KPIs: on which days, and how long in minutes."""

    kind: MeetingKind
    held: Held
    kpis: tuple[Kpi, ...]
    days: tuple[date, ...]
    minutes: int


def meetings(held: Held, reckoning: Reckoning) -> Iterator[Meeting]:
    """The meetings of an agreement while it is in force; the last conversation comes after its end."""
    often = [kpi for kpi in held.kpis if kpi.timing == "leading" and kpi.cadence in _OFTEN]
    monthly = [kpi for kpi in held.kpis if kpi.cadence in (*_OFTEN, Grain.MONTH)]
    yield from _meeting(MeetingKind.WEEKLY, held, often, _weeks(held), 15)
    yield from _meeting(MeetingKind.MONTHLY, held, monthly, _after(held, Grain.MONTH, _TUESDAY, reckoning), 60)
    quarters = _after(held, Grain.QUARTER, _THURSDAY, reckoning)
    yield from _meeting(MeetingKind.QUARTERLY, held, held.kpis, quarters, 90)


def _meeting(
    kind: MeetingKind, held: Held, kpis: Sequence[Kpi], days: Sequence[date], minutes: int
) -> Iterator[Meeting]:
    if kpis and days:
        yield Meeting(kind, held, tuple(kpis), tuple(days), minutes)


def _weeks(held: Held) -> tuple[date, ...]:
    """Every Monday."""
    first = _next(held.first, _MONDAY)
    return tuple(first + _WEEK * number for number in range((held.last - first).days // _WEEK.days + 1))


def _after(held: Held, grain: Grain, weekday: int, reckoning: Reckoning) -> tuple[date, ...]:
    """For each period that ends while the agreement holds, a weekday of the second week after it."""
    ends = (period.end for period in periods_between(held.first, held.last, grain, reckoning))
    return tuple(_next(end + _SETTLED, weekday) for end in ends if end <= held.last)


def _next(day: date, weekday: int) -> date:
    """The first such weekday on or after a day."""
    return day + timedelta(days=(weekday - day.weekday()) % _WEEK.days)
