"""Which KPIs moved against each other over time, more than chance would have it?

Trend, season and what the month before says are taken out of each KPI's months by `surprises`. What is left is turned
so that a favourable surprise is positive, and held against those of every other KPI, of the same month and of
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

from kpiledger.conflicts.surprises import SEASON, Series, surprises_of

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

    surprises = {one.kpi: surprises_of(one) for one in sorted(series, key=lambda one: one.kpi) if _is_long(one)}
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
        freedom = months - SEASON - 3
        scores = correlations * np.sqrt(freedom / (1 - correlations**2))
        p_values = np.where(freedom > 0, stats.t.cdf(scores, np.maximum(freedom, 1)), np.inf)
    return np.where(np.isnan(p_values), np.inf, p_values), correlations, months


def _is_long(series: Series) -> bool:
    """Whether there are months enough, and some movement in them."""
    told = [value for value in series.values if value is not None]
    return len(told) >= MONTHS_NEEDED and len(set(told)) > 2
