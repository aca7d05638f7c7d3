"""What was promised, as a reader sees it: one bound, two bounds, or a figure with a tolerance, and what is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from kpiledger.pages.formatting import Number, NumberStyle, difference, figure, machine
from kpiledger.pages.queries import ScorecardRow
from kpiledger.vocabulary import Comparison

INSIDE = "inside"
_SIGNS = {
    Comparison.AT_LEAST: "≥",
    Comparison.AT_MOST: "≤",
    Comparison.BETWEEN: "between",
    Comparison.EXACTLY: "exactly",
}


class Promised(Protocol):
    """What both a scorecard's row and a target's row say of a promise."""

    @property
    def target_value(self) -> Decimal | None:
        """The promised figure, of two bounds the lower."""

    @property
    def comparison(self) -> str | None:
        """How the actual is held against it."""

    @property
    def upper_value(self) -> Decimal | None:
        """The upper of two bounds."""

    @property
    def within_value(self) -> Decimal | None:
        """By how much an exact figure may be missed."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A target in words: `between 3 and 5`, `exactly 0 ± 0.5`, `≥ 21,000`; `more` is the second figure."""

    sign: str
    value: Number
    joint: str = ""
    more: Number | None = None
    more_name: str = ""

    @property
    def text(self) -> str:
        """The figures without the sign that one bound has."""
        second = f" {self.joint} {self.more.text}" if self.more else ""
        lead = f"{self.sign} " if self.sign.isalpha() else ""
        return f"{lead}{self.value.text}{second}"


def promise(row: Promised, style: NumberStyle) -> Promise | None:
    """A row's target in words; None where it has none."""
    if row.target_value is None:
        return None
    sign = _SIGNS[Comparison(row.comparison)] if row.comparison else ""
    value = figure(row.target_value, style)
    if row.upper_value is not None:
        return Promise(sign, value, "and", figure(row.upper_value, style), "upper_value")
    if row.within_value:
        return Promise(sign, value, "±", figure(row.within_value, style), "within_value")
    return Promise(sign, value)


def promised_number(row: Promised | None, style: NumberStyle) -> Number:
    """A target where a table has room for one figure: both bounds as text, the target itself for machines."""
    made = promise(row, style) if row else None
    if row is None or made is None or row.target_value is None:
        return figure(None, style)
    return Number(machine(row.target_value), made.text, made.value.unit)


def variance_of(row: ScorecardRow, style: NumberStyle) -> Number:
    """How far an actual lies from what was promised; between two bounds it lies `inside`."""
    if row.variance is not None and row.upper_value is not None and row.variance == 0:
        return Number(machine(row.variance), INSIDE)
    return difference(row.variance, style)


def has_two_sides(row: Promised) -> bool:
    """Whether an actual can be too high as well as too low."""
    return row.comparison in (Comparison.BETWEEN, Comparison.EXACTLY)


def inner_bounds(row: Promised) -> tuple[Decimal, Decimal] | None:
    """Between which figures a target of two sides is met; None for one bound and where there is no target."""
    if row.target_value is None or not has_two_sides(row):
        return None
    if row.upper_value is not None:
        return row.target_value, row.upper_value
    within = row.within_value or Decimal(0)
    return row.target_value - within, row.target_value + within


def is_met(row: Promised, actual: Decimal) -> bool:
    """Whether an actual is what was promised or better."""
    bounds = inner_bounds(row)
    if bounds:
        return bounds[0] <= actual <= bounds[1]
    target = row.target_value or Decimal(0)
    return actual <= target if row.comparison == Comparison.AT_MOST else actual >= target


def shown_bounds(rows: Iterable[Promised]) -> list[Decimal | None]:
    """Every figure of the promises that a drawing must have room for."""
    found: list[Decimal | None] = []
    for row in rows:
        found += [row.target_value, *(inner_bounds(row) or ())]
    return found
