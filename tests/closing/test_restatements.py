"""A closed figure never changes: whatever comes later leaves frozen rows as they are, and is told with its cause."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kpiledger.closing.columns import SCORECARD
from tests.closing.closing_world import WEST, ClosingWorld

OFFICIAL = f"""
    select {", ".join(SCORECARD)} from kpi.fct_scorecard
    where close_state = 'closed' order by holder, kpi, slice, member, grain, period_start
"""
VALUES = "select * exclude (current, current_version) from kpi.fct_closed_value order by all"
AMENDED = """  - event: amended
    agreement: sales_west_2017
    decided_on: 2017-06-01
    valid_from: 2017-03-01
    reason: {kind: correction, text: March was agreed otherwise}
    proposed_by: finance_controller
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {region: West}
        weight: 0.6
        target: {grain: month, value: "30000.00", comparison: at_least}
"""
NEW_VERSION = """    valid_to: 2017-02-28
    change: {reason: first definition, requested_by: finance_controller}
    formula: {type: simple, measure: revenue_amount}
  - version: 2
    valid_from: 2017-03-01
    change: {reason: only what pays, requested_by: finance_controller}
    formula: {type: simple, measure: revenue_amount, where: sales_amount > 10000}
"""
OLD_VERSION = """    change: {reason: first definition, requested_by: finance_controller}
    formula: {type: simple, measure: revenue_amount}
"""


def late_row(world: ClosingWorld) -> None:
    world.lines[900] = ("2017-03-30", "c1", "West", 1000, 100)


def corrected_row(world: ClosingWorld) -> None:
    number = next(key for key, row in world.lines.items() if row[0] == "2017-03-10" and row[2] == "West")
    day, customer, region, sales, profit = world.lines[number]
    world.lines[number] = (day, customer, region, sales - 5000, profit)


def deleted_row(world: ClosingWorld) -> None:
    number = next(key for key, row in world.lines.items() if row[0] == "2017-03-10" and row[2] == "West")
    del world.lines[number]


def late_and_corrected(world: ClosingWorld) -> None:
    late_row(world)
    corrected_row(world)


def backdated_definition(world: ClosingWorld) -> None:
    world.edit("metrics/kpis/order/revenue.yml", OLD_VERSION, NEW_VERSION)


def retroactive_target(world: ClosingWorld) -> None:
    path = world.root / WEST
    path.write_text(path.read_text(encoding="utf-8") + AMENDED, encoding="utf-8")


def renamed_member(world: ClosingWorld) -> None:
    world.customers["c1"] = "Home office"


def late_target(world: ClosingWorld) -> None:
    text = (world.root / WEST).read_text(encoding="utf-8")
    text = text.replace("holder: sales_west", "holder: company").replace("sales_west_2017", "company_2017")
    text = text.replace("        slice: {region: West}\n", "").replace("2016-12-12", "2017-06-01")
    (world.root / "metrics/agreements/2017/company.yml").write_text(text, encoding="utf-8")


LATER: dict[str, tuple[Callable[[ClosingWorld], None], str, str]] = {
    "late_row": (late_row, "late_data", "order_line: 1 new"),
    "corrected_row": (corrected_row, "source_correction", "order_line: 1 changed"),
    "deleted_row": (deleted_row, "source_correction", "order_line: 1 gone"),
    "late_and_corrected": (late_and_corrected, "late_data, source_correction", "order_line: 1 new, 1 changed"),
    "backdated_definition": (backdated_definition, "definition_change", "revenue: version 1 -> 2"),
    "retroactive_target": (retroactive_target, "target_change", "sales_west_2017/1 -> sales_west_2017/2"),
    "renamed_member": (renamed_member, "source_correction", "order_line: 1 changed"),
    "late_target": (late_target, "target_change", "company_2017/1 was promised after the close"),
}


def frozen_bytes(world: ClosingWorld) -> dict[str, str]:
    folder = world.settings.closes
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("name", LATER)
def test_whatever_comes_later_leaves_closed_rows_as_they_are_and_is_a_restatement_with_its_cause(
    closed: ClosingWorld, name: str
) -> None:
    change, cause, detail = LATER[name]
    official, values, files = closed.rows(OFFICIAL), closed.rows(VALUES), frozen_bytes(closed)
    assert official
    assert values
    change(closed)
    closed.run()
    assert closed.rows(OFFICIAL) == official
    assert closed.rows(VALUES) == values
    assert frozen_bytes(closed) == files
    found = closed.rows("select * from kpi.fct_restatement where kpi = 'revenue' and span = 'period'")
    assert {row["cause"] for row in found} == {cause}
    assert all(detail in row["detail"] for row in found)
    assert {row["accepted_seq"] for row in found} == {None}


def test_without_a_change_nothing_is_restated_and_current_equals_as_closed(closed_once: ClosingWorld) -> None:
    assert closed_once.rows("select * from kpi.fct_restatement") == []
    rows = closed_once.rows("select * from kpi.fct_scorecard where close_state = 'closed'")
    assert {row["period_start"].isoformat() for row in rows} == {"2017-03-01"}
    assert all(row["as_closed"] == row["current"] == row["actual"] for row in rows)
    assert all(row["current_status"] == row["status"] for row in rows)


def only(world: ClosingWorld, table: str, where: str) -> dict[str, Any]:
    (row,) = world.rows(f"select * from kpi.{table} where {where}")
    return row


REVENUE_WEST = "figure = 'scorecard' and kpi = 'revenue' and holder = 'sales_west'"


def test_a_restatement_says_what_it_would_do_to_the_status(closed: ClosingWorld) -> None:
    """By hand: 22003 of 21000 promised is green; 5000 less is below the amber bound of 19950."""
    corrected_row(closed)
    closed.run()
    row = only(closed, "fct_restatement", REVENUE_WEST)
    assert (row["as_closed"], row["current"], row["difference"]) == (22003, 17003, -5000)
    assert (row["status_as_closed"], row["status_current"], row["official"]) == ("green", "red", 22003)
    card = only(closed, "fct_scorecard", "kpi = 'revenue' and holder = 'sales_west' and period_start = '2017-03-01'")
    assert (card["status"], card["current_status"], card["actual"], card["current"]) == ("green", "red", 22003, 17003)


def test_a_retroactive_target_changes_the_status_of_today_and_not_the_closed_one(closed: ClosingWorld) -> None:
    retroactive_target(closed)
    closed.run()
    row = only(closed, "fct_restatement", REVENUE_WEST)
    assert (row["target_as_closed"], row["target_current"]) == (21000, 30000)
    assert (row["status_as_closed"], row["status_current"], row["difference"]) == ("green", "red", 0)


def test_a_target_promised_after_the_close_is_no_part_of_the_closed_scorecard(closed: ClosingWorld) -> None:
    late_target(closed)
    closed.run()
    shown = closed.rows("select agreement, period_start from kpi.fct_scorecard where agreement = 'company_2017'")
    assert "2017-03-01" not in {str(row["period_start"]) for row in shown}
    assert "2017-04-01" in {str(row["period_start"]) for row in shown}
    scores = closed.rows("select period_start from kpi.fct_agreement_score where agreement = 'company_2017'")
    assert "2017-03-01" not in {str(row["period_start"]) for row in scores}


def test_a_figure_over_several_facts_has_the_causes_of_all_of_them(closed: ClosingWorld) -> None:
    late_row(closed)
    del closed.shipments[next(key for key, row in closed.shipments.items() if row[0] == "2017-03-10")]
    closed.run()
    row = only(closed, "fct_restatement", "figure = 'value' and kpi = 'revenue_per_shipment'")
    assert row["cause"] == "late_data, source_correction"
    assert row["as_closed"] == Decimal("15503")


def test_a_derived_figure_has_the_cause_of_the_kpi_that_it_is_derived_from(closed: ClosingWorld) -> None:
    backdated_definition(closed)
    closed.run()
    row = only(closed, "fct_restatement", "kpi = 'revenue_per_shipment' and figure = 'value' and span = 'period'")
    assert (row["cause"], row["detail"]) == ("definition_change", "revenue: version 1 -> 2")


def test_what_rests_on_rows_before_the_period_is_told_as_such(closed: ClosingWorld) -> None:
    closed.lines[900] = ("2017-02-20", "c1", "West", 1000, 100)
    closed.run()
    spans = closed.rows("select distinct span, detail from kpi.fct_restatement where kpi = 'revenue' order by all")
    assert {row["span"] for row in spans} >= {"year_to_date"}
    assert "period" not in {row["span"] for row in spans}
    assert {row["detail"] for row in spans} == {"rows outside of the period, which its close does not keep"}


MARCH_WEST = "kpi = 'revenue' and holder = 'sales_west' and period_start = '2017-03-01'"


def test_a_kpi_that_is_gone_keeps_its_closed_figures(closed: ClosingWorld) -> None:
    closed.gone = "orders_shipped"
    closed.run()
    row = only(closed, "fct_restatement", "figure = 'scorecard' and kpi = 'orders_shipped'")
    assert (row["cause"], row["detail"]) == ("definition_change", "orders_shipped is no longer defined")
    assert (row["official"], row["current"]) == (2, None)
    assert closed.rows("select * from kpi.fct_scorecard where kpi = 'orders_shipped' and close_state = 'open'") == []


def test_a_member_without_rows_is_restated_as_having_no_value(closed: ClosingWorld) -> None:
    west = [key for key, row in closed.lines.items() if row[0] == "2017-03-10" and row[2] == "West"]
    for key in west:
        del closed.lines[key]
    closed.run()
    assert only(closed, "fct_scorecard", MARCH_WEST)["actual"] == 22003
    done = closed.restate("2017-03")
    closed.run()
    value = only(
        closed, "fct_closed_value", "kpi = 'revenue' and member = 'West' and span = 'period' and grain = 'month'"
    )
    assert (value["as_closed"], value["official"], value["current"]) == (22003, None, None)
    card = only(closed, "fct_scorecard", MARCH_WEST)
    assert (card["actual"], card["status"], card["as_closed"]) == (None, "no_data", 22003)
    told = closed.rows("select accepted_seq from kpi.fct_restatement")
    assert {row["accepted_seq"] for row in told} == {done.entry.seq}
