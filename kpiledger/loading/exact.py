"""Values that pydantic would silently turn into others: true to 1, 20170101 to a moment, "1_000" to 1000."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from kpiledger.loading.keys import keys_of, models_in, options, step_into
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
_FIGURES = frozenset((Decimal, float))
_EXACT = frozenset((date, int, timedelta)) | _FIGURES


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is asked of a value: exact kinds of the value itself, and shapes of what stands below it."""

    kinds: frozenset[Any]
    by_key: Mapping[str | int, _Shape]
    entries: _Shape | None

    def below(self, step: str | int) -> _Shape | None:
        """What is asked of the value below a key or index."""
        return self.by_key.get(step) or self.entries


def inexact(annotation: Any, value: Any) -> Iterator[tuple[Path, Wanted]]:
    """The places in a value that are not of the kind an annotation asks for, and what it asks for."""
    waiting: list[tuple[Path, Any, _Shape | None]] = [((), value, _shape(annotation))]
    while waiting:
        path, found, shape = waiting.pop()
        if shape is None or found is None:
            continue
        if isinstance(found, (dict, list)):
            steps = found.items() if isinstance(found, dict) else enumerate(found)
            waiting += [((*path, step), inner, shape.below(step)) for step, inner in steps]
        elif wanted := _wanted(shape.kinds, found):
            yield path, wanted


@cache
def _shape(*annotations: Any) -> _Shape | None:
    """The shape of a value that may be of any of some annotations; None where nothing exact is asked for in it."""
    parts = [part for annotation in annotations for part in options(annotation)]
    inner = [one for part in parts for one in step_into(part, 0)]
    keys = keys_of([model for part in parts for model in models_in(part)])
    below = {key: _shape(*(one for part in parts for one in step_into(part, key))) for key in keys}
    by_key: dict[str | int, _Shape] = {key: shape for key, shape in below.items() if shape}
    entries, kinds = _shape(*inner) if inner else None, _EXACT.intersection(parts)
    return _Shape(kinds, by_key, entries) if kinds or by_key or entries else None


def _wanted(kinds: frozenset[Any], value: Any) -> Wanted | None:
    if date in kinds and not (isinstance(value, date) or (isinstance(value, str) and _DAY.match(value))):
        return DAY
    if int in kinds and (isinstance(value, bool) or not isinstance(value, int)):
        return WHOLE
    if timedelta in kinds and kinds.isdisjoint(_FIGURES) and not isinstance(value, str):
        return DURATION
    if timedelta in kinds and isinstance(value, str) and " " in value:
        return None  # a distance in time; a figure has no blank
    if not kinds.isdisjoint(_FIGURES) and not _is_figure(value):
        return FIGURE
    return None


def _is_figure(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        return False
    return _FIGURE.match(f"{value:f}" if isinstance(value, Decimal) else str(value)) is not None
