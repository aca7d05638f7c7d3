"""A waived check is told wherever its KPIs are shown, and teams that register differently stand in a table."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from made_project import made_project
from made_warehouse import made_warehouse
from page_read import Page

from kpiledger.pages import render_pages
from kpiledger.pages.addresses import scorecard_address

WAIVED = """
insert into kpi.fct_check_result (
    run_id, source, table_name, rule, says, check_kind, severity, outcome, rows_in_table, rows_tested, failing_count,
    failing_share, is_blocking, message, checked_at, waived_until, waiver_reason, waiver_approved_by
) values
    ('run-1', 'erp', 'order_line', 'ERP-03', 'Every line has a date', 'filled_in', 'blocking', 'waived', 9994, 9994, 3,
     0.0003, false, '3 of 9,994 tested rows break it; waived', '2018-01-02 06:00', '2018-03-31', 'the till is replaced',
     'cfo'),
    ('run-1', 'warehouse', 'other', 'AUTO-KEY', 'The key stands once', 'fact', 'blocking', 'waived', 10, 10, 2,
     0.2, false, '2 of 10 tested rows break it; waived', '2018-01-02 06:00', '2018-02-28', 'another fact', 'cfo');
insert into kpi.fct_check_group values
    ('run-1', 'erp', 'order_line', 'ERP-04', 'East', 100, 40, 0.4, 0.066, 0.334, 0.225, 0.05, 'different',
     '2018-01-02 06:00'),
    ('run-1', 'erp', 'order_line', 'ERP-04', 'Tiny', 5, 5, 1, 0.1, 0.9, null, 0.05, 'cannot_tell', '2018-01-02 06:00');
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("waived")
    warehouse = made_warehouse(folder / "warehouse.duckdb")
    with duckdb.connect(str(warehouse)) as link:
        link.execute(WAIVED)
    render_pages(made_project(folder), warehouse, folder / "pages", datetime(2018, 1, 2, 6, 14), "run-1", None)
    return folder / "pages"


def test_the_tile_says_which_check_is_waived_and_until_when(pages: Path) -> None:
    text = Page(pages / scorecard_address("sales_west")).text
    assert "erp: 1 check warned, 1 check waived (ERP-03 until 31 Mar 2018)" in text
    assert "AUTO-KEY" not in text


def test_the_history_says_why_and_who_accepted_it(pages: Path) -> None:
    (path,) = (pages / "history").glob("*sales_west*revenue*")
    text = Page(path).text
    assert "erp: 1 check warned, 1 check waived (ERP-03 until 31 Mar 2018)" in text
    assert (
        "Every line has a date (ERP-03, erp.order_line) is broken and waived until 31 Mar 2018, "
        "approved by Chief financial officer: the till is replaced"
    ) in text
    assert "another fact" not in text


def test_the_page_of_checks_shows_each_group_beside_the_others(pages: Path) -> None:
    text = Page(pages / "checks.html").text
    assert "East ERP-04 order_line 100 40.00 % 6.60 % 22.50 % 5.00 % Registers differently" in text
    assert "Tiny ERP-04 order_line 5 100.00 % 10.00 % – 5.00 % Cannot tell: too few rows" in text
    assert (
        "Every line has a date Waived 3 of 9,994 tested rows break it; waived erp.order_line · ERP-03 · blocking "
        "Waived until 31 Mar 2018, approved by Chief financial officer: the till is replaced"
    ) in text
