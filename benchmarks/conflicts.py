"""How often are conflicts that were planted found, and how many are named that are none?

    python -m benchmarks.conflicts [--repetitions 1000]

Each repetition makes a company of 14 KPIs, each with a season, a trend and a memory of its own; in some, two pairs
move against each other by design. `kpiledger.conflicts.movements` is asked, and the answer is held against what was
planted. The share of false ones among those named (none named: 0) is to stay at or below the rate promised; the power
is the share of planted pairs that were found. `shared shock` adds one shock to all KPIs each month, which makes
them move together and never apart. Beside it the same companies by plain correlation of the raw months at p < 0.05,
which is what a spreadsheet would do. The same seed gives the same figures.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.measuring import table
from kpiledger.conflicts.movements import FALSE_DISCOVERY_RATE, moved_apart
from tests.conflicts.made_company import series_of, worlds

KPIS = 14
PLANTED = ((0, 1), (2, 3))
Pairs = set[frozenset[int]]


@dataclass(frozen=True)
class Case:
    """A kind of company: how many months, how strong the planted pairs are, how much later, and a common shock."""

    months: int
    strength: float = 0.0
    lag: int = 0
    shock: float = 0.0

    @property
    def planted(self) -> Pairs:
        """The pairs that move against each other."""
        return {frozenset(pair) for pair in PLANTED} if self.strength else set()


CASES = (
    Case(48),
    Case(48, shock=1.0),
    Case(48, strength=0.7),
    Case(48, strength=0.7, lag=2),
    Case(48, strength=0.8),
    Case(72, strength=0.6),
    Case(120, strength=0.5),
)


def main() -> int:
    """Count and print; 1 where the rate of false ones is clearly above what is promised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=1000)
    repetitions = parser.parse_args().repetitions
    lines, is_kept = [], True
    for case in CASES:
        judged = [_judged(case, seed) for seed in range(repetitions)]
        false, found, naive, naive_found = (np.array(column) for column in zip(*judged, strict=True))
        error = false.std() / np.sqrt(repetitions)
        is_kept = is_kept and false.mean() <= FALSE_DISCOVERY_RATE + 2 * error
        lines.append((
            str(case.months), f"{-case.strength:.1f}" if case.strength else "none planted", str(case.lag),
            f"{case.shock:.1f}", f"{false.mean():.3f} ± {2 * error:.3f}",
            f"{found.mean():.2f}" if case.strength else "", f"{naive.mean():.2f}",
            f"{naive_found.mean():.2f}" if case.strength else "",
        ))  # fmt: skip
    heads = ("months", "correlation", "lag", "shared shock", "false share", "power", "naive: false", "naive: power")
    print(f"{repetitions} companies of {KPIS} KPIs each, at a false-discovery rate of {FALSE_DISCOVERY_RATE:.0%}")
    print(table(heads, lines))
    return 0 if is_kept else 1


def _judged(case: Case, seed: int) -> tuple[float, float, float, float]:
    planted = PLANTED if case.strength else ()
    figures = worlds(case.months, KPIS, seed, planted, case.strength, case.lag)
    if case.shock:
        figures = figures + case.shock * np.random.default_rng(seed).standard_normal(case.months)
    named = moved_apart(series_of({f"{at:02}": list(row) for at, row in enumerate(figures)}))
    ours = {frozenset((int(one.first), int(one.second))) for one in named.opposed}
    return (*_shares(ours, case.planted), *_shares(set(_naive(figures)), case.planted))


def _shares(named: Pairs, planted: Pairs) -> tuple[float, float]:
    """The share of false ones among those named, and of planted ones that were found."""
    return len(named - planted) / max(len(named), 1), len(named & planted) / max(len(planted), 1)


def _naive(figures: NDArray[np.float64]) -> Iterator[frozenset[int]]:
    for one in range(len(figures)):
        for other in range(one + 1, len(figures)):
            found = stats.pearsonr(figures[one], figures[other])
            if found.statistic < 0 and found.pvalue < 0.05:
                yield frozenset((one, other))


if __name__ == "__main__":
    sys.exit(main())
