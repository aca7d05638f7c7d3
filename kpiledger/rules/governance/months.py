"""How long is it, counted in months?"""

from __future__ import annotations

from datetime import date


def months_touched(first: date, last: date) -> int:
    """The calendar months that the days from the first to the last lie in."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def months_passed(since: date, day: date) -> int:
    """The whole months between two days; below 0 where the second comes first."""
    return months_touched(since, day) - (1 if day.day >= since.day else 2)
