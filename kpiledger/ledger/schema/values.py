"""What are entries made of: texts, days, moments, figures and digests in one form, and maps with exactly their keys?"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from kpiledger.ledger.canonical import instant, instant_text
from kpiledger.periods import PeriodName

# The same few days and periods stand in thousands of entries, and verifying reads them all.
_seen = lru_cache(maxsize=10_000)


@_seen
def _date(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(f"{text!r} is no date as 2017-01-31")
    return text


@_seen
def _period(text: str) -> str:
    if str(PeriodName.parse(text)) != text:
        raise ValueError(f"{text!r} is no period as 2017-01")
    return text


def _moment(text: str) -> str:
    if instant_text(instant(text)) != text:
        raise ValueError(f"{text!r} is no moment as 2017-01-31T09:15:00.000000Z")
    return text


def _without_numbers(value: dict[str, Any]) -> dict[str, Any]:
    rest: list[Any] = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, (dict, list)):
            rest += one.values() if isinstance(one, dict) else one
        elif isinstance(one, (int, float)) and not isinstance(one, bool):
            raise ValueError(f"{one!r} is a bare number; numbers in the ledger are decimal texts")
    return value


Text = Annotated[str, Field(min_length=1)]
DateText = Annotated[str, AfterValidator(_date)]
MomentText = Annotated[str, AfterValidator(_moment)]
PeriodText = Annotated[str, AfterValidator(_period)]
PlainMap = Annotated[dict[str, Any], AfterValidator(_without_numbers)]
Number = Annotated[str, Field(pattern=r"^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


# Makes of a TypedDict a map with exactly these keys, in which texts are not turned into anything else. Checking one
# takes half as long as making an object of it would.
closed = with_config(ConfigDict(extra="forbid", strict=True, defer_build=True))


@closed
class Commitment(TypedDict):
    """What stands in place of a person's id, or of a text about a person."""

    commitment: Digest


Private = Text | Commitment
