"""The bar under a trend: where the actual lies between off target, watch and on target."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from kpiledger.pages.geometry import Scale, domain, short
from kpiledger.pages.promise import inner_bounds
from kpiledger.pages.queries import ScorecardRow
from kpiledger.vocabulary import Comparison


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the bar: `off`, `watch` or `on`."""

    x: str
    width: str
    kind: str


@dataclass(frozen=True, slots=True)
class Bullet:
    """The bar: its bands, a mark for each bound of the target, the actual's dot, last year's mark below."""

    width: int
    bands: tuple[Band, ...]
    targets: tuple[str, ...]
    actual: str | None
    last_year: str | None


def bullet(row: ScorecardRow, width: int) -> Bullet | None:
    """The bar of a row with a target; its scale has no zero, so figures are dots and marks, not lengths."""
    if row.target_value is None:
        return None
    edges, kinds = _stretches(row, row.target_value)
    marks = [row.target_value] if row.upper_value is None else [row.target_value, row.upper_value]
    low, high = domain((row.actual, row.same_period_last_year, *marks, *edges), Decimal("0.18"))
    if low == high:
        low, high = low - 1, high + 1
    x = Scale(low, high, 0.0, float(width))
    return Bullet(
        width=width,
        bands=_bands([x.start, *map(x, edges), x.end], kinds),
        targets=tuple(short(x(mark)) for mark in marks),
        actual=None if row.actual is None else short(x(row.actual)),
        last_year=None if row.same_period_last_year is None else short(x(row.same_period_last_year)),
    )


def _stretches(row: ScorecardRow, target: Decimal) -> tuple[list[Decimal], list[str]]:
    """The figures where the kind changes, from left to right, and the kinds; one more than figures."""
    inside = inner_bounds(row)
    if inside:
        amber = row.amber_outside_by or Decimal(0)
        edges = [inside[0] - amber, *inside, inside[1] + amber]
        return edges, ["off", "watch", "on", "watch", "off"]
    edges, kinds = [target if row.amber_value is None else row.amber_value, target], ["off", "watch", "on"]
    if row.comparison == Comparison.AT_MOST:
        return edges[::-1], kinds[::-1]
    return edges, kinds


def _bands(places: list[float], kinds: list[str]) -> tuple[Band, ...]:
    return tuple(
        Band(short(left), short(right - left), kind)
        for (left, right), kind in zip(pairwise(places), kinds, strict=True)
        if right > left
    )
