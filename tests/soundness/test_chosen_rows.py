"""A cube reads only the rows that one of its conditions can choose: no figure may change by that."""

from __future__ import annotations

from datetime import date

import pytest

from kpiledger.compiling import compile_project
from kpiledger.project import Project
from tests.soundness.tiny import SALE_MEASURES, computed, fact, kpi, project, simple

REGION = {"slices": ["region"]}
MANY = {"region": {"column": "region", "members": 3}, "customer": {"column": "customer", "members": 200}}
# With a number of members the amounts are kept, without one the conditions on them are, as true or false.
KEPT = {**MANY, "amount": {"column": "amount", "members": 200}}
MEASURES = ("sales", "amount_sold", "smallest")
RANGES = ("amount >= 5", "amount between 4 and 6.5", "7 < amount and amount < 9", "amount in (4, 30)")
BELOW = ("amount <= -1", "amount < 0", "amount between -10 and -2.5")
ROWS = [
    # sale, customer, sold, paid, region, amount
    (1, "c1", date(2015, 1, 5), None, "N", "4.00"),
    (2, "c2", date(2015, 1, 9), None, "S", "30.00"),
    (3, "c1", date(2015, 1, 31), None, "N", "3.99"),
    (4, "c3", date(2015, 2, 1), None, "N", "-2.50"),
    (5, "c4", date(2015, 2, 3), None, None, None),
    (6, "c5", date(2015, 3, 3), None, "S", "31.00"),
    (7, "c5", date(2015, 3, 3), None, "S", "-11.00"),
    (8, "c6", date(2015, 4, 3), None, "W", None),
]


def _asked(conditions: tuple[str, ...], dimensions: dict[str, dict[str, object]], customers: int = 10) -> Project:
    """KPIs of single customers, and those of ranges of amounts: two cubes, the first of what is asked more often."""
    of_customers = [f"customer = 'c{number}'" for number in range(1, customers + 1)]
    chosen = [(measure, text) for text in (*of_customers, *conditions) for measure in MEASURES]
    kpis = [kpi(f"k{number}", simple(measure, where=text), **REGION) for number, (measure, text) in enumerate(chosen)]
    return project(kpis, [fact("sale", SALE_MEASURES, dimensions=dimensions)])


@pytest.mark.parametrize("dimensions", [KEPT, MANY], ids=["amounts_kept", "conditions_kept"])
@pytest.mark.parametrize(("conditions", "read"), [(RANGES, ">= 4"), (BELOW, "<= 0")], ids=["above", "below"])
def test_rows_outside_of_all_ranges_are_left_out_and_every_figure_stays(
    conditions: tuple[str, ...], read: str, dimensions: dict[str, dict[str, object]]
) -> None:
    together = _asked(conditions, dimensions)
    assert f"where described.amount {read}\n" in compile_project(together)["agg_sale.sql"]
    company = computed(together, {"fct_sale": ROWS})
    rows = "select * exclude (kpi) from fct_kpi_value where kpi = ? order by all"
    for name in list(together.kpis)[-len(MEASURES) * len(conditions) :]:
        alone = computed(project([together.kpis[name]]), {"fct_sale": ROWS})
        found = company.execute(rows, [name]).fetchall()
        assert found == alone.execute(rows, [name]).fetchall()
        assert found


def test_with_one_condition_that_has_no_range_all_rows_are_read() -> None:
    sql = compile_project(_asked((*RANGES, "amount <> 3"), KEPT))["agg_sale.sql"]
    assert "by_sold_on__amount" in sql
    assert "where described.amount" not in sql


def test_values_of_a_column_of_many_are_read_apart_from_what_needs_all_rows() -> None:
    few = {"region": {"column": "region", "members": 3}}
    sql = compile_project(_asked((*RANGES, *BELOW), few, customers=3))["agg_sale.sql"]
    assert "where (customer in ('c1', 'c2', 'c3'))" in sql
