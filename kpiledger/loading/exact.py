"""Values that pydantic would silently turn into others: true to 1, 20170101 to a moment, "1_000" to 1000."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kpiledger.loading.keys import options, step_into
from kpiledger.specs.base import Path

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_FIGURE = re.compile(r"-?[0-9]{1,28}(?:\.[0-9]{1,10})?\Z")  # what decimal(38, 10) of the warehouse holds

Wanted = tuple[str, str]
DAY: Wanted = ("a date", "write a day without quotes, as 2017-01-31")
WHOLE: Wanted = ("a whole figure", "write digits only and without quotes, as 12")
FIGURE: Wanted = (
    "a figure of at most 28 digits and 10 decimals",
    'write digits and a decimal point, as "21000.00"',
)
DURATION: Wanted = ("a duration", "write 2 days, 1 hour, 30 minutes or 1 second")


def inexact(annotation: Any, value: Any, path: Path = ()) -> Iterator[tuple[Path, Wanted]]:
    """The places in a value that are not of the kind an annotation asks for, and what it asks for."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        for part in step_into(annotation, step):
            yield from inexact(part, inner, (*path, step))
    wanted = None if value is None or isinstance(value, (dict, list)) else _wanted(annotation, value)
    if wanted:
        yield path, wanted


def _wanted(annotation: Any, value: Any) -> Wanted | None:
    kinds = set(options(annotation))
    if date in kinds and not (isinstance(value, date) or (isinstance(value, str) and _DAY.match(value))):
        return DAY
    if int in kinds and (isinstance(value, bool) or not isinstance(value, int)):
        return WHOLE
    if timedelta in kinds and not isinstance(value, str):
        return DURATION
    if (Decimal in kinds or float in kinds) and not _is_figure(value):
        return FIGURE
    return None


def _is_figure(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        return False
    return _FIGURE.match(f"{value:f}" if isinstance(value, Decimal) else str(value)) is not None
