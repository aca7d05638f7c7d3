"""Which groups break a rule clearly more often than all the others together?

A group is named when the lower confidence limit of its share less that of the others lies above the gap allowed:
so neither a small sample nor an irrelevant gap among a million rows accuses anybody. The limit is Newcombe's
(Statistics in Medicine 17, 1998, method 10), made of two Wilson intervals. Bonferroni's correction keeps the
confidence for all groups together. scipy takes a second to import, so it is imported when groups are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

from kpiledger.quality.report import Standing
from kpiledger.specs.checks import SameAcross

_FINENESS = Decimal("0.0000000001")


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """How many rows were tested, and how many of them break the rule."""

    rows: int
    failing: int

    @property
    def share(self) -> Decimal | None:
        """Failing rows as a share of the tested ones; None without any."""
        return _fine(Decimal(self.failing) / self.rows) if self.rows else None


@dataclass(frozen=True, slots=True)
class Compared:
    """One group beside all the others; `gap_at_least` is None where it cannot be told."""

    group: str
    own: GroupCounts
    others: GroupCounts
    gap_at_least: Decimal | None
    standing: Standing

    @property
    def gap(self) -> Decimal | None:
        """The group's share less that of the others."""
        own, others = self.own.share, self.others.share
        return None if own is None or others is None else own - others


def compared(groups: Mapping[str, GroupCounts], asked: SameAcross) -> tuple[Compared, ...]:
    """Each group beside the others, in the order of their names."""
    rows = sum(one.rows for one in groups.values())
    failing = sum(one.failing for one in groups.values())
    pairs = {name: (one, GroupCounts(rows - one.rows, failing - one.failing)) for name, one in sorted(groups.items())}
    told = [name for name, pair in pairs.items() if min(one.rows for one in pair) >= asked.min_rows]
    risk = (1 - float(asked.confidence)) / max(len(told), 1)
    found = []
    for name, (own, others) in pairs.items():
        limit = _fine(Decimal(gap_at_least(own, others, risk))) if name in told else None
        found.append(Compared(name, own, others, limit, _standing(limit, asked.max_gap)))
    return tuple(found)


def gap_at_least(own: GroupCounts, others: GroupCounts, risk: float) -> float:
    """The lower limit of the difference of two shares, above which the true one lies but for a risk."""
    low, _ = _wilson(own, risk)
    _, high = _wilson(others, risk)
    share, rest = own.failing / own.rows, others.failing / others.rows
    return share - rest - sqrt((share - low) ** 2 + (high - rest) ** 2)


def _wilson(tested: GroupCounts, risk: float) -> tuple[float, float]:
    from scipy.stats import binomtest

    # Two-sided with the risk at each end: only one end of each interval is used.
    found = binomtest(tested.failing, tested.rows).proportion_ci(1 - 2 * risk, method="wilson")
    return float(found.low), float(found.high)


def _standing(limit: Decimal | None, allowed: Decimal) -> Standing:
    if limit is None:
        return Standing.CANNOT_TELL
    return Standing.DIFFERENT if limit > allowed else Standing.EVEN


def _fine(value: Decimal) -> Decimal:
    return value.quantize(_FINENESS)
