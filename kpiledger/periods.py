"""Calendar arithmetic: periods as they are written (2016-08, 2016-Q3, 2016-W33) and their days.

Fiscal calendars are not spoken of here; a week is an ISO week.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from kpiledger.vocabulary import Grain

_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
_WRITTEN = (
    (Grain.DAY, re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")),
    (Grain.WEEK, re.compile(r"([0-9]{4})-W([0-9]{2})\Z")),
    (Grain.MONTH, re.compile(r"([0-9]{4})-([0-9]{2})\Z")),
    (Grain.QUARTER, re.compile(r"([0-9]{4})-Q([1-4])\Z")),
    (Grain.YEAR, re.compile(r"([0-9]{4})\Z")),
)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One day, week, month, quarter or year, known by its first day."""

    start: date
    grain: Grain

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a period as it is written; ValueError says what was expected."""
        for grain, pattern in _WRITTEN:
            found = pattern.match(text)
            if found:
                with suppress(ValueError, OverflowError):  # a month 13, a week 54, a period that ends after year 9999
                    period = cls(_first_day(grain, [int(part) for part in found.groups()]), grain)
                    period.following()
                    return period
        raise ValueError(f"{text!r} is no period; write 2016-08-14, 2016-W33, 2016-08, 2016-Q3 or 2016")

    @classmethod
    def holding(cls, day: date, grain: Grain) -> Period:
        """The period of a grain that a day falls into."""
        if grain is Grain.DAY:
            return cls(day, grain)
        if grain is Grain.WEEK:
            return cls(day - timedelta(days=day.weekday()), grain)
        length = _MONTHS[grain]
        return cls(date(day.year, (day.month - 1) // length * length + 1, 1), grain)

    @property
    def end(self) -> date:
        """The last day of the period."""
        return self.following().start - timedelta(days=1)

    def following(self) -> Period:
        """The period right after this one."""
        if self.grain is Grain.DAY:
            return Period(self.start + timedelta(days=1), self.grain)
        if self.grain is Grain.WEEK:
            return Period(self.start + timedelta(days=7), self.grain)
        return Period(add_months(self.start, _MONTHS[self.grain]), self.grain)

    def __str__(self) -> str:
        if self.grain is Grain.DAY:
            return self.start.isoformat()
        if self.grain is Grain.WEEK:
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        if self.grain is Grain.MONTH:
            return f"{self.start:%Y-%m}"
        if self.grain is Grain.QUARTER:
            return f"{self.start.year}-Q{(self.start.month - 1) // 3 + 1}"
        return str(self.start.year)


def periods_between(first: date, last: date, grain: Grain) -> Iterator[Period]:
    """Every period of a grain that begins in [first, last], in order."""
    period = Period.holding(first, grain)
    if period.start < first:
        period = period.following()
    while period.start <= last:
        yield period
        period = period.following()


def _first_day(grain: Grain, numbers: list[int]) -> date:
    if grain is Grain.WEEK:
        return date.fromisocalendar(numbers[0], numbers[1], 1)
    if grain is Grain.QUARTER:
        return date(numbers[0], numbers[1] * 3 - 2, 1)
    return date(*[*numbers, 1, 1][:3])
