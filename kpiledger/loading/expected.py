"""pydantic's errors in our words: what was found, what was expected, and what to write instead."""

from __future__ import annotations

import difflib
import re
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic_core import ErrorDetails

_CHOICE = re.compile(r"'([^']*)'")
_SHOWN = 60  # characters of a found text

_MAPPING = ("`key: value` lines", "write its keys below it, indented by two spaces")
_LIST = ("a list", "write [a, b], or one `- ` line for each entry")
_TEXT = ("a text", "write a text; put it in quotes if it looks like a figure or a date")
_WHOLE = ("a whole figure", "write digits only, without quotes, as 12")
_FIGURE = ("a figure", 'write digits and a decimal point, as "21000.00"')
_DAY = ("a date", "write a day without quotes, as 2017-01-31")

_KINDS: dict[str, tuple[str, str]] = {
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dict_type": _MAPPING,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "string_type": _TEXT,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _FIGURE,
    "float_parsing": _FIGURE,
    "decimal_type": _FIGURE,
    "decimal_parsing": _FIGURE,
    "finite_number": _FIGURE,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "time_delta_type": ("a duration", "write 2 days, 1 hour, 30 minutes or 1 second"),
    "time_delta_parsing": ("a duration", "write 2 days, 1 hour, 30 minutes or 1 second"),
    "string_too_short": ("a text that is not empty", "write what it says; an empty text says nothing"),
    "too_short": ("at least one entry", "add an entry, or delete the key if it may be missing"),
}
_BOUNDS = {"greater_than": ("gt", "more than"), "greater_than_equal": ("ge", "at least")}
_BOUNDS |= {"less_than": ("lt", "less than"), "less_than_equal": ("le", "at most")}
# What the patterns of the specs ask for, in words and by example.
_PATTERNS: dict[str, tuple[str, str]] = {
    r"^[A-Z]{3}$": ("an ISO code of three capitals", "write the code of the currency, as DKK or USD"),
    r"^[A-Z][A-Z0-9_]*$": (
        "the name of an environment variable",
        "write capitals, digits and underscores, as CRM_URL",
    ),
    r"^[A-Z]{2,8}-[0-9]{2,4}$": ("capitals, a dash and a number", "write an id as DM-01"),
}


def quoted(value: Any) -> str:
    """A found value as a reader would call it."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + (value if len(value) <= _SHOWN else value[:_SHOWN] + "...") + "'"
    kind = {int: "the figure ", Decimal: "the figure ", date: "the date "}.get(type(value), "")
    return f"{kind}{value}"


def expected(group: list[ErrorDetails], value: Any) -> tuple[str, str]:
    """What the errors at one place expected together, and a hint."""
    choices = [choice for error in group for choice in _choices(error)]
    others = [_other(error) for error in group if not _choices(error)]
    wanted = list(dict.fromkeys(wanted for wanted, _ in others))
    if choices:
        written = ", ".join(choices)
        wanted.insert(0, f"one of {written}" if len(choices) > 1 else written)
        near = difflib.get_close_matches(str(value).lower(), choices, n=1)
        return " or ".join(wanted), f"did you mean `{near[0]}`?" if near else f"write {' or '.join(wanted)}"
    return " or ".join(wanted), others[0][1]


def fitting_hint(error: ErrorDetails, fallback: str) -> tuple[str, str]:
    """Message and hint of a spec's own sentence: what follows its first `; ` or `: ` is the hint."""
    sentence = str(error.get("ctx", {}).get("error", error["msg"]))
    for mark in ("; ", ": "):
        message, found, hint = sentence.partition(mark)
        if found:
            return message, hint
    return sentence, fallback or "change the value to what is expected"


def _choices(error: ErrorDetails) -> list[str]:
    context = error.get("ctx", {})
    if error["type"] in ("enum", "literal_error"):
        return _CHOICE.findall(str(context["expected"]))
    if error["type"] == "union_tag_invalid":
        return _CHOICE.findall(str(context["expected_tags"]))
    return []


def _other(error: ErrorDetails) -> tuple[str, str]:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"{words} {context[key]}", f"write a figure of {words} {context[key]}"
    if kind == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        return _PATTERNS.get(pattern, (f"a text that matches `{pattern}`", "write it in this form"))
    return _KINDS[kind] if kind in _KINDS else (error["msg"], "change the value to what is expected")
