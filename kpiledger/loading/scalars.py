"""What one scalar of a YAML file means, and which ones are refused because they could mean two things."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

Scalar = str | int | Decimal | bool | date | None

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
# A text that begins with a letter can be no figure and no date, and only these words among them mean two things.
_WORDS = frozenset(("no", "yes", "on", "off", "y", "n", "true", "false", "null"))
_DIGITS_MAX = 38  # what DECIMAL of the warehouse holds

_CONSTANTS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}

# Pattern, why it is refused, what to write. YAML tools disagree on each of these, or a reader would.
_AMBIGUOUS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(rf"(?:{pattern})\Z"), why, hint)
    for pattern, why, hint in (
        (
            r"(?i:no|yes|on|off|y|n)",
            "is a word that YAML may read as true or false",
            'write "{0}" in quotes; a switch is written true or false',
        ),
        (
            r"(?i:true|false|null)",
            "is not written in lower case",
            'write {lower}, or "{0}" in quotes for the text',
        ),
        (
            r"[+-]?0[0-9][0-9_.]*",
            "begins with a zero and may be read as an octal figure",
            'write "{0}" in quotes for a code, or the figure without the leading zero',
        ),
        (
            r"[+-]?0[xXoObB][0-9a-fA-F_]+",
            "is a figure that is not written in decimal",
            'write the figure in decimal, or "{0}" in quotes for the text',
        ),
        (
            r"[+-]?[0-9][0-9]*_[0-9_.]*",
            "is a figure with underscores",
            "write {plain} without underscores",
        ),
        (
            r"[+-]?[0-9]+(?::[0-9]{1,2})+(?:\.[0-9]*)?",
            "may be read as a time of day or as a figure to the base of 60",
            'write "{0}" in quotes',
        ),
        (
            r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+",
            "may be a figure with decimals or one with thousands",
            'write "{0}" in quotes if the point is a decimal point, or {undotted} for the thousands',
        ),
        (
            r"[+-]?[0-9]+(?:[.,][0-9]+)*,[0-9]+(?:[.,][0-9]+)*",
            "is a figure with a comma",
            "write the figure without separators and with a decimal point, as 1300.50",
        ),
        (
            r"[+-]?\.(?i:inf|nan)",
            "is no figure",
            "write a figure, or leave the key out",
        ),
        (
            r"[+-]?[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]+",
            "is a figure with an exponent",
            'write all its digits, or "{0}" in quotes for the text',
        ),
        (
            r"[+-]?\.[0-9]+|[+-]?[0-9]+\.|\+[0-9]+(?:\.[0-9]+)?",
            "is a figure that YAML tools read differently",
            "write it with a digit on both sides of the point and without a plus, as 0.5",
        ),
        (
            r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}",
            "is no date in full",
            "write year, month and day with all digits, as 2017-01-05",
        ),
        (
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+(?: ?[Zz]|[+-][0-9:]+)?",
            "is a moment, and specs hold dates",
            'write the date alone, as 2017-01-05, or "{0}" in quotes for the text',
        ),
    )
)


class Refused(ValueError):
    """A scalar that is not accepted; `hint` says what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def plain_scalar(text: str) -> Scalar:
    """The value of a scalar without quotes: whole figure, Decimal, date, bool, None or text; may raise Refused."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0].isalpha() and text.casefold() not in _WORDS:
        return text
    if _DATE.match(text):
        return _date(text)
    for pattern, why, hint in _AMBIGUOUS:
        if pattern.match(text):
            raise Refused(f"`{text}` {why}", _filled(hint, text))
    is_whole = _INTEGER.match(text) is not None
    if not is_whole and not _DECIMAL.match(text):
        return text
    if sum(character.isdigit() for character in text) > _DIGITS_MAX:
        raise Refused(f"`{text[:20]}...` has more than {_DIGITS_MAX} digits", "write a shorter figure")
    return int(text) if is_whole else Decimal(text)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        message = f"`{text}` is no day of the calendar"
        raise Refused(message, f"write a day that exists, as 2017-01-31 ({problem})") from problem


def _filled(hint: str, text: str) -> str:
    return hint.format(text, lower=text.lower(), plain=text.replace("_", ""), undotted=text.replace(".", ""))
