"""Who asks the sources, when and as of which day; and how what they answer is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, and as of which day: the same for every check of a run."""

    run_id: str
    as_of: date
    checked_at: datetime


def written_key(parts: Sequence[Any]) -> str:
    """A record's key as one text; the parts of a longer key stand in order, with a stroke between."""
    return " / ".join("(empty)" if part is None else str(part) for part in parts)


def month_of(value: Any) -> date | None:
    """The first day of the month of a date or time, however a source hands it over; None if it is neither."""
    try:
        return date.fromisoformat(str(value)[:10]).replace(day=1)
    except ValueError:
        return None


def first_line(problem: Exception) -> str:
    """What an error says, without the statement and the advice that follow it."""
    return str(getattr(problem, "orig", None) or problem).strip().splitlines()[0]
