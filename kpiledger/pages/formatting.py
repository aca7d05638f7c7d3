"""How a figure is written for a reader, in English, beside the exact value that a machine compares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Unit

MISSING = "–"
MINUS = "\u2212"
_SPACE = "\u00a0"  # a figure and its unit stay on one line
_DECIMALS = {Unit.RATIO: 1, Unit.COUNT: 0, Unit.CURRENCY: 0, Unit.DAYS: 1, Unit.HOURS: 1, Unit.SCORE: 2}
_SUFFIX = {Unit.RATIO: "%", Unit.DAYS: "days", Unit.HOURS: "hours"}


@dataclass(frozen=True, slots=True)
class Number:
    """A figure: `machine` exactly as the table holds it (empty for null), `text` and `unit` for a reader."""

    machine: str
    text: str
    unit: str = ""

    @property
    def full(self) -> str:
        """The figure with its unit."""
        return f"{self.text}{_SPACE}{self.unit}" if self.unit and self.machine else self.text


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How the figures of one KPI are written; `decimals` counts those that a reader sees."""

    unit: Unit
    currency: str | None = None
    decimals: int | None = None

    @property
    def places(self) -> int:
        """The decimals shown."""
        return _DECIMALS[self.unit] if self.decimals is None else self.decimals

    @property
    def suffix(self) -> str:
        """The unit as written after a figure; empty for counts and scores."""
        return (self.currency or "") if self.unit is Unit.CURRENCY else _SUFFIX.get(self.unit, "")

    @property
    def difference_suffix(self) -> str:
        """The unit of a difference: two ratios lie percentage points apart; others share the figure's unit."""
        return "pp" if self.unit is Unit.RATIO else ""


def rounded(style: NumberStyle, size: Decimal | None) -> NumberStyle:
    """The style for a glance: of a thousand and more, money is read without its cents."""
    is_large = style.unit is Unit.CURRENCY and size is not None and abs(size) >= 1000
    return replace(style, decimals=0) if is_large else style


def axis_style(style: NumberStyle, values: Iterable[Decimal]) -> NumberStyle:
    """The style for the marks of an axis: no more decimals than one of them needs."""
    factor = 100 if style.unit is Unit.RATIO else 1
    needed = (machine(value * factor).partition(".")[2] for value in values)
    return replace(style, decimals=min(style.places, max(map(len, needed), default=0)))


def style_of(kpi: Kpi) -> NumberStyle:
    """How a KPI's figures are written."""
    return NumberStyle(kpi.unit, kpi.currency, kpi.decimals)


def figure(value: Decimal | None, style: NumberStyle, more_places: int = 0) -> Number:
    """A value of a KPI; `more_places` is for means of counts, which are no whole numbers."""
    if value is None:
        return Number("", MISSING, style.suffix)
    return Number(machine(value), _grouped(_shown(value, style, more_places)), style.suffix)


def difference(value: Decimal | None, style: NumberStyle, more_places: int = 0) -> Number:
    """A difference between two values of a KPI, always with its sign."""
    if value is None:
        return Number("", MISSING, style.difference_suffix)
    return Number(machine(value), _signed(_shown(value, style, more_places)), style.difference_suffix)


def share(part: Decimal | None, whole: Decimal | None) -> Number:
    """A difference as a signed share of what it is held against.

    Missing where that is zero, or where the difference leads to the other side of zero: minus 3 is no share of 2.
    """
    if part is None or not whole or (part + whole) * whole < 0:
        return Number("", MISSING, "%")
    ratio = part / abs(whole)
    return Number(machine(ratio), _signed(_rounded(ratio * 100, 1)), "%")


def percentage(ratio: Decimal | None, places: int = 0) -> Number:
    """A ratio of 0 to 1 as a percentage without a sign."""
    if ratio is None:
        return Number("", MISSING, "%")
    return Number(machine(ratio), _grouped(_rounded(ratio * 100, places)), "%")


def machine(value: Decimal) -> str:
    """The exact value without an exponent and without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def count_of(count: int, one: str, many: str) -> str:
    """A count with its noun, as 1 check or 2 checks."""
    return f"{count:,} {one if count == 1 else many}"


def _shown(value: Decimal, style: NumberStyle, more_places: int) -> Decimal:
    scaled = value * 100 if style.unit is Unit.RATIO else value
    return _rounded(scaled, style.places + more_places)


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _grouped(value: Decimal) -> str:
    text = format(abs(value), ",f")
    return MINUS + text if value < 0 else text


def _signed(value: Decimal) -> str:
    sign = "±" if value == 0 else "+" if value > 0 else MINUS
    return sign + format(abs(value), ",f")
