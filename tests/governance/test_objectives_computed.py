"""fct_objective over made figures: how far each key result has come, by which figure, and who said what of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpiledger.objectives.rows import CHECK_IN, KEY_RESULT
from tests.compiled_models import plain_sql

MODEL = Path(__file__).parents[2] / "models/scorecard/fct_objective.sql"
TABLES = """
create table as_of as select cast('2017-04-10' as date) as as_of_on;
create table dim_kpi_version as select 'margin' as kpi, 1 as version, date '2014-01-01' as valid_from,
    cast(null as date) as valid_to;
create table dim_period as select 'month' as grain, cast(day as date) as period_start,
    cast(day + interval '1 month' - interval '1 day' as date) as period_end,
    day < timestamp '2017-04-01' as is_complete
    from generate_series(timestamp '2016-12-01', timestamp '2017-04-01', interval '1 month') as days (day);
create table fct_kpi_value (
    kpi varchar, version integer, grain varchar, span varchar, period_start date, slice varchar, member varchar,
    value decimal(38, 12)
);
create table fct_scorecard (
    holder varchar, agreement varchar, kpi varchar, slice varchar, member varchar, grain varchar, period_start date,
    period_end date, is_complete boolean, actual decimal(38, 12), target_value decimal(38, 10), comparison varchar,
    upper_value decimal(38, 10), attainment decimal(38, 12), status varchar, actual_year_to_date decimal(38, 12),
    target_year_to_date decimal(38, 10), baseline_value decimal(38, 10), is_pilot boolean
)
"""
OWN = {
    "by_on": date(2017, 4, 30), "grain": "month", "start_value": "0.10", "target_value": "0.20",
    "kpi": "margin",
}  # fmt: skip
BOUND = {"kpi": "sales", "agreement": "budget"}


class Wanted:
    """A warehouse with key results, to be asked for the rows of fct_objective."""

    def __init__(self, *results: dict[str, Any]) -> None:
        self.connection = duckdb.connect()
        for statement in TABLES.split(";\n"):
            self.connection.execute(statement)
        self._lay("key_result", KEY_RESULT, (_key_result(**one) for one in results))
        self._lay("check_in", CHECK_IN, ())

    def margin(self, *values: str | None) -> Wanted:
        """Monthly values from January on."""
        for month, value in enumerate(values, 1):
            self.connection.execute(
                "insert into fct_kpi_value values ('margin', 1, 'month', 'period', ?, 'all', 'all', ?)",
                [date(2017, month, 1), value],
            )
        return self

    def sales(self, month: int, status: str, **more: Any) -> Wanted:
        """A row of the scorecard for a month of the agreement `budget`."""
        row = {
            "holder": "company", "agreement": "budget", "kpi": "sales", "slice": "all", "member": "all",
            "grain": "month", "period_start": date(2017, month, 1), "period_end": date(2017, month, 28),
            "is_complete": month < 4, "actual": None, "target_value": "100", "comparison": "at_least",
            "status": status, "is_pilot": False, **more,
        }  # fmt: skip
        marks = ", ".join("?" for _ in row)
        self.connection.execute(f"insert into fct_scorecard ({', '.join(row)}) values ({marks})", [*row.values()])
        return self

    def said(self, day: str, confidence: str, key_result: str = "kept", seq: int = 1) -> Wanted:
        """A check-in by the cfo."""
        self.connection.execute(
            "insert into check_in values (2017, ?, ?, 'cfo', ?, 'as said', ?, timestamp '2017-12-01')",
            [key_result, day, confidence, seq],
        )
        return self

    def rows(self, *columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """Columns of the rows, by first day."""
        text = plain_sql(MODEL.read_text(encoding="utf-8"))
        query = f"select {', '.join(columns)} from ({text}) where {where} order by period_start"
        return self.connection.execute(query).fetchall()

    def _lay(self, name: str, columns: dict[str, str], rows: Iterable[dict[str, Any]]) -> None:
        self.connection.execute(f"create table {name} ({', '.join(f'{c} {kind}' for c, kind in columns.items())})")
        for row in rows:
            marks = ", ".join("?" for _ in columns)
            self.connection.execute(f"insert into {name} values ({marks})", [row.get(column) for column in columns])


def _key_result(**more: Any) -> dict[str, Any]:
    return {
        "year": 2017, "objective": "growth", "objective_label": "Growth", "unit": "company", "owner": "cfo",
        "key_result": "kept", "says": "Kept", "slice": "all", "member": "all", "since_on": date(2017, 1, 1),
        "has_pilot": False, "is_signed": True, **more,
    }  # fmt: skip


def test_an_own_figure_is_the_share_of_the_way_against_the_share_of_the_time() -> None:
    found = Wanted(OWN).margin("0.13", "0.14", "0.165", "0.19")
    rows = found.rows("round(progress, 3)", "round(progress_expected, 3)", "status", "comparison")
    assert rows == [
        (Decimal("0.300"), Decimal("0.258"), "green", "at_least"),  # 31 of 120 days
        (Decimal("0.400"), Decimal("0.492"), "amber", "at_least"),  # 0.4 is 81 percent of 0.492
        (Decimal("0.650"), Decimal("0.750"), "amber", "at_least"),
        (Decimal("0.900"), Decimal("1.000"), "incomplete", "at_least"),
    ]


def test_a_figure_that_went_the_wrong_way_is_red_and_at_the_beginning_of_its_way() -> None:
    assert Wanted(OWN).margin("0.09").rows("progress", "status", where="period_start = '2017-01-01'") == [(0, "red")]


def test_where_less_is_wanted_the_way_leads_down() -> None:
    falling = {**OWN, "start_value": "0.20", "target_value": "0.10"}
    found = (
        Wanted(falling).margin("0.17", "0.21").rows("round(progress, 2)", "status", "comparison", where="is_complete")
    )
    assert found[:2] == [(Decimal("0.30"), "green", "at_most"), (Decimal(0), "red", "at_most")]


def test_a_month_without_a_figure_is_a_row_and_no_way() -> None:
    assert Wanted(OWN).margin("0.13", None).rows("progress", "status", where="period_start = '2017-02-01'") == [
        (None, "no_data")
    ]


def test_what_is_promised_counts_for_the_year_so_far() -> None:
    found = (
        Wanted(BOUND)
        .sales(1, "red", actual="50", attainment="0.5", actual_year_to_date="50", target_year_to_date="100")
        .sales(2, "green", actual="130", attainment="1.3", actual_year_to_date="180", target_year_to_date="200")
    )
    assert found.rows("progress", "status", "met_count", "judged_count", "is_latest") == [
        (Decimal("0.5"), "red", 0, 1, False),
        (Decimal("0.9"), "green", 1, 2, True),
    ]


def test_without_a_target_of_the_year_so_far_the_period_counts() -> None:
    found = Wanted(BOUND).sales(1, "amber", actual="90", attainment="0.9")
    assert found.rows("progress") == [(Decimal("0.9"),)]


def test_more_than_was_wanted_is_the_whole_way() -> None:
    assert Wanted(BOUND).sales(1, "green", actual="140", attainment="1.4").rows("progress") == [(1,)]


def test_a_target_of_two_sides_has_no_way() -> None:
    found = Wanted(BOUND).sales(1, "green", actual="15", comparison="between", upper_value="20")
    assert found.rows("progress", "status", "upper_value") == [(None, "green", 20)]


def test_the_last_finished_period_speaks_for_a_key_result() -> None:
    found = Wanted(BOUND).sales(3, "red").sales(4, "incomplete")
    assert found.rows("period_start", where="is_latest") == [(date(2017, 3, 1),)]


def test_where_none_is_finished_the_running_one_speaks() -> None:
    assert Wanted(BOUND).sales(4, "incomplete").rows("status", where="is_latest") == [("incomplete",)]


@pytest.mark.parametrize(("result", "status"), [(BOUND, "no_data"), ({"kpi": "sales"}, "no_target")])
def test_a_key_result_without_figures_is_a_row(result: dict[str, Any], status: str) -> None:
    assert Wanted(result).rows("status", "period_start", "is_latest") == [(status, None, True)]


def test_a_period_knows_what_was_said_by_its_end_and_the_latest_what_was_said_since() -> None:
    found = Wanted(OWN).margin("0.13", "0.14", "0.17")
    found.said("2017-02-10", "0.8").said("2017-03-31", "0.6").said("2017-04-05", "0.4").said("2017-04-20", "0.1")
    assert found.rows("period_start", "confidence", "days_since_check_in", "note", where="is_complete") == [
        (date(2017, 1, 1), None, None, None),
        (date(2017, 2, 1), Decimal("0.8"), 59, "as said"),
        (date(2017, 3, 1), Decimal("0.4"), 5, "as said"),
    ]


def test_of_two_check_ins_of_a_day_the_later_entry_counts() -> None:
    found = Wanted(OWN).margin("0.13").said("2017-01-20", "0.9", seq=5).said("2017-01-20", "0.7", seq=6)
    assert found.rows("confidence", where="period_start = '2017-01-01'") == [(Decimal("0.7"),)]


def test_a_check_in_of_another_year_says_nothing() -> None:
    found = Wanted({**OWN, "year": 2016}).margin("0.13").said("2017-01-20", "0.9")
    assert found.rows("confidence", where="period_start = '2017-01-01'") == [(None,)]


def test_an_objective_is_a_trial_until_it_is_widened_or_while_its_agreement_is() -> None:
    trial = {**OWN, "has_pilot": True, "widened_on": date(2017, 2, 1)}
    assert Wanted(trial).margin("0.13", "0.14").rows("is_pilot", where="is_complete")[:2] == [(True,), (False,)]
    assert Wanted(BOUND).sales(1, "green", is_pilot=True).rows("is_pilot") == [(True,)]
