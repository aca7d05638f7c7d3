"""What did each month of a KPI bring beyond its trend, its season and what the month before said of it?

Two series with a season in common, or two that wander, seem to move together or apart where they have nothing to do
with each other (Haugh, Journal of the American Statistical Association 71, 1976). What is left when each has lost its
own is compared by `movements`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Figures = NDArray[np.float64]

SEASON = 12
# A month further out than this many typical deviations counts as one that far out: one strike is no pattern.
_OUTLIER = 3.5
_TO_DEVIATION = 1.4826
# Huber's constant: 95 % as sharp as least squares where nothing is wild. Ten rounds settle it.
_HUBER = 1.345
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Series:
    """A KPI by month, from the first month all series share on; None where there is no figure.

    `way` is 1 where more is better and -1 where less is. `stretches` numbers the versions of its definition by month:
    a new one may shift the level, and that shift is no movement.
    """

    kpi: str
    way: int
    values: Sequence[float | None]
    stretches: Sequence[int] = ()


def surprises_of(series: Series) -> Figures:
    """What each month brought beyond trend, season and what the month before said; favourable ones positive."""
    import numpy as np

    figures = np.array([np.nan if value is None else value for value in series.values], dtype=float)
    figures *= series.way / np.nanmax(np.abs(figures))  # so that large amounts keep their digits
    left = _without(_calendar_of(len(figures), series.stretches), figures)
    before = np.concatenate(([np.nan], left[:-1]))
    surprises = _within_reason(_without(before[:, None], left))
    return np.where(np.isfinite(before), surprises, np.nan)


def _calendar_of(months: int, stretches: Sequence[int]) -> Figures:
    """The month of the year, the trend, and the versions of the definition, as columns to fit."""
    import numpy as np

    at = np.arange(months)
    seasons = np.equal.outer(at % SEASON, np.arange(SEASON)).astype(float)
    versions = sorted(set(stretches))[1:]
    shifts = [np.equal(stretches, version).astype(float) for version in versions]
    return np.column_stack([seasons, at / months, *shifts])


def _without(explaining: Figures, figures: Figures) -> Figures:
    """What is left of the figures beyond what the columns explain, over the months that have both.

    By least squares in which a month far off counts less (Huber's weights): else one strike in a July would be
    taken out of all other Julys, and of those of whoever was struck the same month.
    """
    import numpy as np

    told = np.isfinite(figures) & np.isfinite(explaining).all(axis=1)
    left = np.full_like(figures, np.nan)
    columns, wanted, rest = explaining[told], figures[told], figures[told]
    counts = np.ones_like(wanted)
    for _ in range(_ROUNDS):
        roots = np.sqrt(counts)
        weights, *_ = np.linalg.lstsq(columns * roots[:, None], wanted * roots, rcond=None)
        rest = wanted - columns @ weights
        usual = _HUBER * _TO_DEVIATION * np.median(np.abs(rest))
        counts = usual / np.maximum(np.abs(rest), usual) if usual > 0 else counts
    left[told] = rest
    return left


def _within_reason(figures: Figures) -> Figures:
    """The figures with single wild months brought in to where the others lie."""
    import numpy as np

    middle = np.nanmedian(figures)
    reach = _OUTLIER * _TO_DEVIATION * np.nanmedian(np.abs(figures - middle))
    bounded: Figures = np.clip(figures, middle - reach, middle + reach) if reach > 0 else figures
    return bounded
