"""Which KPIs moved against each other over time, more than chance would have it?

Trend and season are taken out of each KPI's months, and what the month before says of the next (Haugh, Journal of
the American Statistical Association 71, 1976): two series with a season in common, or two that wander, seem to move
together or apart where they have nothing to do with each other. What is left are the surprises of each month. They are
turned so that a favourable surprise is positive, and held against those of every other KPI, of the same month and of
up to three months before or after. A negative correlation is tested by Student's t on the degrees of freedom that are
left; the best lag of several is paid for by Bonferroni's correction, and the many pairs by the procedure of
Benjamini and Hochberg, which keeps the expected share of false ones among those named below a rate. A correlation that
is too weak to matter is not named, however sure. Two that rise together in a month and fall back one after the other
shared a shock, and are not named for the echo of it. None of this says that one causes the other.

numpy and scipy take most of a second to import, so they are imported when they are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Figures = NDArray[np.float64]

# Three of every month: a season seen less often cannot be told from chance.
MONTHS_NEEDED = 36
MAX_LAG = 3
FALSE_DISCOVERY_RATE = 0.10
# A correlation of less explains under a tenth of the movement, and is no reason to change anything.
WEAKEST = -0.3
# Two that move together by this much in the same month may share a shock; what follows may be its echo.
_TOGETHER = 0.15
_SEASON = 12
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


@dataclass(frozen=True, slots=True)
class Opposed:
    """Two KPIs that moved against each other; with a `lag` above 0 the first moves that many months before."""

    first: str
    second: str
    lag: int
    correlation: float
    months: int
    p_value: float
    q_value: float


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found, how many pairs were tested, and the KPIs with too short a history to say anything."""

    opposed: tuple[Opposed, ...]
    pairs: int
    too_short: tuple[str, ...]


def moved_apart(series: Sequence[Series], rate: float = FALSE_DISCOVERY_RATE) -> Compared:
    """The pairs whose favourable movements go against each other, at a false-discovery rate; surest first."""
    import numpy as np
    from scipy import stats

    surprises = {one.kpi: _surprises(one) for one in sorted(series, key=lambda one: one.kpi) if _is_long(one)}
    too_short = tuple(sorted(one.kpi for one in series if one.kpi not in surprises))
    names = list(surprises)
    if len(names) < 2:
        return Compared((), 0, too_short)
    found = _best_lags(np.vstack(list(surprises.values())))
    # The best of so many lags is as good by chance that many times as often.
    p_values = np.minimum(found.p_values * (2 * MAX_LAG + 1), 1.0)
    q_values = stats.false_discovery_control(p_values) if len(p_values) else p_values
    named = np.nonzero((q_values <= rate) & (found.correlations <= WEAKEST))[0]
    opposed = [
        Opposed(
            first=names[found.leaders[at]],
            second=names[found.followers[at]],
            lag=int(found.lags[at]),
            correlation=float(found.correlations[at]),
            months=int(found.months[at]),
            p_value=float(p_values[at]),
            q_value=float(q_values[at]),
        )
        for at in named
    ]
    opposed.sort(key=lambda one: (one.p_value, one.first, one.second))
    return Compared(tuple(opposed), len(p_values), too_short)


@dataclass(frozen=True, slots=True)
class _Best:
    """For each pair that could be tested its surest lag, column by column; the leader moves `lags` months before."""

    leaders: NDArray[np.intp]
    followers: NDArray[np.intp]
    lags: NDArray[np.intp]
    correlations: Figures
    months: Figures
    p_values: Figures


def _best_lags(figures: Figures) -> _Best:
    """The surest lag of each pair of rows."""
    import numpy as np

    one, other = np.triu_indices(len(figures), k=1)
    tried: list[tuple[Figures, Figures, Figures]] = []
    signed = [*range(MAX_LAG + 1), *range(-1, -MAX_LAG - 1, -1)]
    for lag in signed:
        rows, columns = (one, other) if lag >= 0 else (other, one)
        p_values, correlations, months = _tested(figures, abs(lag))
        told = correlations[rows, columns]
        is_echo = tried[0][1] > _TOGETHER if tried else np.zeros(len(one), dtype=bool)
        tried.append((np.where(is_echo, np.inf, p_values[rows, columns]), told, months[rows, columns]))
    p_values, correlations, months = (np.vstack(kind) for kind in zip(*tried, strict=True))
    best = np.argmin(p_values, axis=0)
    pairs = np.arange(len(one))
    lags = np.array(signed)[best]
    is_told = np.isfinite(p_values[best, pairs])
    return _Best(
        leaders=np.where(lags >= 0, one, other)[is_told],
        followers=np.where(lags >= 0, other, one)[is_told],
        lags=np.abs(lags)[is_told],
        correlations=correlations[best, pairs][is_told],
        months=months[best, pairs][is_told],
        p_values=p_values[best, pairs][is_told],
    )


def _tested(figures: Figures, lag: int) -> tuple[Figures, Figures, Figures]:
    """For each row, moving `lag` months before each other row: p (infinite where untold), correlation, months."""
    import numpy as np
    from scipy import stats

    length = figures.shape[1] - lag
    before, after = figures[:, :length], figures[:, lag:]
    has_before, has_after = np.isfinite(before), np.isfinite(after)
    x, y = np.where(has_before, before, 0.0), np.where(has_after, after, 0.0)
    counted, seen = has_before.astype(float), has_after.astype(float)
    months = counted @ seen.T
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_x, mean_y = (x @ seen.T) / months, (counted @ y.T) / months
        spread_x = (x**2) @ seen.T - months * mean_x**2
        spread_y = counted @ (y**2).T - months * mean_y**2
        correlations = np.clip((x @ y.T - months * mean_x * mean_y) / np.sqrt(spread_x * spread_y), -1.0, 1.0)
        # The season, the trend and the month before were fitted: what they took is not there to test with.
        freedom = months - _SEASON - 3
        scores = correlations * np.sqrt(freedom / (1 - correlations**2))
        p_values = np.where(freedom > 0, stats.t.cdf(scores, np.maximum(freedom, 1)), np.inf)
    return np.where(np.isnan(p_values), np.inf, p_values), correlations, months


def _is_long(series: Series) -> bool:
    """Whether there are months enough, and some movement in them."""
    told = [value for value in series.values if value is not None]
    return len(told) >= MONTHS_NEEDED and len(set(told)) > 2


def _surprises(series: Series) -> Figures:
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
    seasons = np.equal.outer(at % _SEASON, np.arange(_SEASON)).astype(float)
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
