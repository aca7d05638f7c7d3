"""`as_of`, `dim_day`, `dim_period`: the day all numbers are as of, the days up to it, and the periods they form."""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.compiling.bounds import suffix_of
from kpiledger.compiling.dialects import Dialect, as_text, each_day, first_of, local_day, minus, padded, plus
from kpiledger.compiling.spans import asked_grains, lengths_of, span_model
from kpiledger.compiling.text import Cte, date_literal, header, imported, lines, ref, with_ctes
from kpiledger.project import Project
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.fact import Fact
from kpiledger.stretches import Length, Stretch
from kpiledger.vocabulary import Grain

__all__ = ["as_of_model", "day_model", "period_model", "span_model"]

_FROM = "metrics/calendar.yml"
_ONE_DAY = Length(days=1)
_STEP = {
    Grain.DAY: _ONE_DAY,
    Grain.WEEK: Length(days=7),
    Grain.MONTH: Length(1),
    Grain.QUARTER: Length(3),
    Grain.YEAR: Length(12),
}


def as_of_model(project: Project, dialect: Dialect = Dialect.DUCKDB) -> str:
    """The SQL of `as_of`: the day asked for by the run or the calendar, else the last one every fact covers."""
    facts = sorted(project.facts.values(), key=lambda fact: fact.model)
    last_days = "\nunion all\n".join(
        f"select max({_day_of(project, fact, dialect)}) as last_on\nfrom {ref(fact.model)}" for fact in facts
    )
    run = "select * from {{ source('recorded', 'run_context') }}"
    chosen = (
        "select coalesce(max(run_context.as_of_on), min(last_days.last_on)) as as_of_on\n"
        "from last_days\ncross join run_context"
    )
    top = header(_FROM, "The day all numbers are as of: nothing after it is shown. One row per run.")
    return top + with_ctes(
        [("run_context", run), ("last_days", last_days, "the last day of each fact"), ("chosen", chosen)],
        "select * from chosen",
    )


def day_model(calendar: Calendar, stretches: Iterable[Stretch], dialect: Dialect = Dialect.DUCKDB) -> str:
    """The SQL of `dim_day`: every day from the calendar's first one to the as-of date, and the periods it lies in.

    Values over months are put together from tiles: months, cut in two where a like-for-like comparison ends.
    """
    lengths = [length for length in lengths_of(stretches) if length.months and not length.days]
    cuts = {f"as_of{suffix_of(length)}": minus("as_of.as_of_on", length, dialect) for length in lengths}
    days = lines(["cast(series.day as date) as day", *(f"{day} as {name}" for name, day in cuts.items())])
    series = each_day("as_of", date_literal(calendar.starts_on), "as_of.as_of_on", dialect)
    after_cuts = [f"case when day > {name} then {plus(name, _ONE_DAY, dialect)} end" for name in cuts]
    tile = lines([first_of(Grain.MONTH, "day", dialect, calendar), *after_cuts])
    starts = [f"{first_of(grain, 'day', dialect, calendar)} as {grain}_start" for grain in _STEP if grain != Grain.DAY]
    tiled = lines(["day", f"greatest(\n{tile}\n) as month_tile", *starts])
    top = header(_FROM, "The calendar's days up to the as-of date. One row per day.")
    return top + with_ctes(
        [
            imported("as_of"),
            ("days", f"select\n{days}\n{series}", "the day a like-for-like comparison ends on stands beside each day"),
            ("tiled", f"select\n{tiled}\nfrom days", "a tile is a month, cut in two after such a day"),
        ],
        "select * from tiled",
    )


def period_model(calendar: Calendar, grains: Iterable[Grain] = (), dialect: Dialect = Dialect.DUCKDB) -> str:
    """The SQL of `dim_period`: every period of some grains from the calendar's first day to the as-of date.

    Months, quarters and years are always among them.
    """
    parts: list[Cte] = [(f"{grain}s", _periods(grain, calendar, dialect)) for grain in asked_grains(grains)]
    union = "\nunion all\n".join(f"select * from {name}" for name, *_ in parts)
    period_end = minus("starts.next_period_start", _ONE_DAY, dialect)
    columns = [
        "starts.grain",
        "starts.period",
        "starts.period_start",
        f"{period_end} as period_end",
        "starts.next_period_start",
        f"{period_end} <= as_of.as_of_on as is_complete",
    ]
    periods = f"select\n{lines(columns)}\nfrom starts\ncross join as_of"
    top = header(_FROM, "The calendar's periods up to the as-of date. One row per grain and period.")
    ctes: list[Cte] = [imported("dim_day"), imported("as_of"), *parts, ("starts", union), ("periods", periods)]
    return top + with_ctes(ctes, "select * from periods")


def _day_of(project: Project, fact: Fact, dialect: Dialect) -> str:
    data_type = project.columns.get(fact.model, {}).get(fact.time, "")
    return local_day(fact.time, data_type, fact.zone, project.calendar.zone, dialect)


def _periods(grain: Grain, calendar: Calendar, dialect: Dialect) -> str:
    start = "day" if grain is Grain.DAY else f"{grain}_start"
    columns = [
        f"'{grain}' as grain",
        f"{_label(grain, start, calendar, dialect)} as period",
        f"{start} as period_start",
        f"{plus(start, _STEP[grain], dialect)} as next_period_start",
    ]
    return f"select distinct\n{lines(columns)}\nfrom dim_day"


def _label(grain: Grain, start: str, calendar: Calendar, dialect: Dialect) -> str:
    """How a period is written: 2016-08-14, 2016-W33, 2016-08, 2016-Q3, 2016, FY2016-Q1, FY2016."""
    match grain:
        case Grain.DAY | Grain.MONTH:
            parts = [padded(f"extract({part} from {start})", 2, dialect) for part in ("month", "day")]
            return " || '-' || ".join([_year(start, dialect), *(parts if grain is Grain.DAY else parts[:1])])
        case Grain.WEEK:
            # A week is of the year of its fourth day, the first one if it holds 4 January.
            fourth = plus(start, Length(days=3), dialect)
            number = f"cast(floor((extract(doy from {fourth}) + 6) / 7) as integer)"
            return f"{_year(fourth, dialect)} || '-W' || {padded(number, 2, dialect)}"
        case Grain.QUARTER | Grain.YEAR:
            named = _named_by(start, calendar, dialect)
            year = ("'FY' || " if calendar.is_fiscal else "") + _year(named, dialect)
            quarter = as_text(f"extract(quarter from {named})", dialect)
            return f"{year} || '-Q' || {quarter}" if grain is Grain.QUARTER else year


def _named_by(start: str, calendar: Calendar, dialect: Dialect) -> str:
    """The day of a calendar year whose year and quarter name the fiscal ones that begin on a day."""
    months = calendar.fiscal_year_starts.number - 1
    if not months or calendar.fiscal_year_named_by == "start":
        return minus(start, Length(months), dialect)
    return plus(start, Length(12 - months), dialect)


def _year(day: str, dialect: Dialect) -> str:
    return as_text(f"extract(year from {day})", dialect)
