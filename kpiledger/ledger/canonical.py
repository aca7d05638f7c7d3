"""Which bytes say a value: RFC 8785 JSON of texts, lists and maps, one form for each meaning.

Numbers are decimal texts without needless zeros, dates are ISO, texts are NFC. So two files that mean
the same give the same bytes, and no reader has to guess how a number was rounded.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

import rfc8785

from kpiledger.periods import Period, PeriodName
from kpiledger.specs.base import Spec


def canonical_bytes(value: Any) -> bytes:
    """The RFC 8785 bytes of a value that is already plain."""
    return rfc8785.dumps(value)


def plain(value: Any) -> Any:
    """A spec, or a part of one, as texts, booleans, nulls, lists and maps."""
    match value:
        case None | bool():
            return value
        case Enum():
            return str(value.value)
        case str():
            return unicodedata.normalize("NFC", value)
        case int() | float() | Decimal():
            return decimal_text(Decimal(str(value)))
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case Period() | PeriodName():
            return str(value)
        case Spec():
            fields = type(value).model_fields
            return {spec.alias or name: plain(getattr(value, name)) for name, spec in fields.items()}
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case tuple() | list():
            return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form in the ledger")


def decimal_text(value: Decimal) -> str:
    """A number as plain digits: no exponent, no needless zeros, no negative zero."""
    if not value.is_finite():
        raise ValueError(f"{value} is no number that a ledger can keep")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def instant_text(value: datetime) -> str:
    """A moment in UTC with microseconds, as 2017-01-31T09:15:00.000000Z."""
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone; times in the ledger are UTC")
    return _text_in_utc(value.astimezone(UTC))


@lru_cache(maxsize=1024)  # all entries of a batch have one moment
def _text_in_utc(value: datetime) -> str:
    return value.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def instant(text: str) -> datetime:
    """The moment that `instant_text` wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)
