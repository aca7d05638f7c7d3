"""fct_roll_up over made promises: do targets and figures below add up, and is nothing added that cannot be?"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpiledger.objectives.rows import HOLDER_ABOVE, ROLLS_UP
from tests.compiled_models import plain_sql

MODEL = Path(__file__).parents[2] / "models/scorecard/fct_roll_up.sql"
TABLES = f"""
create table dim_kpi_version (kpi varchar, valid_from date, valid_to date, is_additive boolean);
insert into dim_kpi_version values
    ('sales', date '2014-01-01', null, true), ('own_sales', date '2014-01-01', null, true),
    ('margin', date '2014-01-01', null, false);
create table holder_above ({", ".join(f"{name} {kind}" for name, kind in HOLDER_ABOVE.items())});
insert into holder_above values
    ('sales', 'company', 1), ('west', 'sales', 1), ('west', 'company', 2), ('east', 'sales', 1),
    ('east', 'company', 2), ('p1', 'west', 1), ('p1', 'sales', 2), ('p1', 'company', 3), ('p2', 'west', 1),
    ('p2', 'sales', 2), ('p2', 'company', 3);
create table rolls_up ({", ".join(f"{name} {kind}" for name, kind in ROLLS_UP.items())});
insert into rolls_up values ('sales', 'sales'), ('own_sales', 'sales'), ('margin', 'margin');
create table fct_scorecard (
    holder varchar, agreement varchar, kpi varchar, slice varchar, member varchar, grain varchar, period_start date,
    period_end date, is_complete boolean, comparison varchar, target_value decimal(38, 10), actual decimal(38, 12)
)
"""


class Promised:
    """A warehouse with promises for one month, to be asked whether they add up."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        for statement in TABLES.split(";\n"):
            self.connection.execute(statement)

    def by(
        self, holder: str, wanted: str, actual: str | None, kpi: str = "sales", part: str = "all", **more: str
    ) -> Promised:
        """A target of a holder, for the whole or for a part of a slice, as `region West`."""
        cut, _, member = part.partition(" ")
        self.connection.execute(
            "insert into fct_scorecard values "
            "(?, 'budget', ?, ?, ?, 'month', '2017-01-01', '2017-01-31', true, ?, ?, ?)",
            [holder, kpi, cut, member or "all", more.get("comparison", "at_least"), wanted, actual],
        )
        return self

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of the rows, by holder."""
        text = plain_sql(MODEL.read_text(encoding="utf-8"))
        return self.connection.execute(f"select {', '.join(columns)} from ({text}) order by holder").fetchall()


def test_targets_and_figures_of_parts_are_held_against_the_whole() -> None:
    found = Promised().by("company", "100", "95")
    found.by("west", "60", "50", part="region West").by("east", "40", "30", part="region East")
    assert found.rows(
        "holder", "below_count", "target_below", "target_gap", "actual_below", "actual_gap", "adding"
    ) == [("company", 2, 100, 0, 80, -15, "adds_up")]


@pytest.mark.parametrize(
    ("east", "comparison", "adding"),
    [("41", "at_least", "covers"), ("39", "at_least", "falls_short"), ("41", "at_most", "falls_short"),
     ("39", "at_most", "covers")],
)  # fmt: skip
def test_whether_they_promise_enough_depends_on_the_direction(east: str, comparison: str, adding: str) -> None:
    found = Promised().by("company", "100", "95", comparison=comparison)
    found.by("west", "60", "50", part="region West", comparison=comparison)
    found.by("east", east, "30", part="region East", comparison=comparison)
    assert found.rows("adding", "target_gap") == [(adding, Decimal(east) - 40)]


def test_a_ratio_does_not_add_and_no_sum_is_shown() -> None:
    found = Promised().by("company", "0.13", "0.12", "margin")
    found.by("west", "0.14", "0.13", "margin", "region West").by("east", "0.12", "0.11", "margin", "region East")
    assert found.rows("adding", "target_below", "actual_below") == [("does_not_add", None, None)]


def test_a_target_of_two_sides_does_not_add() -> None:
    found = Promised().by("company", "100", "95", comparison="between")
    assert found.by("west", "100", "95", part="region West", comparison="between").rows("adding") == [("does_not_add",)]


def test_only_the_nearest_below_count() -> None:
    found = Promised().by("company", "100", "95").by("sales", "100", "95")
    found.by("west", "60", "50", part="region West").by("east", "40", "45", part="region East")
    assert found.rows("holder", "below_count", "target_below") == [("company", 1, 100), ("sales", 2, 100)]


def test_what_single_people_promise_rolls_up_to_the_kpi_of_their_team() -> None:
    found = Promised().by("west", "60", "50")
    found.by("p1", "30", "20", "own_sales", "seller p1").by("p2", "30", "30", "own_sales", "seller p2")
    assert found.rows("holder", "kpi", "target_below", "actual_gap", "adding") == [("west", "sales", 60, 0, "adds_up")]


@pytest.mark.parametrize("east", ["region West", "all", "segment Consumer"])
def test_what_is_promised_twice_is_not_added(east: str) -> None:
    found = Promised().by("company", "100", "95")
    found.by("west", "60", "50", part="region West").by("east", "40", "45", part=east)
    assert found.rows("adding", "target_below", "actual_gap") == [("overlaps", None, None)]


def test_a_missing_figure_leaves_the_targets_and_no_sum_of_figures() -> None:
    found = Promised().by("company", "100", "95")
    found.by("west", "60", None, part="region West").by("east", "40", "45", part="region East")
    assert found.rows("adding", "target_below", "actual_below") == [("adds_up", 100, None)]


def test_a_part_is_held_against_the_same_part_only() -> None:
    found = Promised().by("sales", "60", "50", part="region West").by("west", "60", "50", part="region West")
    assert found.by("east", "40", "45", part="region East").rows("holder", "below_count", "adding") == [
        ("sales", 1, "adds_up")
    ]


def test_nobody_below_is_no_row() -> None:
    assert Promised().by("company", "100", "95").rows("holder") == []
