"""How many rows must be looked at, and what does a sample show? Exactly, by the hypergeometric distribution.

A sample of n of N rows without putting any back holds k wrong ones of D with the probability
C(D, k) C(N - D, n - k) / C(N, n). All of it is whole numbers, so nothing is rounded and nothing is approximated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, comb

# A population with a fifth of the errors that the claim speaks of is a good one: 1 % where 5 % are too many.
GOOD_PART = Fraction(1, 5)
# What a person is asked for where nobody knows the population yet; from here on a size hardly grows with it.
LARGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Claim:
    """That fewer than a share of all rows are wrong, to be shown with a confidence; both lie between 0 and 1."""

    error_share_below: Decimal
    confidence: Decimal

    def too_many(self, population: int) -> int:
        """The smallest number of wrong rows with which the claim is false."""
        return max(1, ceil(Fraction(self.error_share_below) * population))

    def few(self, population: int) -> int:
        """The number of wrong rows of a good population."""
        return int(Fraction(self.error_share_below) * population * GOOD_PART)

    @property
    def doubt(self) -> Fraction:
        """The probability that is accepted of taking a bad population for a good one."""
        return 1 - Fraction(self.confidence)


@dataclass(frozen=True, slots=True)
class Size:
    """How many of a population's rows are looked at, and how many may be wrong; fixed before any is seen.

    `bad_accepted` is the probability that a population of which the claim is just false passes, `good_refused` that
    one with a fifth of those errors fails.
    """

    population: int
    rows: int
    allowed_errors: int
    bad_accepted: Fraction
    good_refused: Fraction

    @property
    def is_whole(self) -> bool:
        """Whether every row is looked at, so that nothing is left to chance."""
        return self.rows == self.population


def at_most(errors: int, population: int, wrong: int, rows: int) -> Fraction:
    """The probability that a sample of `rows` holds at most `errors` of the `wrong` ones of a population."""
    highest = min(errors, wrong, rows)
    ways = sum(comb(wrong, found) * comb(population - wrong, rows - found) for found in range(highest + 1))
    return Fraction(ways, comb(population, rows))


def sample_size(population: int, claim: Claim, allowed_errors: int) -> Size:
    """The fewest rows that show the claim where no more than `allowed_errors` are wrong; all of them where none do."""
    too_many = claim.too_many(population)
    # With so few rows that the errors allowed would refute the claim, all are looked at, and fewer are allowed.
    allowed = min(allowed_errors, too_many - 1)
    if too_many > population or allowed < allowed_errors:
        return _sized(population, claim, population, min(allowed, population))
    rows = _fewest(lambda rows: at_most(allowed, population, too_many, rows) <= claim.doubt, allowed + 1, population)
    if rows == population:
        allowed = too_many - 1  # every row is known, and the share can be counted
    return _sized(population, claim, rows, allowed)


def _fewest(is_enough: Callable[[int], bool], low: int, most: int) -> int:
    """The smallest number that is enough; doubled up to it, since the numbers of ways grow with it beyond measure."""
    high = min(2 * low, most)
    while high < most and not is_enough(high):
        low, high = high + 1, min(2 * high, most)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low


def _sized(population: int, claim: Claim, rows: int, allowed: int) -> Size:
    bad, good = claim.too_many(population), claim.few(population)
    bad_accepted = at_most(allowed, population, bad, rows) if bad <= population else Fraction(0)
    return Size(population, rows, allowed, bad_accepted, 1 - at_most(allowed, population, good, rows))


def upper_bound(errors: int, population: int, rows: int, confidence: Decimal) -> int:
    """The largest number of wrong rows in the population that still fits so few in the sample.

    The largest D for which a sample with at most `errors` wrong ones is more probable than 1 - confidence.
    """
    doubt = 1 - Fraction(confidence)
    low, high = errors, population - (rows - errors)  # as many are wrong as were found, the rest found right
    while low < high:
        middle = (low + high + 1) // 2
        if at_most(errors, population, middle, rows) > doubt:
            low = middle
        else:
            high = middle - 1
    return low
