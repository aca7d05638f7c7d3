"""A closed period says so on its page, with what its figure was and would be."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from made_project import made_project
from made_warehouse import made_warehouse
from page_read import Page

from kpiledger.pages import render_pages
from kpiledger.pages.closing import closed_text, restated_text
from kpiledger.pages.formatting import NumberStyle
from kpiledger.pages.queries import ScorecardRow
from kpiledger.vocabulary import Unit

STYLE = NumberStyle(Unit.COUNT)
CLOSED: dict[str, Any] = {"close_state": "closed", "closed_at": datetime(2017, 4, 7, 9), "current_status": "green"}


def row(actual: str = "22003", **more: Any) -> ScorecardRow:
    nothing = dict.fromkeys(ScorecardRow.__slots__)
    said = {"period_start": date(2017, 3, 1), "actual": Decimal(actual), "status": "green", "close_state": "open"}
    return ScorecardRow(**(nothing | said | more))


def test_an_open_period_says_nothing() -> None:
    assert (closed_text(row()), restated_text(row(current=Decimal(5)), STYLE)) == ("", "")


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({"as_closed": Decimal(22003), "current": Decimal(22003)}, ""),
        ({"as_closed": Decimal(22003), "current": Decimal(17003), "current_status": "red"}, "would be 17,003, red"),
        ({"as_closed": Decimal(20000), "current": Decimal(22003)}, "as closed 20,000"),
        ({"as_closed": Decimal(22003), "current": None, "current_status": None}, "computed no more"),
    ],
)
def test_a_closed_period_says_since_when_and_what_would_be(figures: dict[str, Any], told: str) -> None:
    closed = row(**(CLOSED | figures))
    assert closed_text(closed) == "closed on 7 Apr 2017"
    assert restated_text(closed, STYLE) == told


def test_a_period_that_was_opened_again_says_so() -> None:
    assert closed_text(row(close_state="reopened")) == "reopened"


def test_a_tile_says_that_its_period_is_closed(tmp_path: Path) -> None:
    warehouse = made_warehouse(tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(warehouse)) as link:
        link.execute("""
            update kpi.fct_scorecard set close_state = 'locked', closed_at = '2018-01-07 09:00', as_closed = actual,
                current = actual, current_status = status
            where kpi = 'revenue' and period_start = '2017-12-01'
        """)
    render_pages(made_project(tmp_path), warehouse, tmp_path / "pages", datetime(2018, 1, 8), "run-1", None)
    text = Page(tmp_path / "pages" / "sales_west.html").text
    assert "lagging · monthly · locked on 7 Jan 2018 · weight 40 %" in text
