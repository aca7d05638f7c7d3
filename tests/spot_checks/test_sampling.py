"""Sizes, risks and bounds of samples: the figures of textbooks, brute force, scipy, and a simulation."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from kpiledger.sampling import LARGE, Claim, at_most, sample_size, upper_bound

SURE = Decimal("0.95")
FIVE = Claim(Decimal("0.05"), SURE)


@pytest.mark.parametrize(
    ("share", "none", "one"), [("0.1", 29, 46), ("0.05", 59, 93), ("0.02", 149, 236), ("0.01", 299, 473)]
)
def test_a_large_table_needs_the_sizes_of_the_textbooks(share: str, none: int, one: int) -> None:
    claim = Claim(Decimal(share), SURE)
    assert [sample_size(LARGE, claim, allowed).rows for allowed in (0, 1)] == [none, one]


def test_a_hundred_rows_need_forty_five() -> None:
    assert sample_size(100, FIVE, 0).rows == 45


def test_allowing_no_error_refuses_nearly_half_of_all_good_tables() -> None:
    none, one = (sample_size(LARGE, FIVE, allowed) for allowed in (0, 1))
    assert (none.rows, round(float(none.good_refused), 2)) == (59, 0.45)
    assert round(float(one.good_refused), 2) == 0.24
    assert max(none.bad_accepted, one.bad_accepted) <= Fraction(1, 20)


@pytest.mark.parametrize(("population", "allowed"), [(0, 0), (1, 0), (20, 0), (21, 1), (30, 1)])
def test_small_tables_are_checked_whole_and_may_have_what_the_claim_leaves(population: int, allowed: int) -> None:
    size = sample_size(population, FIVE, 1)
    assert (size.rows, size.allowed_errors, size.is_whole) == (population, allowed, True)
    assert size.bad_accepted == size.good_refused == 0


@settings(max_examples=60)
@given(st.integers(1, 400), st.integers(0, 3), st.sampled_from(["0.02", "0.05", "0.1", "0.3"]))
def test_a_size_is_the_smallest_that_keeps_its_risk(population: int, allowed: int, share: str) -> None:
    claim = Claim(Decimal(share), SURE)
    size = sample_size(population, claim, allowed)
    bad = claim.too_many(population)
    assert size.bad_accepted <= claim.doubt
    if not size.is_whole:
        assert size.allowed_errors == allowed
        assert hypergeom.cdf(allowed, population, bad, size.rows) <= 0.05 + 1e-9
        assert at_most(allowed, population, bad, size.rows - 1) > claim.doubt


@settings(max_examples=60)
@given(st.data())
def test_a_bound_is_the_one_that_scipy_gives(data: st.DataObject) -> None:
    population = data.draw(st.integers(1, 300))
    rows = data.draw(st.integers(1, population))
    errors = data.draw(st.integers(0, min(rows, 6)))
    possible = [
        wrong
        for wrong in range(errors, population - rows + errors + 1)
        if hypergeom.cdf(errors, population, wrong, rows) > 0.05 + 1e-12
    ]
    assert upper_bound(errors, population, rows, SURE) == max(possible)


def test_a_bound_is_the_one_that_counting_every_sample_gives() -> None:
    population, rows = 12, 5
    samples = list(combinations(range(population), rows))
    for errors in range(4):
        fits = [
            wrong
            for wrong in range(errors, population - rows + errors + 1)
            # The first `wrong` rows are the wrong ones.
            if Fraction(sum(sum(row < wrong for row in one) <= errors for one in samples), len(samples))
            > Fraction(1, 20)
        ]
        assert upper_bound(errors, population, rows, SURE) == max(fits)


def test_no_error_found_does_not_mean_no_error() -> None:
    assert upper_bound(0, LARGE, 59, SURE) == 49_506  # 4.95 %; the normal approximation says 0


def test_a_part_that_passes_has_a_bound_below_the_claim_and_no_other_has() -> None:
    for population in (45, 60, 100, 300, 1204):
        size = sample_size(population, FIVE, 1)
        for errors in range(5):
            bound = upper_bound(errors, population, size.rows, SURE)
            assert (bound < FIVE.too_many(population)) == (errors <= size.allowed_errors)


@pytest.mark.parametrize("wrong", [0, 5, 12, 30, 60])
def test_the_bound_covers_the_truth_as_often_as_it_says(wrong: int) -> None:
    population, rows, rounds = 300, 60, 3000
    chance = random.Random(5)
    bounds = {errors: upper_bound(errors, population, rows, SURE) for errors in range(rows + 1)}
    covered = 0
    for _ in range(rounds):
        errors = sum(row < wrong for row in chance.sample(range(population), rows))
        covered += bounds[errors] >= wrong
    assert covered / rounds >= 0.94  # 0.95 less three times the error of such a simulation
