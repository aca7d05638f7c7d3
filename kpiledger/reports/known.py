"""What names and figures do the reports of agreements share: hints for unknown names, times, decimals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from kpiledger.errors import WrongUse
from kpiledger.ledger.canonical import decimal_text, instant_text
from kpiledger.nearest import suggestion
from kpiledger.periods import Period


def require_known(found: str, known: Iterable[str], kind: str) -> None:
    """WrongUse with the nearest name, unless a name is known."""
    names = set(known)
    if found not in names:
        raise WrongUse(f"`{found}` is none of the {kind}", suggestion(found, names, kind))


def as_json(value: Any) -> Any:
    """An answer as JSON: decimals and dates as texts, times in UTC."""
    if is_dataclass(value) and not isinstance(value, (type, Period)):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, (date, Period)):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [as_json(item) for item in value]
    return value


def in_one_line(text: str) -> str:
    """A recorded text between other lines: it must not look like lines of the answer, as `approved by`."""
    return " ".join(text.split())


def moment(value: datetime) -> str:
    """A time for people: to the second, in UTC."""
    return f"{value:%Y-%m-%d %H:%M:%S} UTC"


def figure(value: Decimal | None) -> str:
    """A number for people, with thousands set apart."""
    return "none" if value is None else f"{Decimal(decimal_text(value)):,f}"
