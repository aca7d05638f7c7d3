"""Which windows and offsets of MetricFlow cover the same days as ours?

Measured on MetricFlow 0.213.0 (the guide has the figures). An offset is right where its unit is at least as long
as the period asked for: `12 months` at the grain quarter answers the quarter itself, `1 year` the one a year
before. A window of months counts back from the same day of a month, so that three months to 30 April begin on
31 January; over a time dimension of months it covers whole months. A window of days is ours.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.interchange.layer import Unsaid
from kpiledger.stretches import Length
from kpiledger.vocabulary import Grain

_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
_DAYS = {Grain.DAY: 1, Grain.WEEK: 7}


def offset_text(offset: Length, grains: Sequence[Grain]) -> str:
    """The `offset_window` that shifts every grain of a KPI by a length; Unsaid where there is none."""
    units = _MONTHS if offset.months else _DAYS
    for unit, size in units.items():
        number, rest = divmod(offset.months or offset.days, size)
        if number and not rest and all(_fits(grain, unit) for grain in grains):
            return _text(number, unit)
    written = ", ".join(grains)
    raise Unsaid(f"MetricFlow shifts `{offset}` right only for periods that divide it, and the grains are {written}")


def window_text(window: Length) -> str:
    """A window as dbt writes it."""
    return _text(window.months, Grain.MONTH) if window.months else _text(window.days, Grain.DAY)


def check_month_window(window: Length, grains: Sequence[Grain]) -> None:
    """Raise Unsaid where a window of months is asked for within a month."""
    short = [grain for grain in grains if grain not in _MONTHS]
    if short:
        raise Unsaid(f"MetricFlow's window of {window} is ours at the end of a month only, and a grain is {short[0]}")


def _fits(grain: Grain, unit: Grain) -> bool:
    if grain is Grain.DAY:
        return True
    sizes = _MONTHS if unit in _MONTHS else _DAYS
    return grain in sizes and sizes[grain] <= sizes[unit]


def _text(number: int, unit: Grain) -> str:
    return f"{number} {unit}{'s' if number != 1 else ''}"
