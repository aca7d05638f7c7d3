"""Is the newest period signal or noise, and how far does the year still have to go? In sentences, with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpiledger.pages.formatting import Number, NumberStyle, figure
from kpiledger.pages.queries import ScorecardRow
from kpiledger.statistics import Signal
from kpiledger.vocabulary import Comparison, Grain, Status

_HEAD = {
    Signal.NOISE: "Within its usual range",
    Signal.ABOVE: "Unusually high, a signal",
    Signal.BELOW: "Unusually low, a signal",
    Signal.SHIFT_UP: "Higher for a while, a signal",
    Signal.SHIFT_DOWN: "Lower for a while, a signal",
}
_STEP = {
    "improvement": "Ask what went well, and keep it.",
    "worsening": "Ask what changed.",
    None: "Ask what changed.",
}
# So many signals in a row are no event any more: the limits are those of another process.
_LONG = 8
_SHIFTS = (Signal.SHIFT_UP, Signal.SHIFT_DOWN)
# Why there is no projection.
_NOT_YET = {
    "too_short": "No projection of the year yet: it needs two years of values.",
    "has_gaps": "No projection of the year: a period has no value.",
    "no_year_to_date": "No projection of the year: there is no figure of the year to date, and months do not add up.",
    "not_summable": "No projection of the year: nothing says what a year is of its months.",
}


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a period says of its process: a few words, and what to make of them."""

    signal: Signal
    head: str
    rest: str

    @property
    def is_signal(self) -> bool:
        """Whether it is more than noise."""
        return self.signal is not Signal.NOISE


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the year will be, between which figures, and the pace that its target still needs; or why nobody knows.

    `quarter` is what the quarter that runs will be; None where it is over, and where nobody knows.
    """

    projection: Number | None
    low: Number | None
    high: Number | None
    target: Number | None
    pace: Number | None
    pace_is: str
    pace_of: str
    remark: str
    quarter: Number | None
    quarter_low: Number | None
    quarter_high: Number | None


def noticed(rows: Sequence[ScorecardRow], style: NumberStyle) -> Noticed | None:
    """What the last of some rows says; None where too few values set limits."""
    row = rows[-1]
    if row.signal is None:
        return None
    signal = Signal(row.signal)
    bounds = f"{figure(row.lower_limit, style).text} to {figure(row.upper_limit, style).full}"
    if signal is Signal.NOISE:
        return Noticed(signal, _HEAD[signal], _of_noise(row, bounds))
    # The season of the period is in the centre, so the sentence of a shift names it and not the limits.
    usual = f"usually about {figure(row.centre_value, style).full}" if signal in _SHIFTS else f"usually {bounds}"
    again = _alike(rows)
    lasting = f", {again} in a row" if again > 1 else ""
    step = _STEP[row.signal_effect]
    if again >= _LONG:
        step = "If this is how it is now, record the change, and the range is measured anew."
    return Noticed(signal, _HEAD[signal], f"{usual}{lasting}. {step}")


def ahead(row: ScorecardRow, grain: Grain, style: NumberStyle) -> Ahead | None:
    """How the year and its quarter will end, seen from a row; None at its end, and where nothing is to be said."""
    if row.remaining_count == 0 or grain is Grain.YEAR:
        return None
    remark = _NOT_YET.get(row.projection_state or "", "")
    if row.projection is None and row.pace_needed is None and not remark:
        return None
    left = row.remaining_count or 0
    is_most = row.comparison == Comparison.AT_MOST
    is_reached = _adds_up(row) and not is_most and row.pace_needed is not None and row.pace_needed <= 0
    # What a quarter was that is over is no projection.
    runs = row.quarter_projection_low != row.quarter_projection_high
    return Ahead(
        projection=_number(row.projection, style),
        low=_number(row.projection_low, style),
        high=_number(row.projection_high, style),
        target=_number(row.target_full_year, style),
        pace=None if is_reached else _number(row.pace_needed, style),
        pace_is="Still allowed" if is_most else "Still needed",
        pace_of=f"a {grain}, {left} left" if _adds_up(row) else f"over the {left} {grain}s left",
        remark="The target of the year is reached." if is_reached else remark,
        quarter=_number(row.quarter_projection if runs else None, style),
        quarter_low=_number(row.quarter_projection_low if runs else None, style),
        quarter_high=_number(row.quarter_projection_high if runs else None, style),
    )


def _number(value: Decimal | None, style: NumberStyle) -> Number | None:
    return None if value is None else figure(value, style)


def _of_noise(row: ScorecardRow, bounds: str) -> str:
    if row.status in (Status.RED, Status.AMBER):
        return f"of {bounds}: this period alone says little. Look at the process, or at the target."
    return f"of {bounds}."


def _alike(rows: Sequence[ScorecardRow]) -> int:
    """How many of the last rows are signals to the same side."""
    ups = {Signal.ABOVE, Signal.SHIFT_UP}
    side = rows[-1].signal in ups
    count = 0
    for row in reversed(rows):
        if row.signal in (None, Signal.NOISE) or (row.signal in ups) is not side:
            break
        count += 1
    return count


def _adds_up(row: ScorecardRow) -> bool:
    """Whether periods add up: the year's target is then not the target of the period."""
    return row.target_full_year != row.target_value
