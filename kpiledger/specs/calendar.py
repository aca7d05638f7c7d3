"""The calendar: when the numbers begin, which day they are as of, and in which time zone."""

from __future__ import annotations

from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import field_validator

from kpiledger.specs.base import SpecFile


class Calendar(SpecFile):
    """When the numbers begin, which day they are as of, and in which time zone and language.

    `as_of` missing means the last day that the extracts cover.
    """

    starts_on: date
    as_of: date | None = None
    zone: str
    week_starts: Literal["monday"] = "monday"
    fiscal_year_starts: Literal["january"] = "january"
    language: str = "en"

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as problem:
            raise ValueError(f"{value!r} is no IANA time zone; write it as Europe/Copenhagen") from problem
        return value
