"""What do the words of a question say: days, moments and whole numbers, read once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from kpiledger.errors import WrongUse
from kpiledger.periods import Period, Reckoning

_DAY = timedelta(days=1)


def moment_of(words: Mapping[str, str], name: str) -> datetime | None:
    """The moment that a word names, in UTC where it names no zone; None where the word is not given."""
    text = words.get(name)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as problem:
        raise WrongUse(f"{text!r} is no moment", "write 2016-08-01 or 2016-08-01T12:00:00 (UTC)") from problem
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def day_of(words: Mapping[str, str], name: str) -> date | None:
    """The day that a word names; None where the word is not given."""
    text = words.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise WrongUse(f"--{name} {text!r} is no day", "write it as 2016-08-01") from problem


def number_of(words: Mapping[str, str], name: str, otherwise: int) -> int:
    """The whole number that a word names, 0 or more; `otherwise` where the word is not given."""
    text = words.get(name, str(otherwise))
    if not (text.isascii() and text.isdigit()):
        raise WrongUse(f"--{name} {text!r} is no whole number", f"write it in digits, as {otherwise}")
    return int(text)


def period_of(text: str, reckoning: Reckoning) -> Period:
    """The period that a text names; WrongUse says how one is written."""
    try:
        return Period.parse(text, reckoning)
    except ValueError as problem:
        fiscal = "quarters and years are fiscal here and begin with FY; "
        raise WrongUse(str(problem), f"{fiscal if reckoning.is_fiscal else ''}a month is written 2016-08") from problem


def recorded_between(words: Mapping[str, str]) -> tuple[datetime, datetime]:
    """From when to before when entries were recorded, by the days `from` and `to`, both included; UTC without zone."""
    first, last = day_of(words, "from") or date.min, day_of(words, "to")
    if last is not None and last < first:
        raise WrongUse(f"--to {last} lies before --from {first}", "both days are included; write the earlier one first")
    end = datetime.combine(last + _DAY, time.min) if last is not None and last < date.max else datetime.max
    return datetime.combine(first, time.min), end
