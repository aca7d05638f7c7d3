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


@dataclass(slots=True)
class _Shape:
    """Where in a value of some annotations exact kinds are asked for: by key, in entries, and of the value itself."""

    by_key: dict[str, _Shape] = field(default_factory=dict)
    entries: _Shape | None = None
    kinds: frozenset[type] = frozenset()

    def below(self, step: str | int) -> _Shape | None:
        """The shape of what stands below a key or index; None where nothing is asked of it."""
        return self.by_key.get(step, self.entries) if isinstance(step, str) else self.entries


def inexact(annotation: Any, value: Any) -> Iterator[tuple[Path, Wanted]]:
    """The places in a value that are not of the kind an annotation asks for, and what it asks for."""
    waiting: list[tuple[Path, Any, _Shape | None]] = [((), value, _shape((annotation,)))]
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
def _shape(annotations: tuple[Any, ...]) -> _Shape | None:
    """The shape of a value that may be of any of some annotations; None where they ask for no exact kind."""
    parts = list(dict.fromkeys(part for annotation in annotations for part in options(annotation)))
def _is_figure(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        return False
    return _FIGURE.match(f"{value:f}" if isinstance(value, Decimal) else str(value)) is not None
