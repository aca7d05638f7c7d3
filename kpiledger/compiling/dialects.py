"""Where the SQL of the warehouses differs: types, dates and their arithmetic, days of moments, percentiles.

Every function gives text in lower case. A date expression given is a name, a literal or a call: it is not put in
parentheses. What a function gives is again such an expression, a date where nothing else is said.
"""

from __future__ import annotations

from enum import StrEnum

from kpiledger.specs.calendar import Calendar
from kpiledger.stretches import Length
from kpiledger.vocabulary import Grain


class Dialect(StrEnum):
    """A warehouse's kind of SQL; sqlglot knows it by the same name."""

    DUCKDB = "duckdb"
    """One file, no server: the default, and what `kpi run` builds and publishes."""
    POSTGRES = "postgres"
    """A PostgreSQL server."""
    SPARK = "spark"
    """Spark, for more rows than one machine holds."""


# Our names of types that are no standard SQL everywhere; all others are written as they are.
_TYPES = {
    "text": {Dialect.DUCKDB: "varchar", Dialect.POSTGRES: "varchar", Dialect.SPARK: "string"},
    "double": {Dialect.POSTGRES: "double precision"},
}
_ZONED = ("timestamptz", "timestamp with time zone", "timestamp_ltz")
_UNZONED = ("timestamp", "datetime")
# How many days before a Monday a week begins.
_BEFORE_MONDAY = {"monday": 0, "sunday": 1, "saturday": 2}


def type_name(kind: str, dialect: Dialect) -> str:
    """The name of a type: text, double, bigint, integer, date, boolean, decimal(38, 12)."""
    return _TYPES.get(kind, {}).get(dialect, kind)


def text_literal(text: str, dialect: Dialect) -> str:
    """A checked name as a value of type text: on PostgreSQL a bare one is of no type of its own."""
    return as_text(f"'{text}'", dialect) if dialect is Dialect.POSTGRES else f"'{text}'"


def is_text(kind: str) -> bool:
    """Whether a type is one of texts that are equal only if they are the same, unlike padded ones."""
    return kind.lower().split("(")[0] in ("varchar", "text", "string")


def as_text(expression: str, dialect: Dialect) -> str:
    """A value as text."""
    return f"cast({expression} as {type_name('text', dialect)})"


def padded(expression: str, digits: int, dialect: Dialect) -> str:
    """A whole number as text, with zeros before it up to so many digits."""
    return f"lpad({as_text(expression, dialect)}, {digits}, '0')"


def plus(expression: str, length: Length, dialect: Dialect) -> str:
    """The date that lies a length of time later; 29 February and a year is 28 February."""
    return _moved(expression, length, "+", dialect)


def minus(expression: str, length: Length, dialect: Dialect) -> str:
    """The date that lies a length of time earlier; 31 March less a month is the last of February."""
    return _moved(expression, length, "-", dialect)


def plus_days_between(expression: str, start: str, end: str, dialect: Dialect) -> str:
    """The date that lies as many days later as there are from one date to another."""
    if dialect is Dialect.SPARK:
        return f"date_add({expression}, datediff({end}, {start}))"
    return f"{expression} + cast({end} - {start} as integer)"


def first_of(grain: Grain, expression: str, dialect: Dialect, calendar: Calendar) -> str:
    """The first day of the calendar's week, month, quarter or year that a date falls into."""
    if grain is Grain.DAY:
        return expression
    if grain is Grain.WEEK:
        return _truncated("week", expression, Length(days=_BEFORE_MONDAY[calendar.week_starts]), dialect, "+", "-")
    months = (calendar.fiscal_year_starts.number - 1) % {Grain.MONTH: 1, Grain.QUARTER: 3}.get(grain, 12)
    return _truncated(grain, expression, Length(months), dialect, "-", "+")


def local_day(column: str, data_type: str, from_zone: str, to_zone: str, dialect: Dialect) -> str:
    """The day in a zone on which a date or a timestamp falls; an unknown type is taken for a date.

    Timestamps without a zone are read in `from_zone`. On Spark those with one are seen in the session's zone.
    """
    kind = data_type.lower()
    if kind.startswith(_ZONED) or kind.endswith("with time zone"):
        return f"cast({_seen_in(to_zone, column, dialect)} as date)"
    if not kind.startswith(_UNZONED):
        return column
    if from_zone == to_zone:
        return f"cast({column} as date)"
    if dialect is Dialect.SPARK:
        return f"cast(from_utc_timestamp(to_utc_timestamp({column}, '{from_zone}'), '{to_zone}') as date)"
    return f"cast({column} at time zone '{from_zone}' at time zone '{to_zone}' as date)"


def each_day(relation: str, start: str, end: str, dialect: Dialect) -> str:
    """A from clause: each row of a relation once for each day between two of its dates, named `series.day`.

    The day is to be cast to a date.
    """
    if dialect is Dialect.SPARK:
        return f"from {relation}\nlateral view explode(sequence({start}, {end}, interval 1 day)) series as day"
    first, last = f"cast({start} as timestamp)", f"cast({end} as timestamp)"
    days = f"    {first},\n    {last},\n    interval '1 day'"
    return f"from {relation}\ncross join generate_series(\n{days}\n) as series(day)"


def percentile(fraction: float, expression: str, dialect: Dialect) -> str:
    """The value below which a fraction of the rows lies, between two of them as a double."""
    return f"percentile_cont({fraction}) within group (order by cast({expression} as {type_name('double', dialect)}))"


def keeps_copies(dialect: Dialect) -> bool:
    """Whether a CTE that is read more than once is kept as a copy, unless it is `not materialized`."""
    return dialect is not Dialect.SPARK


def digest(row: str, dialect: Dialect) -> str:
    """A whole number for the values of a row, written with commas between them; other values, another number."""
    if dialect is Dialect.POSTGRES:
        return f"hashtextextended({as_text(f'row({row})', dialect)}, 0)"
    return f"hash({row})" if dialect is Dialect.DUCKDB else f"xxhash64({row})"


def since_epoch(moment: str, dialect: Dialect) -> str:
    """The time from 1970 to a moment as an exact number."""
    if dialect is Dialect.POSTGRES:
        return f"extract(epoch from {moment})"
    return f"epoch_us({moment})" if dialect is Dialect.DUCKDB else f"unix_micros({moment})"


def just_after(moment: str) -> str:
    """The moment after another that is told apart from it."""
    return f"{moment} + interval '1 microsecond'"


def _moved(expression: str, length: Length, sign: str, dialect: Dialect) -> str:
    if not length:
        return expression
    if dialect is Dialect.SPARK:
        months = f"add_months({expression}, {sign.strip('+')}{length.months})" if length.months else expression
        return f"date_{'add' if sign == '+' else 'sub'}({months}, {length.days})" if length.days else months
    return f"cast({expression}{_intervals(length, sign)} as date)"


def _intervals(length: Length, sign: str) -> str:
    parts = Length(length.months), Length(days=length.days)
    return "".join(f" {sign} interval '{part}'" for part in parts if part)


def _truncated(unit: str, expression: str, shift: Length, dialect: Dialect, there: str, back: str) -> str:
    """The first day of a unit that begins elsewhere: moved there, cut, and moved back."""
    if dialect is Dialect.SPARK:
        return _moved(f"trunc({_moved(expression, shift, there, dialect)}, '{unit}')", shift, back, dialect)
    moved = f"{expression}{_intervals(shift, there)}"
    return f"cast(date_trunc('{unit}', {moved}){_intervals(shift, back)} as date)"


def _seen_in(zone: str, column: str, dialect: Dialect) -> str:
    if dialect is Dialect.SPARK:
        return f"from_utc_timestamp(to_utc_timestamp({column}, current_timezone()), '{zone}')"
    return f"{column} at time zone '{zone}'"
