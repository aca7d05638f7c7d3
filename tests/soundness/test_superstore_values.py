"""Every independent expected value of the demo data comes out of `fct_kpi_value`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

EXPECTED = Path(__file__).parent / "superstore"
RELATIVE = 1e-6
# The files state rounded figures; half a unit of their last place is no difference.
ROUNDED = {"revenue": 0.005, "profit": 0.005, "ytd": 0.005, "ytd_last_year": 0.005, "rolling3": 5e-5, "aov": 5e-5}
RATIO_ROUNDED = 5e-7

pytestmark = pytest.mark.demo


@dataclass(frozen=True)
class Asked:
    """One expected figure and where it must be found."""

    name: str
    expected: float
    kpi: str
    grain: str
    start: date
    span: str = "period"
    slice: str = "all"
    member: str = "all"
    column: str = "value"
    divided_by: int = 1

    def __str__(self) -> str:
        return f"{self.name}-{self.kpi}-{self.start}-{self.member}-{self.column}"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (EXPECTED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _month(day: str) -> date:
    return date.fromisoformat(day).replace(day=1)


def _year(text: str) -> date:
    return date(int(text), 1, 1)


def _asked() -> Iterator[Asked]:
    for row in _rows("U01_revenue_margin"):
        cut = {
            "grain": "quarter",
            "start": date.fromisoformat(row["quarter"]),
            "slice": "region",
            "member": row["region"],
        }
        yield Asked("revenue", float(row["revenue"]), "revenue", **cut)
        yield Asked("profit", float(row["profit"]), "gross_margin", column="numerator", **cut)
        yield Asked("margin", float(row["margin"]), "gross_margin", **cut)
    for row in _rows("U02_active_and_new_customers"):
        yield Asked("active", float(row["active"]), "active_customers", "month", _month(row["month"]))
        yield Asked("new", float(row["new"]), "new_customers", "month", _month(row["month"]))
    for row in _rows("U03_ytd_same_period_last_year"):
        start = _month(row["through_day"])
        yield Asked("ytd", float(row["ytd"]), "revenue", "month", start, "year_to_date")
        yield Asked("ytd_last_year", float(row["ytd_last_year"]), "revenue", "month", start, "year_to_date_last_year")
    for row in _rows("U04_rolling3"):
        yield Asked(
            "rolling3", float(row["rolling3"]), "revenue", "month", _month(row["month"]), "rolling_3", divided_by=3
        )
    for row in _rows("U05_within_promise"):
        start = _month(row["month"])
        yield Asked("shipped", float(row["shipped"]), "orders_shipped", "month", start)
        yield Asked("within_promise", float(row["within_promise"]), "shipped_within_promise", "month", start)
        yield Asked("mean_days", float(row["mean_days"]), "mean_days_to_ship", "month", start)
    for row in _rows("U06_backlog_end_of_month"):
        yield Asked("open_orders", float(row["open_orders"]), "open_orders", "month", _month(row["as_of"]))
    for row in _rows("U07_discount_and_loss_lines"):
        yield Asked("discount_on_list", float(row["discount_on_list"]), "average_discount", "year", _year(row["year"]))
        yield Asked("loss_line_share", float(row["loss_line_share"]), "loss_line_share", "year", _year(row["year"]))
    for row in _rows("U08_average_order_value"):
        cut = {"grain": "year", "start": _year(row["year"]), "slice": "segment", "member": row["segment"]}
        yield Asked("aov", float(row["aov"]), "average_order_value", **cut)
        yield Asked("orders", float(row["orders"]), "average_order_value", column="denominator", **cut)


@pytest.mark.parametrize("asked", list(_asked()), ids=str)
def test_an_expected_value_comes_out_of_the_warehouse(asked: Asked, published_demo: Path) -> None:
    query = f"""
        select {asked.column} from kpi.fct_kpi_value
        where kpi = ? and version = 1 and grain = ? and span = ? and period_start = ? and slice = ? and member = ?
    """
    keys = [asked.kpi, asked.grain, asked.span, asked.start, asked.slice, asked.member]
    with duckdb.connect(str(published_demo / "build/warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute(query, keys).fetchall()
    assert len(found) == 1
    rounding = ROUNDED.get(asked.name, RATIO_ROUNDED)
    assert float(found[0][0]) / asked.divided_by == pytest.approx(asked.expected, rel=RELATIVE, abs=rounding)


def test_every_expected_file_is_asked_for() -> None:
    assert len(list(_asked())) == 24 + 4 + 4 + 2 + 6 + 2 + 4 + 12
