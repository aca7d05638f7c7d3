"""The page of objectives: along the chain first, each key result once and in words, nothing where nothing is wanted."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from wanted_project import OBJECTIVES, SELLERS, wanted_project

from kpiledger.objectives.standing import RollUp, Standing, computed
from kpiledger.pages.objectives import ObjectivesPage, objectives_page
from kpiledger.pages.roll_ups import roll_up_text
from kpiledger.project import Project
from kpiledger.vocabulary import Status

DAY = date(2017, 12, 31)
ROW: dict[str, Any] = {
    "year": 2017, "key_result": "more_sold", "grain": "month", "period_start": date(2017, 12, 1),
    "comparison": "at_least", "target_value": Decimal(23000), "actual": Decimal(21500), "progress": Decimal("0.93"),
    "status": "red", "met_count": 4, "judged_count": 12, "confidence": Decimal("0.4"),
    "checked_in_on": date(2017, 12, 13), "checked_in_by": "cfo", "note": "A competitor came back",
}  # fmt: skip


def warehouse(path: Path, *rows: dict[str, Any]) -> Path:
    """A warehouse with rows of fct_objective that speak for their key results."""
    columns = [one.name for one in fields(Standing)]
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema kpi")
        connection.execute("create table kpi.as_of as select date '2017-12-31' as as_of_on")
        kinds = {date: "date", Decimal: "decimal(38, 12)", int: "integer", str: "varchar", bool: "boolean"}
        given = {**ROW, "start_value": Decimal(0), "upper_value": Decimal(0), "is_pilot": False}
        declared = ", ".join(f"{name} {kinds[type(given.get(name, Decimal(0)))]}" for name in columns)
        connection.execute(f"create table kpi.fct_objective ({declared}, is_latest boolean)")
        connection.execute(
            "create table kpi.fct_roll_up (holder varchar, kpi varchar, slice varchar, member varchar, grain varchar, "
            "period_start date, below_count integer, target_value decimal, target_below decimal, actual decimal, "
            "actual_below decimal, adding varchar, is_complete boolean)"
        )
        for row in rows:
            marks = ", ".join("?" for _ in columns)
            values = [row.get(name, 0 if name.endswith("_count") else None) for name in columns]
            connection.execute(f"insert into kpi.fct_objective values ({marks}, true)", values)
    return path


def shown(folder: Path, *rows: dict[str, Any], objectives: str = OBJECTIVES) -> ObjectivesPage:
    project = wanted_project(folder / "project", objectives)
    found = objectives_page(project, warehouse(folder / "warehouse.duckdb", *rows), DAY)
    assert found is not None
    return found


def test_a_key_result_says_how_it_stands_and_what_was_said_of_it(tmp_path: Path) -> None:
    line = shown(tmp_path, ROW).objectives[0].results[0]
    assert (line.status, line.word, line.period) == (Status.RED, "Off target", "December 2017")
    assert (line.actual.full, line.wanted) == ("21,500\u00a0USD", "at least 23,000\u00a0USD")
    assert (line.met, line.progress.full, line.way) == ("met in 4 of 12", "93\u00a0%", "of target so far")
    assert (line.confidence, line.said) == ("40\u00a0% sure", "Chief financial officer, 13 Dec 2017")
    assert line.note == "A competitor came back"


def test_what_no_run_has_computed_is_no_data_and_never_on_target(tmp_path: Path) -> None:
    line = shown(tmp_path, ROW).objectives[0].results[1]
    assert (line.status, line.period, line.said) == (Status.NO_DATA, "no figures yet", "nobody checked in")
    assert (line.width, line.confidence) == ("", "")


def test_the_chain_has_each_key_result_in_the_stage_of_its_kpi(tmp_path: Path) -> None:
    page = shown(tmp_path, ROW, objectives=OBJECTIVES + SELLERS)
    by_stage = {stage.label: [one.key_result for one in stage.results] for stage in page.stages}
    held = [one.key_result for card in page.objectives for one in card.results]
    assert sorted(held) == sorted(name for names in by_stage.values() for name in names)
    assert [stage.status for stage in page.stages if "more_sold" in by_stage[stage.label]] == [Status.RED]


def test_loose_ends_are_told_by_their_names_for_readers(tmp_path: Path) -> None:
    loose = dict(shown(tmp_path, ROW).loose_ends)
    assert loose["Not signed"] == ("Growth that pays, by Head of sales",)
    assert loose["No check-in"] == ("The margin rises to 13 percent, ever",)
    assert "Orders shipped" in loose["KPI without an objective"]


def test_a_project_without_objectives_has_no_such_page(tmp_path: Path) -> None:
    project = wanted_project(tmp_path)
    nothing = Project(**{**{one.name: getattr(project, one.name) for one in fields(project)}, "objectives": ()})
    assert objectives_page(nothing, tmp_path / "none.duckdb", DAY) is None


def test_a_warehouse_of_before_there_were_objectives_computed_nothing(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "old.duckdb")) as connection:
        connection.execute("create schema kpi; create table kpi.as_of as select date '2017-12-31' as as_of_on")
    assert computed(tmp_path / "old.duckdb").standings == {}
    assert computed(tmp_path / "none.duckdb").standings == {}


@pytest.mark.parametrize(
    ("adding", "below", "actual_below", "told"),
    [
        ("falls_short", Decimal(90), Decimal(75), "promise less than is needed, 90\u00a0USD against 100\u00a0USD; "
         "5\u00a0USD of what was measured belong to nobody below"),
        ("adds_up", Decimal(100), Decimal(82), "add up, 100\u00a0USD against 100\u00a0USD; "
         "2\u00a0USD more were measured below"),
        ("covers", Decimal(110), Decimal(80), "promise more than is needed, 110\u00a0USD against 100\u00a0USD; "
         "all that was measured belongs to somebody below"),
        ("does_not_add", None, None, "cannot be added: each is judged by itself"),
    ],
)  # fmt: skip
def test_whether_targets_add_up_is_a_sentence(
    tmp_path: Path, adding: str, below: Decimal | None, actual_below: Decimal | None, told: str
) -> None:
    one = RollUp(
        "company", "revenue", "all", "all", "month", date(2017, 12, 1), 2, Decimal(100), below, Decimal(80),
        actual_below, adding,
    )  # fmt: skip
    assert roll_up_text(wanted_project(tmp_path), one) == f"Revenue, December 2017: 2 targets below Company {told}"
