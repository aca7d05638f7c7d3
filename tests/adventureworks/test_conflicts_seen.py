"""What works against what at AdventureWorks: a sensible answer on the formulas and figures of a whole company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpiledger.conflicts.conflict import Basis
from kpiledger.conflicts.finding import find_conflicts
from kpiledger.conflicts.series import MONTHS, series_of_months
from tests.adventureworks.adventureworks import SPECS, checked

if TYPE_CHECKING:
    from tests.adventureworks.conftest import Built


def test_more_of_one_is_less_of_the_other_where_one_is_divided_by_what_the_other_counts() -> None:
    found = find_conflicts(checked(SPECS)).found
    assert {one.basis for one in found} == {Basis.STRUCTURE}
    assert {(one.pair, one.measure) for one in found} == {
        (("active_resellers", "revenue_per_active_reseller"), "ordering_resellers"),
        (("new_internet_customers", "repeat_customer_share"), "internet_customers"),
        (("new_resellers", "revenue_per_active_reseller"), "ordering_resellers"),
        (("reseller_gross_margin", "reseller_revenue"), "reseller_sales"),
        (("reseller_gross_margin", "reseller_revenue_growth"), "reseller_sales"),
        (("reseller_gross_margin", "revenue_against_quota"), "reseller_sales"),
        (("reseller_gross_margin", "revenue_per_active_reseller"), "reseller_sales"),
        (("reseller_gross_margin", "revenue_per_head"), "reseller_sales"),
        (("reseller_gross_margin", "total_revenue"), "reseller_sales"),
    }


def test_each_is_told_which_kpi_could_be_shared_and_it_is_one_of_the_company() -> None:
    project = checked(SPECS)
    found = {one.pair: one for one in find_conflicts(project).found}
    assert all(one.suggestion and one.suggested_kpi in project.kpis for one in found.values())
    assert found["reseller_gross_margin", "reseller_revenue"].suggested_kpi == "reseller_gross_margin"


def test_three_years_with_gaps_say_nothing_against_anybody(in_duckdb: Built) -> None:
    found = find_conflicts(checked(SPECS), (), series_of_months(in_duckdb.rows(MONTHS)))
    assert found.pairs_tested == 45  # new resellers among them: a month that brings none is zero, as its file says
    assert "reseller_revenue" in found.too_short  # resellers order in 37 months, in some of them nothing
    assert all(one.basis is Basis.STRUCTURE for one in found.found)
