"""The first CTEs of `dim_span`: the bounds of each period, and of the period a length of time earlier.

The earlier period is the one that begins so much earlier; a year before a week is the week of the same number.
Where the period is unfinished the earlier one is covered to the same day of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpiledger.compiling.dialects import Dialect, minus, plus, plus_days_between
from kpiledger.compiling.text import Cte, lines, text_list
from kpiledger.stretches import ONE_YEAR, PERIOD, Length, Stretch
from kpiledger.vocabulary import Grain

_THREE_DAYS = Length(days=3)


def bounds_of(lengths: Iterable[Length], grains: Sequence[Grain], dialect: Dialect) -> list[Cte]:
    """`bounds`, and for each length `bounds<suffix>`: first_day, covered_to and day_after beside each period."""
    parts: list[Cte] = [_bounds()]
    by_number = [length for length in lengths if _by_number(length, grains)]
    if by_number:
        parts.append(_weeks(dialect))
    for length in lengths:
        if length in by_number:
            parts.append(_earlier_weeks(length, dialect))
        parts.append(_earlier(length, grains, dialect))
    return parts


def suffix_of(length: Length) -> str:
    """What the names of all that is taken this much earlier end with."""
    return Stretch(PERIOD, length).name.removeprefix(PERIOD)


def ago(length: Length) -> str:
    """How much earlier, in words."""
    return "a year earlier" if length == ONE_YEAR else f"{length} earlier"


def _by_number(length: Length, grains: Sequence[Grain]) -> bool:
    return bool(length.months) and Grain.WEEK in grains and length.fits(Grain.WEEK)


def _bounds() -> Cte:
    columns = [
        "dim_period.grain",
        "dim_period.period_start",
        "dim_period.period_end",
        "dim_period.is_complete",
        "dim_period.period_start as first_day",
        "least(dim_period.period_end, as_of.as_of_on) as covered_to",
        "dim_period.next_period_start as day_after",
    ]
    body = f"select\n{lines(columns)}\nfrom dim_period\ncross join as_of"
    return "bounds", body, "an unfinished period is covered up to the as-of date"


def _earlier(length: Length, grains: Sequence[Grain], dialect: Dialect) -> Cte:
    """The bounds of the earlier period, beside each period that has one."""
    by_number = _by_number(length, grains)
    moved = [grain for grain in grains if length.fits(grain) and not (by_number and grain is Grain.WEEK)]
    parts = [_moved(length, moved, dialect)] if moved else []
    parts += [f"select * from weeks{suffix_of(length)}"] if by_number else []
    comment = f"the period {ago(length)}, covered to the same day"
    return f"bounds{suffix_of(length)}", "\nunion all\n".join(parts), comment


def _moved(length: Length, grains: Sequence[Grain], dialect: Dialect) -> str:
    columns = [
        "bounds.grain",
        "bounds.period_start",
        "bounds.period_end",
        "bounds.is_complete",
        "earlier.period_start as first_day",
        "case\n    when bounds.is_complete then earlier.period_end\n"
        f"    else {minus('bounds.covered_to', length, dialect)}\nend as covered_to",
        "earlier.day_after",
    ]
    return (
        f"select\n{lines(columns)}\nfrom bounds\ninner join bounds as earlier\n    on bounds.grain = earlier.grain\n"
        f"    and {minus('bounds.period_start', length, dialect)} = earlier.period_start\n"
        f"where bounds.grain in ({text_list(grains)})"
    )


def _weeks(dialect: Dialect) -> Cte:
    fourth = plus("first_day", _THREE_DAYS, dialect)
    columns = [
        "bounds.*",
        f"extract(year from {fourth}) as week_year",
        f"floor((extract(doy from {fourth}) + 6) / 7) as week_number",
    ]
    body = f"select\n{lines(columns)}\nfrom bounds\nwhere grain = '{Grain.WEEK}'"
    return "weeks", body, "a week is of the year of its fourth day"


def _earlier_weeks(length: Length, dialect: Dialect) -> Cte:
    same_day = plus_days_between("earlier.first_day", "weeks.first_day", "weeks.covered_to", dialect)
    days = {"earlier.first_day": "first_day", same_day: "covered_to", "earlier.day_after": "day_after"}
    columns = [
        "weeks.grain",
        "weeks.period_start",
        "weeks.period_end",
        "weeks.is_complete",
        *(f"{minus(day, Length(days=length.days), dialect)} as {name}" for day, name in days.items()),
    ]
    body = (
        f"select\n{lines(columns)}\nfrom weeks\ninner join weeks as earlier\n"
        f"    on weeks.week_year - {length.months // 12} = earlier.week_year\n"
        "    and weeks.week_number = earlier.week_number"
    )
    comment = f"the week of the same number {ago(Length(length.months))}, covered to the same weekday"
    return f"weeks{suffix_of(length)}", body, comment
