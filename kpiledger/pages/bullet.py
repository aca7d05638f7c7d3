"""The bar under a trend: where the actual lies between off target, watch and on target."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kpiledger.pages.geometry import Scale, domain, short
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
    """The bar: its bands, the target's mark, the actual's dot, last year's mark below."""

    width: int
    bands: tuple[Band, ...]
    target: str
    actual: str | None
    last_year: str | None


def bullet(row: ScorecardRow, width: int) -> Bullet | None:
    """The bar of a row with a target; its scale has no zero, so figures are dots and marks, not lengths."""
    if row.target_value is None:
        return None
    shown = (row.actual, row.target_value, row.amber_value, row.same_period_last_year)
    low, high = domain(shown, Decimal("0.18"))
    if low == high:
        low, high = low - 1, high + 1
    x = Scale(low, high, 0.0, float(width))
    return Bullet(
        width=width,
        bands=_bands(row.target_value, row.amber_value, row.comparison, x),
        target=short(x(row.target_value)),
        actual=None if row.actual is None else short(x(row.actual)),
        last_year=None if row.same_period_last_year is None else short(x(row.same_period_last_year)),
    )


def _bands(target: Decimal, amber: Decimal | None, comparison: str | None, x: Scale) -> tuple[Band, ...]:
    kinds = ["off", "watch", "on"]
    bounds = [x(target if amber is None else amber), x(target)]
    if comparison == Comparison.AT_MOST:
        kinds.reverse()
        bounds.reverse()
    edges = [x.start, *bounds, x.end]
    return tuple(
        Band(short(left), short(right - left), kind)
        for left, right, kind in zip(edges, edges[1:], kinds, strict=False)
        if right > left
    )
