"""How well are years and quarters projected, against naive forecasts, on figures of real shape?

    python -m benchmarks.projection_backtest

From the end of each month on, once two years are known, the year and the quarter are projected with what was known then
and compared with what happened. Naive forecasts repeat the last month, or the same months of last year. An error is the
distance from what happened, as a share of it (of profits, of the amounts that make it up). The series are those of
`projection_series`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.measuring import table
from benchmarks.projection_series import (
    QUARTER,
    YEAR,
    Kind,
    MonthSeries,
    adventure_works_series,
    superstore_series,
)
from kpiledger.statistics import (
    Projection,
    added,
    projected,
    projected_counts,
    projected_levels,
    projected_middles,
    projected_ratios,
)

Rest = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Told:
    """One projection beside what happened and what naive forecasts would have said, as shares of what happened."""

    error: float
    seasonal: float
    last: float
    is_inside: bool


def main() -> None:
    """Print a table: how far each forecast lies off, and how often the interval held."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    series = [*superstore_series(), *adventure_works_series()]
    heading = ("figures", "projections", "error", "same months last year", "last month", "inside 80 %")
    for name, span in (("Years", YEAR), ("Quarters", QUARTER)):
        print(f"{name}\n\n{table(heading, list(_rows(series, span)))}\n")


def told(series: Iterable[MonthSeries], span: int) -> list[Told]:
    """Everything that is told of the spans of some series, beside what happened."""
    return [one for each in series for one in _TOLD[each.kind](each, span)]


def _rows(series: Sequence[MonthSeries], span: int) -> Iterator[Sequence[str]]:
    for company, kind in dict.fromkeys((one.company, one.kind) for one in series):
        yield _row(
            f"{company}, {kind}", told([one for one in series if (one.company, one.kind) == (company, kind)], span)
        )
    yield _row("all", told(series, span))


def _row(name: str, found: Sequence[Told]) -> Sequence[str]:
    error = fmean(one.error for one in found)
    seasonal, last = fmean(one.seasonal for one in found), fmean(one.last for one in found)
    inside = fmean(one.is_inside for one in found)
    return (
        name, f"{len(found):,}", f"{error:.1%}", f"{seasonal:.1%} ({error / seasonal:.2f})",
        f"{last:.1%} ({error / last:.2f})", f"{inside:.0%}",
    )  # fmt: skip


def _sums(series: MonthSeries, span: int) -> Iterator[Told]:
    yield from _added(series.values, projected([series.values], YEAR, span=span)[0], span)


def _distinct(series: MonthSeries, span: int) -> Iterator[Told]:
    to_date = series.to_date[span]
    yield from _added(added(to_date, span), projected_counts([to_date], YEAR, span=span)[0], span)


def _added(values: Sequence[float], projections: Sequence[Projection | None], span: int) -> Iterator[Told]:
    """What months add up to; of profits, an error is a share of the amounts."""
    for known, left, projection in _moments(projections, len(values), span):
        whole = slice(known + left - span, known + left)
        rest, so_far = sum(values[known : known + left]), sum(values[whole.start : known])
        naive = sum(values[known - YEAR : known - YEAR + left]), values[known - 1] * left
        size = sum(map(abs, values[whole]))
        # Nothing at all in a quarter is no measure of an error.
        if size:
            yield _held(projection, so_far + rest, (so_far + naive[0], so_far + naive[1]), size)


def _ratios(series: MonthSeries, span: int) -> Iterator[Told]:
    above, below = series.values, series.below
    told_of = projected_ratios([above], [below], YEAR, span=span)[0]
    for known, left, projection in _moments(told_of, len(above), span):
        whole, passed = slice(known + left - span, known + left), slice(known + left - span, known)
        happened = sum(above[whole]) / sum(below[whole])
        # Naive forecasts know the ratio of the rest; how much it weighs they take from last year.
        before = slice(known - YEAR, known - YEAR + left)
        weight, so_far = sum(below[before]), (sum(above[passed]), sum(below[passed]))
        rests = sum(above[before]) / weight, above[known - 1] / below[known - 1]
        naive = _weighed(so_far, rests[0], weight), _weighed(so_far, rests[1], weight)
        yield _held(projection, happened, naive, abs(happened))


def _middles(series: MonthSeries, span: int) -> Iterator[Told]:
    values, rows, to_date = series.values, series.below, series.to_date[span]
    above = [value * weight for value, weight in zip(values, rows, strict=True)]
    told_of = projected_middles([values], [rows], [to_date], YEAR, span=span)[0]
    for known, left, projection in _moments(told_of, len(values), span):
        passed, before = slice(known + left - span, known), slice(known - YEAR, known - YEAR + left)
        happened, weight, weight_passed = to_date[known + left - 1], sum(rows[before]), sum(rows[passed])
        so_far = (to_date[known - 1] * weight_passed if weight_passed else 0.0, weight_passed)
        rests = sum(above[before]) / weight, values[known - 1]
        naive = _weighed(so_far, rests[0], weight), _weighed(so_far, rests[1], weight)
        # A median of nothing is no measure of its own error.
        if happened:
            yield _held(projection, happened, naive, abs(happened))


def _levels(series: MonthSeries, span: int) -> Iterator[Told]:
    values = series.values
    for known, left, projection in _moments(projected_levels([values], YEAR, span=span)[0], len(values), span):
        happened = values[known + left - 1]
        # A level that is nearly nothing is no measure of its own error.
        size = fmean(map(abs, values[known - YEAR : known]))
        yield _held(projection, happened, (values[known + left - 1 - YEAR], values[known - 1]), size or 1.0)


_TOLD: dict[Kind, Callable[[MonthSeries, int], Iterator[Told]]] = {
    Kind.SUM: _sums,
    Kind.PROFIT: _sums,
    Kind.RATIO: _ratios,
    Kind.DISTINCT: _distinct,
    Kind.MIDDLE: _middles,
    Kind.LEVEL: _levels,
}


def _weighed(so_far: Rest, rest: float, weight: float) -> float:
    above, below = so_far
    return (above + rest * weight) / (below + weight)


def _held(projection: Projection, happened: float, naive: tuple[float, float], size: float) -> Told:
    error, seasonal, last = (abs(one - happened) / size for one in (float(projection.value), *naive))
    # What is told is rounded, so an end that is met exactly may lie beside it by as much.
    near = 1e-8 * abs(happened)
    return Told(error, seasonal, last, float(projection.low) - near <= happened <= float(projection.high) + near)


def _moments(projections: Sequence[Projection | None], months: int, span: int) -> Iterator[tuple[int, int, Projection]]:
    """How many months were known, how many were left of the span, and what was told."""
    for known, projection in enumerate(projections[:months], 1):
        left = -known % span
        if projection is not None and left and known + left <= months:
            yield known, left, projection


if __name__ == "__main__":
    main()
