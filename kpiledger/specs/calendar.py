"""The calendar: when the numbers begin, which day they are as of, in which zone, and when weeks and years begin."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from kpiledger.periods import Reckoning
from kpiledger.specs.base import Language, SpecFile, ZoneField


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
    """The day the numbers begin. Nothing is computed over days before it, so a year to date of a year that began
    earlier is missing. Take the first day that every extract covers.
    """
    as_of: date | None = None
    """The day all numbers are as of; rows after it are not counted. Without it, the last day that every fact has
    rows up to. `kpi run --as-of` sets another day for one run.
    """
    zone: ZoneField
    """The IANA time zone whose midnight parts one day from the next. A timestamp late in the evening falls on
    another day in another zone, and at the end of a month into another month.
    """
    week_starts: Literal["monday", "sunday", "saturday"] = "monday"
    """The day that weeks begin with: `monday` for ISO weeks, `sunday` or `saturday` where reports of the company
    are made so.
    """
    fiscal_year_starts: Month = Month.JANUARY
    """The month that a year begins with. Quarters, years, `year_to_date` and `quarter_to_date` follow it. A change
    moves the figures of every year and quarter.
    """
    fiscal_year_named_by: Literal["end", "start"] = "end"
    """The calendar year that names a fiscal year which lies in two: `end` calls July 2016 to June 2017 the year
    2017, `start` calls it 2016. No effect where years begin in January.
    """
    language: Language = "en"
    """The language of the pages, a key of the labels. Where a label lacks it, the English one is shown, else the
    first one written.
    """

    @property
    def is_fiscal(self) -> bool:
        """Whether its years begin in another month than January."""
        return self.fiscal_year_starts is not Month.JANUARY

    @property
    def reckoning(self) -> Reckoning:
        """How its periods are reckoned and written."""
        first_weekday = {"monday": 0, "saturday": 5, "sunday": 6}[self.week_starts]
        return Reckoning(self.fiscal_year_starts.number, first_weekday, self.fiscal_year_named_by == "end")
