"""Question 8: a baseline is recomputed from the published months, without those that were left out."""

from __future__ import annotations

from decimal import Decimal

import pytest
from kpi_world import kpi_world

from kpiledger.errors import WrongUse
from tests.audit.conftest import EXPECTED


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return kpi_world(tmp_path_factory.mktemp("q08") / "project")


def test_the_baselines_of_a_kpi(world, golden):
    golden(EXPECTED / "q08_two_methods.txt", world.text(8, kpi="revenue"))


def test_mean_and_median_are_those_of_a_pocket_calculator(world):
    median, mean = world.rows(8, kpi="revenue")
    # January 10, February 20, March 30, June 60; April is left out and May has no data.
    assert (mean["today"], median["today"]) == (Decimal("30.00"), Decimal("25.00"))
    assert (mean["holds"], median["holds"]) == (True, False)
    assert median["difference"] == Decimal("-6.00")
    assert (mean["months_used"], mean["months_without_data"]) == (4, "2016-05")
    assert mean["excluded"] == "2016-04 (one large order)"


def test_the_notes_that_a_baseline_learned_from_are_told(world):
    median, mean = world.rows(8, kpi="revenue")
    assert mean["post_mortem"] == "docs/decisions/2016-07-half-year.md"
    assert median["post_mortem"] is None


def test_a_difference_is_no_answer_that_holds(world):
    assert not world.ask(8, kpi="revenue").holds
    assert world.ask(8, kpi="revenue", agreement="west_2017").holds


def test_a_kpi_without_a_baseline_is_named(world):
    with pytest.raises(WrongUse, match="no baseline of `revenu` is recorded") as wrong:
        world.ask(8, kpi="revenu")
    assert "revenue" in wrong.value.hint
