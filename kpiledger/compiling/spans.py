"""`dim_span`: for each period the days that each span covers, and those it covered a length of time earlier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import indent

from kpiledger.compiling.bounds import ago, bounds_of, suffix_of
from kpiledger.compiling.dialects import Dialect, first_of, minus, plus
from kpiledger.compiling.folding_lines import folded
from kpiledger.compiling.text import Cte, date_literal, header, imported, lines, with_ctes
from kpiledger.specs.calendar import Calendar
from kpiledger.stretches import NO_LENGTH, ONE_YEAR, PERIOD, YEAR_TO_DATE, Length, Stretch
from kpiledger.vocabulary import Grain

_THREE_DAYS = Length(days=3)
_ALWAYS_GRAINS = frozenset({Grain.MONTH, Grain.QUARTER, Grain.YEAR})
_ALWAYS = tuple(Stretch(span, earlier) for span in (PERIOD, YEAR_TO_DATE) for earlier in (NO_LENGTH, ONE_YEAR))


def span_model(
    calendar: Calendar, grains: Iterable[Grain], stretches: Iterable[Stretch], dialect: Dialect = Dialect.DUCKDB
) -> str:
    """The SQL of `dim_span`, with the rows of stretches that fit a grain.

    The period, the year to date and both a year earlier are always among them, as are months, quarters and years.
    """
    asked = asked_grains(grains)
    lengths = [length for length in lengths_of(stretches) if any(length.fits(grain) for grain in asked)]
    chosen = [stretch for stretch in _all(stretches) if not stretch.earlier or stretch.earlier in lengths]
    spans = [_span(stretch, asked, calendar, dialect) for stretch in chosen]
    parts = [*bounds_of(lengths, asked, dialect), *spans]
    union = "\nunion all\n".join(f"select * from {stretch.name}" for stretch in chosen)
    covered = f"select *\nfrom spans\nwhere span_start between {date_literal(calendar.starts_on)} and span_end"
    top = header(
        "metrics/calendar.yml",
        "The days that a value covers, none before the calendar begins. One row per grain, period and span.",
    )
    ctes: list[Cte] = [imported("dim_period"), imported("as_of"), *parts, ("spans", union), ("covered", covered)]
    return top + with_ctes(ctes, "select * from covered")


def asked_grains(grains: Iterable[Grain]) -> tuple[Grain, ...]:
    """Some grains and those that are always computed, from the shortest on."""
    return tuple(grain for grain in Grain if grain in _ALWAYS_GRAINS.union(grains))


def lengths_of(stretches: Iterable[Stretch]) -> list[Length]:
    """How much earlier some stretches, and those that are always computed, are taken: each length once."""
    return sorted({stretch.earlier for stretch in _all(stretches) if stretch.earlier})


def _all(stretches: Iterable[Stretch]) -> list[Stretch]:
    order = {stretch: (stretch.earlier, stretch.rolling or NO_LENGTH) for stretch in {*_ALWAYS, *stretches}}
    return sorted(order, key=lambda stretch: (*order[stretch], stretch.span))


def _span(stretch: Stretch, grains: Sequence[Grain], calendar: Calendar, dialect: Dialect) -> Cte:
    columns = [
        "grain",
        "period_start",
        "period_end",
        "is_complete",
        f"'{stretch.name}' as span",
        f"{_start(stretch, grains, calendar, dialect)} as span_start",
        "covered_to as span_end",
    ]
    body = f"select\n{lines(columns)}\nfrom bounds{suffix_of(stretch.earlier)}"
    return stretch.name, body, _says(stretch)


def _start(stretch: Stretch, grains: Sequence[Grain], calendar: Calendar, dialect: Dialect) -> str:
    """The first day of a stretch, in terms of the bounds."""
    if stretch.rolling:
        return minus("day_after", stretch.rolling, dialect)
    if stretch.to_date is None:
        return "first_day"
    start = first_of(stretch.to_date, "covered_to", dialect, calendar)
    if Grain.WEEK not in grains or stretch.to_date is Grain.WEEK:
        return start
    held = first_of(stretch.to_date, plus("first_day", _THREE_DAYS, dialect), dialect, calendar)
    first_week = folded(first_of(Grain.WEEK, plus(held, _THREE_DAYS, dialect), dialect, calendar))
    return f"case\n    when grain = '{Grain.WEEK}' then {indent(first_week, '    ').strip()}\n    else {start}\nend"


def _says(stretch: Stretch) -> str:
    if stretch.rolling:
        said = f"{stretch.rolling}, the period's last one among them"
        said = said.replace(" month", " calendar month", 1)
    else:
        said = f"from the {stretch.to_date}'s first day" if stretch.to_date else "the period itself"
    return f"{said}, {ago(stretch.earlier)}" if stretch.earlier else said
