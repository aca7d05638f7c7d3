"""The calendar: when the numbers begin, which day they are as of, in which zone, and when weeks and years begin."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from kpiledger.specs.base import SpecFile, ZoneField


class Month(StrEnum):
    """A month that a fiscal year may begin with."""

    JANUARY = "january"
    FEBRUARY = "february"
    MARCH = "march"
    APRIL = "april"
    MAY = "may"
    JUNE = "june"
    JULY = "july"
    AUGUST = "august"
    SEPTEMBER = "september"
    OCTOBER = "october"
    NOVEMBER = "november"
    DECEMBER = "december"

    @property
    def number(self) -> int:
        """1 for January to 12 for December."""
        return list(Month).index(self) + 1


class Calendar(SpecFile):
    """When the numbers begin, which day they are as of, in which zone, and when weeks and years begin.

    `as_of` missing means the last day that the extracts cover. Quarters and years are fiscal ones where the fiscal
    year does not begin in January; such a year is named by the calendar year it ends in, or begins in.
    """

    starts_on: date
    as_of: date | None = None
    zone: ZoneField
    week_starts: Literal["monday", "sunday", "saturday"] = "monday"
    fiscal_year_starts: Month = Month.JANUARY
    fiscal_year_named_by: Literal["end", "start"] = "end"
    language: str = "en"

    @property
    def is_fiscal(self) -> bool:
        """Whether its years begin in another month than January."""
        return self.fiscal_year_starts is not Month.JANUARY
