"""How days, moments and periods are written for a reader, in English whatever the machine's language."""

from __future__ import annotations

from datetime import date, datetime

from kpiledger.periods import COMMON, Period, Reckoning
from kpiledger.vocabulary import Grain

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_ADVERBS = {
    Grain.DAY: "daily",
    Grain.WEEK: "weekly",
    Grain.MONTH: "monthly",
    Grain.QUARTER: "quarterly",
    Grain.YEAR: "yearly",
}


def day_text(day: date) -> str:
    """A day, as 18 Jun 2025."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def moment_text(moment: datetime) -> str:
    """A moment in UTC, as 2 Oct 2025 06:14 UTC."""
    return f"{day_text(moment.date())} {moment:%H:%M} UTC"


def period_text(start: date, grain: Grain, reckoning: Reckoning = COMMON) -> str:
    """A period in full, as September 2025."""
    if grain is Grain.MONTH:
        return f"{_MONTHS[start.month - 1]} {start.year}"
    return short_period_text(start, grain, reckoning)


def short_period_text(start: date, grain: Grain, reckoning: Reckoning = COMMON) -> str:
    """A period in short, as Sep 2025, Q3 2025, Q1 FY2026, W33 2025."""
    if grain is Grain.DAY:
        return day_text(start)
    if grain is Grain.MONTH:
        return f"{_MONTHS[start.month - 1][:3]} {start.year}"
    year, _, number = machine_period(start, grain, reckoning).partition("-")
    return f"{number.replace('W0', 'W')} {year}" if number else year


def cadence_text(grain: Grain) -> str:
    """How often something is looked at, as monthly."""
    return _ADVERBS[grain]


def machine_period(start: date, grain: Grain, reckoning: Reckoning = COMMON) -> str:
    """A period as commands and files write it, as 2025-09."""
    return str(Period(start, grain, reckoning))
