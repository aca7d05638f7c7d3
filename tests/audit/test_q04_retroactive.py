"""Question 4: what was recorded after its period began or ended is found, and nothing else."""

from __future__ import annotations

from tests.audit.conftest import EXPECTED


def test_late_changes_are_told_with_how_late_they_are(small_world, golden):
    golden(EXPECTED / "q04_small.txt", small_world.text(4))


def test_each_class_of_lateness_is_counted_by_the_days_between(small_world):
    rows = small_world.rows(4)
    assert [(row["entry"], row["kpi"], row["lateness"], row["days_late"], row["first_period"]) for row in rows] == [
        (7, "revenue", "after the period ended", 5, "2017-09"),
        (8, "new_customers", "after the period began", 9, "2017-11"),
    ]
    assert [(row["begun_periods"], row["ended_periods"]) for row in rows] == [(2, 1), (1, 0)]
    assert not small_world.ask(4).holds


def test_nothing_is_late_before_anything_was(small_world):
    found = small_world.ask(4, to="2017-10-04")
    assert (list(found.rows), found.holds) == ([], True)


def test_months_that_are_promised_the_same_again_are_not_late(audit_world):
    """The correction of March 2017 repeats April to December: April had begun when it came, and did not change."""
    (row,) = audit_world.rows(4, agreement="sales_central_2017")
    assert (row["first_period"], row["begun_periods"], row["ended_periods"]) == ("2017-03", 1, 1)
