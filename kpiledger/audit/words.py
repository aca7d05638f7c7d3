"""What do the words of a question say: days, moments and whole numbers, read once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from kpiledger.errors import WrongUse
from kpiledger.typed import typed_moment

_DAY = timedelta(days=1)
# A century: with more the days of a calendar run out. Of anything else there is less than a thousand million.
_MOST_DAYS = 36_525
_MOST = 1_000_000_000


def moment_of(words: Mapping[str, str], name: str) -> datetime | None:
    """The moment that a word names, in UTC where it names no zone; None where the word is not given."""
    return typed_moment(words.get(name))


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
    """The whole number that a word names, from 0 to what can be meant; `otherwise` where the word is not given."""
    text = words.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit()):
        raise WrongUse(f"--{name} {text!r} is no whole number", f"write it in digits, as {otherwise}")
    most = _MOST_DAYS if name == "days" else _MOST
    digits = text.lstrip("0") or "0"
    if len(digits) > len(str(most)) or int(digits) > most:
        raise WrongUse(f"--{name} {digits[:25]} is too large", f"it is at most {most:,}")
    return int(digits)


def recorded_between(words: Mapping[str, str]) -> tuple[datetime, datetime]:
    """From when to before when entries were recorded, by the days `from` and `to`, both included; UTC without zone."""
    first, last = day_of(words, "from") or date.min, day_of(words, "to")
    if last is not None and last < first:
        raise WrongUse(f"--to {last} lies before --from {first}", "both days are included; write the earlier one first")
    end = datetime.combine(last + _DAY, time.min) if last is not None and last < date.max else datetime.max
    return datetime.combine(first, time.min), end
