"""Which windows and offsets of MetricFlow cover the same days as ours?

Measured on MetricFlow 0.213.0 (the guide has the figures). An offset is right where its unit is at least as long
as the period asked for: `12 months` at the grain quarter answers the quarter itself, `1 year` the one a year
before. A window of months counts back from the same day of a month, so that three months to 30 April begin on
31 January; over a time dimension of months it covers whole months. By a longer grain than that of its time dimension
a window answers for the last of its periods that has rows, not for the last one: it is ours at one grain.
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
    """A window as dbt writes it where its events have days: that of a conversion."""
    return _text(window.days, Grain.DAY)


def rolling_text(window: Length, grain: Grain) -> str:
    """A window that ends with a period, as a number of periods of the grain; Unsaid where it is none."""
    sizes = _MONTHS if window.months else _DAYS
    number, rest = divmod(window.months or window.days, sizes.get(grain, 1))
    if grain not in sizes or rest:
        raise Unsaid(
            f"MetricFlow's window of {window} is ours where it is a number of periods, and its grain is {grain}"
        )
    return _text(number, grain)


def shortest(grains: Sequence[Grain]) -> Grain:
    """The shortest of some grains."""
    return next(grain for grain in Grain if grain in grains)


def _fits(grain: Grain, unit: Grain) -> bool:
    if grain is Grain.DAY:
        return True
    sizes = _MONTHS if unit in _MONTHS else _DAYS
    return grain in sizes and sizes[grain] <= sizes[unit]


def _text(number: int, unit: Grain) -> str:
    return f"{number} {unit}{'s' if number != 1 else ''}"
