"""Periods, spans and their days by plain date arithmetic, written apart from the engine's."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.oracle.company import Company

Days = tuple[date, date]
MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MONTH_NAMES = "january february march april may june july august september october november december".split()
_WEEKDAYS = {"monday": 0, "saturday": 5, "sunday": 6}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Back:
    """A length of time to go back: months first, then days."""

    months: int = 0
    days: int = 0

    def from_day(self, day: date) -> date:
        """The day that lies so long before another; in a shorter month its last day."""
        return earlier_by_months(day, self.months) - self.days * DAY

    def and_then(self, other: Back) -> Back:
        """Both lengths together."""
        return Back(self.months + other.months, self.days + other.days)

    @classmethod
    def read(cls, text: str | None) -> Back:
        """`3 months`, `1 year`, `2 weeks`, `7 days`; no text is no length."""
        if not text:
            return cls()
        number, unit = text.split()
        unit = unit.removesuffix("s")
        if unit in MONTHS:
            return cls(months=int(number) * MONTHS[unit])
        return cls(days=int(number) * {"day": 1, "week": 7}[unit])


NOW = Back()


def earlier_by_months(day: date, months: int) -> date:
    """The same day some months earlier, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_day(company: Company, grain: str, day: date) -> date:
    """The first day of the period that a day lies in."""
    if grain == "day":
        return day
    if grain == "week":
        return day - (day.weekday() - _WEEKDAYS[company.week_starts]) % 7 * DAY
    length = MONTHS[grain]
    since = (day.year * 12 + day.month - 1) - _MONTH_NAMES.index(company.fiscal_year_starts)
    return earlier_by_months(day.replace(day=1), since % length)


def next_first_day(grain: str, start: date) -> date:
    """The first day of the period after the one that begins on a day."""
    if grain in MONTHS:
        return earlier_by_months(start, -MONTHS[grain])
    return start + (7 if grain == "week" else 1) * DAY


def periods(company: Company, grain: str) -> Iterator[date]:
    """The first days of all periods that hold a day from the calendar's first to the as-of date."""
    start = first_day(company, grain, company.starts_on)
    while start <= company.as_of:
        yield start
        start = next_first_day(grain, start)


def is_complete(company: Company, grain: str, start: date) -> bool:
    """Whether the as-of date is the period's last day, or after it."""
    return next_first_day(grain, start) - DAY <= company.as_of


def days_of(company: Company, grain: str, start: date, span: str, back: Back = NOW) -> Days | None:
    """The days that a span of a period covers, so long earlier; none where they begin before the calendar."""
    period = _earlier_period(company, grain, start, back)
    if period is None:
        return None
    first, following = period
    last = following - DAY
    if not is_complete(company, grain, start):
        last = back.from_day(company.as_of)
        if grain == "week" and back.months:
            last = first + (company.as_of - start)
    first = _first_of_span(company, grain, first, following, last, span)
    return (first, last) if company.starts_on <= first <= last else None


def _earlier_period(company: Company, grain: str, start: date, back: Back) -> Days | None:
    """The first day of the earlier period and of the one after it; none where the length does not lead to one."""
    if not _fits(grain, back):
        return None
    if grain == "week" and back.months:
        first = _same_week(company, start, back.months // 12)
        if first is None or first < first_day(company, grain, company.starts_on):
            return None
        return first - back.days * DAY, first + (7 - back.days) * DAY
    first = back.from_day(start)
    if first < first_day(company, grain, company.starts_on):
        return None
    return first, next_first_day(grain, first)


def _fits(grain: str, back: Back) -> bool:
    if grain == "day":
        return True
    if grain == "week":
        return back.months % 12 == 0 and back.days % 7 == 0
    return back.days == 0 and back.months % MONTHS[grain] == 0


def _same_week(company: Company, start: date, years: int) -> date | None:
    """The week of the same number some years earlier; a week is of the year that its fourth day lies in."""
    year = (start + 3 * DAY).year
    number = (start - first_week(company, date(year, 1, 1))).days // 7
    found = first_week(company, date(year - years, 1, 1)) + 7 * number * DAY
    return found if (found + 3 * DAY).year == year - years else None


def first_week(company: Company, start: date) -> date:
    """The first day of the first week of a year, quarter or month: the first with its fourth day in it."""
    return first_day(company, "week", start + 3 * DAY)


def _first_of_span(company: Company, grain: str, first: date, following: date, last: date, span: str) -> date:
    if span == "period":
        return first
    if span.endswith("_to_date"):
        longer = span.removesuffix("_to_date")
        if grain == "week" and longer != "week":
            return first_week(company, first_day(company, longer, first + 3 * DAY))
        return first_day(company, longer, last)
    length, *unit = span.removeprefix("rolling_").split("_")
    if unit:
        return following - int(length) * (7 if unit == ["weeks"] else 1) * DAY
    return earlier_by_months(following, int(length))
