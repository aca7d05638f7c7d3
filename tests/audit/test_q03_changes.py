"""Question 3: the population of target changes is complete, and a sample is drawn the same by everybody."""

from __future__ import annotations

from hashlib import md5

import pytest

from kpiledger.errors import WrongUse
from tests.audit.conftest import EXPECTED


def test_the_changes_of_half_a_year_are_those_recorded_in_it(small_world, golden):
    golden(EXPECTED / "q03_small.txt", small_world.text(3, from_="2017-06-20", to="2017-10-05"))


def test_every_change_is_there_with_old_and_new(small_world):
    rows = small_world.rows(3)
    assert [(row["entry"], row["kpi"], row["change"], row["changed_from"].isoformat()) for row in rows] == [
        (4, "revenue", "set", "2017-01-01"),
        (5, "new_customers", "set", "2017-01-01"),
        (6, "margin", "set", "2017-07-01"),
        (6, "revenue", "changed", "2017-07-01"),
        (7, "revenue", "changed", "2017-09-01"),
        (8, "new_customers", "dropped", "2017-11-01"),
    ]
    assert rows[3]["moved"] == "each month, amber share, weight"
    assert (rows[4]["old"], rows[4]["new"]) == ("at least each month 18000", "at least each month 15000")
    assert rows[5]["holder"] == "p1001"


def test_a_sample_is_the_lowest_of_the_hashes_of_seed_and_key(small_world):
    whole = small_world.rows(3)
    keys = [f"{row['entry']}/{row['kpi']}/{row['slice']}/{row['member']}/{row['changed_from']}" for row in whole]
    lots = sorted((md5(f"a seed:{key}".encode()).hexdigest(), key) for key in keys)
    found = small_world.rows(3, sample="2", seed="a seed")
    assert [f"{row['entry']}/{row['kpi']}/{row['slice']}/{row['member']}/{row['changed_from']}" for row in found] == [
        key for _, key in lots[:2]
    ]


def test_a_person_is_found_by_id(small_world):
    assert {row["kpi"] for row in small_world.rows(3, holder="p1001")} == {"new_customers"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"sample": "2"}, "a sample needs its size and its seed"),
        ({"sample": "two", "seed": "1"}, "--sample 'two' is no whole number"),
        ({"from_": "2017-13-01"}, "--from '2017-13-01' is no day"),
        ({"from_": "2017-02-01", "to": "2017-01-01"}, "--to 2017-01-01 lies before --from 2017-02-01"),
        ({"days": "3"}, "question 3 does not take --days"),
    ],
)
def test_words_that_do_not_fit_are_wrong_use(small_world, words, said):
    with pytest.raises(WrongUse, match=said):
        small_world.text(3, **words)
