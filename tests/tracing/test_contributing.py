"""Which rows of the facts are told to be behind a number: of a slice, of a part of a formula, of another date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kpiledger.periods import Period
from kpiledger.tracing.contributing import contributions
from kpiledger.tracing.number import Number
from kpiledger.warehouse import open_reader
from tests.closing.closing_world import ClosingWorld, new_world


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> ClosingWorld:
    world = new_world(tmp_path_factory.mktemp("rows") / "company")
    world.lines[90] = ("2017-03-31", "c1", "East", 70, 5)
    world.lines[91] = ("2017-03-15", "c1", "East", 0, 5)  # revenue leaves out lines without sales
    world.lines[92] = ("2017-04-01", "c1", "East", 500, 5)
    world.run()
    return world


def behind(company: ClosingWorld, kpi: str, cut: str = "all", member: str = "all", limit: int | None = None):
    number = Number(kpi, Period.parse("2017-03"), cut, member)
    with open_reader(company.settings.warehouse) as warehouse:
        version = company.project.kpis[kpi].versions[0]
        return list(contributions(company.project, warehouse, number, version, limit))


def test_rows_of_other_days_members_and_conditions_are_left_out(company):
    (found,) = behind(company, "revenue", "region", "East")
    assert [(row.key, row.on, row.amount) for row in found.rows] == [
        (("30",), date(2017, 3, 10), Decimal(9003)),
        (("90",), date(2017, 3, 31), Decimal(70)),
    ]
    assert (found.row_count, found.total, found.where) == (2, Decimal(9073), "sales_amount <> 0")


def test_a_dimension_of_another_model_chooses_rows_as_well(company):
    (found,) = behind(company, "revenue", "segment", "Consumer")
    assert [row.key for row in found.rows] == [("29",), ("90",)]


def test_each_part_of_a_formula_over_several_facts_has_its_rows(company):
    found = {one.fact: one for one in behind(company, "revenue_per_shipment")}
    assert set(found) == {"order_line", "shipment"}
    assert found["order_line"].total == Decimal(31076)
    assert [row.amount for row in found["shipment"].rows] == [1, 1]


def test_only_so_many_rows_are_named_and_all_are_counted(company):
    (found,) = behind(company, "revenue", limit=1)
    assert (len(found.rows), found.row_count, found.total) == (1, 3, Decimal(31076))


def test_no_member_of_that_name_has_no_rows(company):
    (found,) = behind(company, "revenue", "region", "North")
    assert (found.row_count, found.rows) == (0, [])
