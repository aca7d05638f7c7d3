"""Lengths of calendar time (`12 months`, `7 days`), and the stretches of days that a value of a period covers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kpiledger.vocabulary import Grain

_LENGTH = re.compile(r"([1-9][0-9]{0,3}) (day|week|month|quarter|year)s?\Z")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
_ROLLING = re.compile(r"rolling_([1-9][0-9]{0,3})(?:_(days|weeks))?\Z")
_TO_DATE = {f"{grain}_to_date": grain for grain in (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)}
# Ten years back or ahead: longer is a slip of the pen.
_MOST_MONTHS, _MOST_DAYS = 120, 3660

PERIOD = "period"
YEAR_TO_DATE = "year_to_date"


@dataclass(frozen=True, slots=True, order=True)
class Length:
    """A length of calendar time: whole months, or whole days; both only where lengths were added."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Length:
        """Read `12 months`, `1 year`, `2 quarters`, `4 weeks`, `7 days`; ValueError says what was expected."""
        found = _LENGTH.match(text)
        if found:
            number, unit = int(found.group(1)), found.group(2)
            length = cls(number * _MONTHS.get(unit, 0), number * _DAYS.get(unit, 0))
            if length.months <= _MOST_MONTHS and length.days <= _MOST_DAYS:
                return length
        raise ValueError(f"{text!r} is no length of time; write 7 days, 4 weeks, 12 months, 2 quarters or 1 year")

    def fits(self, grain: Grain) -> bool:
        """Whether a period of the grain, moved by this length, is one again: a year is also 52 or 53 whole weeks."""
        if grain is Grain.DAY:
            return True
        if grain is Grain.WEEK:
            return self.months % 12 == 0 and self.days % 7 == 0
        return self.days == 0 and self.months % _MONTHS[grain] == 0

    def __add__(self, other: Length) -> Length:
        return Length(self.months + other.months, self.days + other.days)

    def __bool__(self) -> bool:
        return bool(self.months or self.days)

    def __str__(self) -> str:
        parts = [(self.months, "month"), (self.days, "day")]
        return " and ".join(f"{number} {unit}{'s' if number != 1 else ''}" for number, unit in parts if number)


NO_LENGTH = Length()
ONE_YEAR = Length(months=12)


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """The days that a value of a period covers: a span, and how long before the period it is taken.

    `span` is one of period, <grain>_to_date, rolling_<months>, rolling_<n>_days, rolling_<n>_weeks.
    """

    span: str
    earlier: Length = NO_LENGTH

    def __post_init__(self) -> None:
        if not is_span(self.span):
            raise ValueError(no_span(self.span))

    @property
    def name(self) -> str:
        """Its name in `dim_span` and `fct_kpi_value`: rolling_12, year_to_date_last_year, period__3_months_earlier."""
        if not self.earlier:
            return self.span
        if self.earlier == ONE_YEAR:
            return f"{self.span}_last_year"
        return f"{self.span}__{str(self.earlier).replace(' ', '_')}_earlier"

    @property
    def to_date(self) -> Grain | None:
        """The grain from whose first day it runs, for a span to date."""
        return _TO_DATE.get(self.span)

    @property
    def rolling(self) -> Length | None:
        """The length of a rolling span, which ends with the period."""
        return _rolled(self.span)

    def before(self, length: Length) -> Stretch:
        """The same stretch, taken a length of time earlier."""
        return Stretch(self.span, self.earlier + length)


def is_span(text: str) -> bool:
    """Whether a text names a span."""
    return text == PERIOD or text in _TO_DATE or _rolled(text) is not None


def _rolled(span: str) -> Length | None:
    """The length of a rolling span of at most ten years, None for any other text."""
    found = _ROLLING.match(span)
    if found is None:
        return None
    number, unit = int(found.group(1)), found.group(2)
    length = Length(days=number * _DAYS[unit.removesuffix("s")]) if unit else Length(number)
    return length if length.months <= _MOST_MONTHS and length.days <= _MOST_DAYS else None


def no_span(text: str) -> str:
    """The sentence for a text that names none."""
    return (
        f"{text!r} is no span; write period, year_to_date, quarter_to_date, month_to_date, week_to_date, "
        "rolling_<months> as rolling_12, rolling_<n>_days or rolling_<n>_weeks"
    )


def rolling_span(length: Length) -> str:
    """The span that rolls over a length: months, or days."""
    return f"rolling_{length.months}" if length.months else f"rolling_{length.days}_days"


def to_date_span(grain: Grain) -> str:
    """The span from the first day of a grain's period."""
    return f"{grain}_to_date"
