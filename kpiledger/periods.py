"""Calendar arithmetic: periods as they are written (2016-08, 2016-Q3, 2016-W33, FY2016-Q1) and their days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

from kpiledger.vocabulary import Grain

_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
_WRITTEN = (
    (Grain.DAY, re.compile(r"()([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")),
    (Grain.WEEK, re.compile(r"()([0-9]{4})-W([0-9]{2})\Z")),
    (Grain.MONTH, re.compile(r"()([0-9]{4})-([0-9]{2})\Z")),
    (Grain.QUARTER, re.compile(r"(FY)?([0-9]{4})-Q([1-4])\Z")),
    (Grain.YEAR, re.compile(r"(FY)?([0-9]{4})\Z")),
)
# A week is of the year of its fourth day: so week 1 holds 4 January, as ISO has it for weeks from Monday on.
_TO_FOURTH = timedelta(days=3)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a calendar reckons: the month its years begin with, 1 to 12, the day its weeks begin with, Monday 0.

    A year that begins within a calendar year is a fiscal one, named by the calendar year it ends in or begins in.
    """

    first_month: int = 1
    first_weekday: int = 0
    is_named_by_end: bool = True

    @property
    def is_fiscal(self) -> bool:
        """Whether its years begin in another month than January."""
        return self.first_month > 1

    @property
    def forms(self) -> str:
        """The forms of periods, for a reader."""
        fiscal = "FY" if self.is_fiscal else ""
        return f"2016-08-14, 2016-W33, 2016-08, {fiscal}2016-Q3 or {fiscal}2016"

    def year_of(self, day: date) -> int:
        """The number of the year that a day falls into."""
        began = day.year if day.month >= self.first_month else day.year - 1
        return began + self._ahead

    def first_of_year(self, year: int) -> date:
        """The first day of the year of a number."""
        return date(year - self._ahead, self.first_month, 1)

    @property
    def _ahead(self) -> int:
        """By how much the number of a year is ahead of the calendar year it begins in."""
        return 1 if self.is_fiscal and self.is_named_by_end else 0


# Years from January, ISO weeks.
COMMON = Reckoning()


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One day, week, month, quarter or year, known by its first day; `reckoning` says how it is written."""

    start: date
    grain: Grain
    reckoning: Reckoning = field(default=COMMON, compare=False)

    @classmethod
    def parse(cls, text: str, reckoning: Reckoning = COMMON) -> Period:
        """Read a period as it is written; ValueError says what was expected."""
        with suppress(ValueError, OverflowError):  # a month 13, a week 54, a period that ends after year 9999
            grain, is_fiscal, numbers = _parts(text)
            if is_fiscal is reckoning.is_fiscal or grain not in (Grain.QUARTER, Grain.YEAR):
                period = cls(_first_day(grain, numbers, reckoning), grain, reckoning)
                period.following()
                return period
        raise ValueError(f"{text!r} is no period; write {reckoning.forms}")

    @classmethod
    def holding(cls, day: date, grain: Grain, reckoning: Reckoning = COMMON) -> Period:
        """The period of a grain that a day falls into."""
        if grain is Grain.DAY:
            return cls(day, grain, reckoning)
        if grain is Grain.WEEK:
            return cls(day - timedelta(days=(day.weekday() - reckoning.first_weekday) % 7), grain, reckoning)
        months = (day.month - reckoning.first_month) % _MONTHS[grain]
        return cls(add_months(day.replace(day=1), -months), grain, reckoning)

    @property
    def end(self) -> date:
        """The last day of the period."""
        return self.following().start - timedelta(days=1)

    def following(self) -> Period:
        """The period right after this one."""
        if self.grain in (Grain.DAY, Grain.WEEK):
            start = self.start + timedelta(days=1 if self.grain is Grain.DAY else 7)
        else:
            start = add_months(self.start, _MONTHS[self.grain])
        return Period(start, self.grain, self.reckoning)

    def __str__(self) -> str:
        if self.grain is Grain.DAY:
            return self.start.isoformat()
        if self.grain is Grain.WEEK:
            fourth = self.start + _TO_FOURTH
            return f"{fourth.year}-W{(fourth.timetuple().tm_yday + 6) // 7:02d}"
        if self.grain is Grain.MONTH:
            return f"{self.start:%Y-%m}"
        year = f"{'FY' if self.reckoning.is_fiscal else ''}{self.reckoning.year_of(self.start)}"
        quarter = (self.start.month - self.reckoning.first_month) % 12 // 3 + 1
        return f"{year}-Q{quarter}" if self.grain is Grain.QUARTER else year


@dataclass(frozen=True, slots=True, order=True)
class PeriodName:
    """A period as it is written where no calendar is at hand: `in_days` says which days it has."""

    text: str
    grain: Grain = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> PeriodName:
        """Read the name of a period of any calendar; ValueError says what was expected."""
        with suppress(ValueError):
            grain, is_fiscal, numbers = _parts(text)
            if is_fiscal or (grain is Grain.WEEK and 1 <= numbers[1] <= 53):
                return cls(text, grain)
        return cls(text, Period.parse(text).grain)

    def in_days(self, reckoning: Reckoning) -> Period:
        """The period that a calendar knows by this name; ValueError where it knows none."""
        return Period.parse(self.text, reckoning)

    def __str__(self) -> str:
        return self.text


def periods_between(first: date, last: date, grain: Grain, reckoning: Reckoning = COMMON) -> Iterator[Period]:
    """Every period of a grain that begins in [first, last], in order."""
    period = Period.holding(first, grain, reckoning)
    if period.start < first:
        period = period.following()
    while period.start <= last:
        yield period
        period = period.following()


def _parts(text: str) -> tuple[Grain, bool, list[int]]:
    """The grain of a written period, whether a fiscal year is named, and its numbers."""
    for grain, pattern in _WRITTEN:
        found = pattern.match(text)
        if found:
            mark, *numbers = found.groups()
            return grain, bool(mark), [int(number) for number in numbers]
    raise ValueError(text)


def _first_day(grain: Grain, numbers: list[int], reckoning: Reckoning) -> date:
    if grain is Grain.WEEK:
        first_week = Period.holding(date(numbers[0], 1, 4), Grain.WEEK, reckoning).start
        start = first_week + timedelta(days=7 * (numbers[1] - 1))
        if (start + _TO_FOURTH).year != numbers[0]:
            raise ValueError(f"{numbers[0]} has no week {numbers[1]}")
        return start
    if grain in (Grain.QUARTER, Grain.YEAR):
        quarter = numbers[1] if grain is Grain.QUARTER else 1
        return add_months(reckoning.first_of_year(numbers[0]), 3 * (quarter - 1))
    return date(*[*numbers, 1][:3])
