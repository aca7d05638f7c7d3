"""`as_of`, `dim_period`, `dim_span`: the day all numbers are as of, the periods, the intervals values cover."""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.text import Cte, date_literal, header, imported, ref, with_ctes
from kpiledger.project import Project
from kpiledger.specs.calendar import Calendar
from kpiledger.stretches import Stretch
from kpiledger.vocabulary import Grain

_FROM = "metrics/calendar.yml"
_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
_YEAR_TEXT, _MONTH_TEXT = "cast(extract(year from {0}) as varchar)", "cast(extract(month from {0}) as varchar)"
_LABEL = {
    Grain.MONTH: f"{_YEAR_TEXT} || '-' || lpad({_MONTH_TEXT}, 2, '0')",
    Grain.QUARTER: f"{_YEAR_TEXT} || '-Q' || cast(extract(quarter from {{0}}) as varchar)",
    Grain.YEAR: _YEAR_TEXT,
}


def as_of_model(project: Project) -> str:
    """The SQL of `as_of`: the day asked for by the run or the calendar, else the last one every fact covers."""
    facts = sorted(project.facts.values(), key=lambda fact: fact.model)
    last_days = "\nunion all\n".join(f"select max({fact.time}) as last_on\nfrom {ref(fact.model)}" for fact in facts)
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


def period_model(calendar: Calendar) -> str:
    """The SQL of `dim_period`: every month, quarter and year from the calendar's first day to the as-of date."""
    parts: list[Cte] = [_periods(grain, calendar) for grain in _MONTHS]
    all_periods = "\nunion all\n".join(f"select * from {grain}s" for grain in _MONTHS)
    top = header(_FROM, "The calendar's periods up to the as-of date. One row per grain and period.")
    return top + with_ctes([imported("as_of"), *parts, ("periods", all_periods)], "select * from periods")


def span_model(calendar: Calendar, spans: Sequence[str]) -> str:
    """The SQL of `dim_span`: for each period the days that each span covers, none after the as-of date."""
    rolling = sorted({length.months for span in spans if (length := Stretch(span).rolling)})
    parts: list[Cte] = [
        _span("period", "the period itself", "period_start"),
        _span("year_to_date", "from the year's first day", _YEAR),
    ]
    parts += [
        _span(
            f"rolling_{months}",
            f"{months} calendar months, the period's last one among them",
            _rolling(months),
        )
        for months in rolling
    ]
    parts += [
        _span_last_year("period_last_year", "the same days a year earlier", "period_start"),
        _span_last_year("year_to_date_last_year", "year to date, the same days a year earlier", _YEAR),
    ]
    union = "\nunion all\n".join(f"select * from {name}" for name, *_ in parts)
    covered = f"select *\nfrom spans\nwhere span_start >= {date_literal(calendar.starts_on)}"
    top = header(
        _FROM,
        "The days that a value covers, none before the calendar begins. One row per grain, period and span.",
    )
    ctes: list[Cte] = [imported("dim_period"), imported("as_of"), _bounds(), *parts, ("spans", union)]
    return top + with_ctes([*ctes, ("covered", covered)], "select * from covered")


_YEAR = "cast(date_trunc('year', period_start) as date)"


def _rolling(months: int) -> str:
    return f"cast(next_period_start - interval '{months} months' as date)"


def _periods(grain: Grain, calendar: Calendar) -> Cte:
    step = f"interval '{_MONTHS[grain]} months'"
    start = "cast(series.first_day as date)"
    series = (
        f"generate_series(\n    date_trunc('{grain}', timestamp '{calendar.starts_on} 00:00:00'),\n"
        f"    cast(as_of.as_of_on as timestamp),\n    {step}\n) as series(first_day)"
    )
    body = (
        f"select\n    '{grain}' as grain,\n    {_LABEL[grain].format('series.first_day')} as period,\n"
        f"    {start} as period_start,\n"
        f"    cast(series.first_day + {step} - interval '1 day' as date) as period_end,\n"
        f"    cast(series.first_day + {step} as date) as next_period_start,\n"
        f"    cast(series.first_day + {step} - interval '1 day' as date) <= as_of.as_of_on as is_complete\n"
        f"from as_of\ncross join {series}"
    )
    return f"{grain}s", body


def _bounds() -> Cte:
    body = (
        "select\n    dim_period.*,\n"
        "    least(dim_period.period_end, as_of.as_of_on) as covered_to,\n"
        "    case\n        when dim_period.is_complete then\n"
        "            cast(dim_period.next_period_start - interval '1 year' - interval '1 day' as date)\n"
        "        else cast(as_of.as_of_on - interval '1 year' as date)\n"
        "    end as covered_to_last_year\nfrom dim_period\ncross join as_of"
    )
    return "bounds", body, "where an unfinished period is covered up to the as-of date, last year's is too"


def _span(name: str, comment: str, start: str) -> Cte:
    return name, _select(name, start, "covered_to"), comment


def _span_last_year(name: str, comment: str, start: str) -> Cte:
    return name, _select(name, f"cast({start} - interval '1 year' as date)", "covered_to_last_year"), comment


def _select(name: str, start: str, end: str) -> str:
    return (
        "select\n    grain,\n    period_start,\n    period_end,\n    is_complete,\n"
        f"    '{name}' as span,\n    {start} as span_start,\n    {end} as span_end\nfrom bounds"
    )
