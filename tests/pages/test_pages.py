from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from made_project import a_kpi, made_project
from made_warehouse import MadeWarehouse, made_warehouse
from page_read import Page

from kpiledger.errors import BrokenWorld
from kpiledger.pages import render_pages
from kpiledger.project import Project

LARGEST = 60 * 1024


def all_pages(pages: Path) -> list[Path]:
    return sorted(pages.rglob("*.html"))


def test_there_is_a_first_page_a_scorecard_each_a_history_each_briefs_conflicts_and_the_checks(pages: Path) -> None:
    assert [path.relative_to(pages).as_posix() for path in all_pages(pages)] == [
        "brief/company/2017-12.html",
        "brief/company/2017-Q4.html",
        "brief/sales_west/2017-12.html",
        "brief/sales_west/2017-Q4.html",
        "checks.html",
        "company.html",
        "conflicts.html",
        "history/company-margin.html",
        "history/company-orders.html",
        "history/company-revenue.html",
        "history/sales_west-days_to_ship-region-west.html",
        "history/sales_west-margin-region-west.html",
        "history/sales_west-revenue-region-west.html",
        "history/sales_west-solved-region-west.html",
        "index.html",
        "sales_west.html",
    ]


def test_a_tile_shows_actual_target_variance_and_how_the_year_goes(pages: Path) -> None:
    text = Page(pages / "sales_west.html").text
    assert "Revenue Off target" not in text
    assert "23,457 USD target ≥ 22,500 · +957 (+4.3 %)" in text
    assert "Year to date 250,000 of 261,000 −4.2 %" in text
    assert "Same month last year 18,750 +25.1 %" in text
    assert "Mean of 12 months 20,500 +14.4 %" in text


def test_a_ratio_is_shown_in_percent_and_its_gaps_in_percentage_points(pages: Path) -> None:
    text = Page(pages / "sales_west.html").text
    assert "11.3 % target ≥ 12.5 · −1.2 pp (−9.3 %)" in text
    assert "Year to date 13.0 of 12.5 +0.5 pp" in text


def test_every_figure_carries_the_exact_value_of_the_table(pages: Path) -> None:
    figures = Page(pages / "sales_west.html").figures
    assert figures[("revenue", "actual")] == "23456.5"
    assert figures[("revenue", "variance")] == "956.5"
    assert figures[("margin", "actual")] == "0.1134"
    assert figures[("solved", "actual")] == ""


def test_status_is_said_by_word_and_shape(pages: Path) -> None:
    page = Page(pages / "sales_west.html")
    assert "1 On target 1 Watch 1 Off target 1 No data" in page.text
    for status in ("green", "amber", "red", "no_data"):
        assert f"#i-{status}" in page.links


def test_each_target_change_is_flagged_and_explained_with_its_reason(pages: Path) -> None:
    page = Page(pages / "sales_west.html")
    assert "3Target changed Jul 2017: 21,000 → 22,500. The Reno <b>branch</b> joined the region" in page.text
    assert "2Target changed Jan 2017: 18,000 → 21,000. Budget 2017" in page.text
    assert page.source.count('class="flag"') == 2


def test_nothing_a_user_wrote_becomes_markup(pages: Path) -> None:
    for path in all_pages(pages):
        page = Page(path)
        assert "script" not in page.tags
        assert "<b>branch" not in page.source
    assert "Days <script>alert(1)</script>" in Page(pages / "sales_west.html").text


def test_the_header_says_agreement_approval_commit_run_and_day(pages: Path) -> None:
    text = Page(pages / "sales_west.html").text
    assert "Agreement west_2017 version 2 · decided 20 Jun 2017 · No approval needed" in text
    assert "As of 31 Dec 2017 · run run-1 · commit d92be40 Built 2 Jan 2018 06:14 UTC" in text


def test_a_tile_tells_of_checks_on_its_source_that_did_not_pass(pages: Path) -> None:
    page = Page(pages / "sales_west.html")
    assert "erp: 1 check warned" in page.text
    assert "checks.html#erp" in page.links


def test_the_topics_stand_from_worst_to_best(pages: Path) -> None:
    text = Page(pages / "sales_west.html").text
    topics = text[text.index("To talk about first") :]
    order = [topics.index(word) for word in (": off target", ": watch", ": no data", ": on target")]
    assert order == sorted(order)
    assert "Revenue: on target, watch the month before +957 to target · year to date −4.2 %" in topics


def test_the_company_is_shown_by_the_customer_chain(pages: Path) -> None:
    page = Page(pages / "index.html")
    order = [page.text.index(word) for word in ("Is the price right?", "Is it here in time?", "Do I come back?")]
    assert order == sorted(order)
    assert "Order On target: 1 of 1 target" in page.text
    assert "Deliver Off target: 1 of 2 targets of teams" in page.text
    assert "Retain No target: nobody is held to a target here" in page.text
    assert "Department: Warehouse" in page.text
    assert "sales_west.html" in page.links


def test_a_kpi_without_target_is_a_row_for_its_last_finished_period(pages: Path) -> None:
    page = Page(pages / "index.html")
    assert page.tiles == ["revenue"]
    assert "Orders shipped 3,000 " in page.text
    assert "last year 2,700 · No target · Q3 2017" in page.text
    assert page.figures[("orders", "actual")] == "3000"


def test_a_history_lists_each_version_with_who_why_and_where_it_is_recorded(pages: Path) -> None:
    text = Page(pages / "history" / "sales_west-revenue-region-west.html").text
    assert (
        "3 1 Jul 2017 west_2017 v2 21,000 → 22,500 Jul 2017 Scope change: The Reno <b>branch</b> joined the region "
        "(trigger branches_join@2017-05) (docs/decisions/2017-06.md) "
        "Head of sales Chief financial officer No approval needed "
        "20 Jun 2017 2 Jan 2018 06:00 UTC 3 0123456789 commit d92be40"
    ) in text
    assert "December 2017 23,457 22,500 +957 +4.3 On target 18,750 west_2017 v2" in text
    assert text.index("December 2017 23,457") < text.index("January 2016 16,000")


def test_the_page_of_checks_says_what_was_found_and_how_the_totals_agree(pages: Path) -> None:
    text = Page(pages / "checks.html").text
    assert "Every line names a product Warned 45 of 9,000 tested rows break it; the table has 9,994 rows, and" in text
    assert "the rule speaks of 9,000 of them erp.order_line · ERP-01 · warning" in text
    assert "Quantities are positive Passed order_line ERP-02 9,994 9,994 0 0.00 %" in text
    assert "order_line sales 1 of 2 differ 305.50 300 −5.50" in text
    assert "order_line month 2017-12 sales 205.50 200 −5.50 – explained by 1 changed" in text


def test_no_page_asks_for_anything_outside_or_weighs_too_much(pages: Path) -> None:
    for path in all_pages(pages):
        page = Page(path)
        outside = [link for link in page.links if re.match(r"[a-z]+:|//", link) and link != "data:,"]
        assert outside == []
        assert len(page.source.encode()) <= LARGEST
        assert page.source.count("<h1>") == 1


def test_every_link_leads_somewhere(pages: Path) -> None:
    for path in all_pages(pages):
        for link in Page(path).links:
            name = link.partition("#")[0]
            assert link == "data:," or not name or (path.parent / name).is_file(), f"{path}: {link}"


def test_the_same_warehouse_gives_the_same_pages(pages: Path, tmp_path: Path) -> None:
    warehouse = made_warehouse(tmp_path / "warehouse.duckdb")
    out = tmp_path / "again"
    report = render_pages(made_project(tmp_path), warehouse, out, datetime(2018, 1, 2, 6, 14), "run-1", "d92be40aa11")
    assert len(report.paths) == len(all_pages(pages))
    for path in report.paths:
        assert path.read_bytes() == (pages / path.relative_to(out)).read_bytes()


def test_a_scorecard_has_at_most_eight_tiles_and_names_the_rest(tmp_path: Path) -> None:
    made, project = nine_kpis(tmp_path)
    render_pages(project, made, tmp_path / "pages", datetime(2018, 1, 2), "run-1", None)
    page = Page(tmp_path / "pages" / "sales_west.html")
    assert page.tiles == [f"count_{number}" for number in range(9, 1, -1)]
    assert "More KPIs KPI 1 1" in page.text
    assert "commit" not in page.text


def nine_kpis(folder: Path) -> tuple[Path, Project]:
    base = made_project(folder)
    kpis = {f"count_{n}": a_kpi(f"count_{n}", f"KPI {n}", "order") for n in range(1, 10)}
    made = MadeWarehouse(folder / "nine.duckdb")
    for number, name in enumerate(kpis, start=1):
        made.add(
            "kpi.fct_scorecard",
            holder="sales_west",
            kpi=name,
            slice="all",
            member="all",
            grain="month",
            period_start=date(2017, 12, 1),
            period_end=date(2017, 12, 31),
            is_complete=True,
            actual=number,
            target_value=1,
            comparison="at_least",
            weight=number / 100,
            variance=number - 1,
            status="green",
        )
    project = Project(
        root=folder,
        calendar=base.calendar,
        organisation=base.organisation,
        chain=base.chain,
        facts=base.facts,
        kpis=kpis,
        agreements=(),
        expectations={},
    )
    return made.close(), project


def test_a_missing_warehouse_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(BrokenWorld, match=r"there is no warehouse at .*\n  hint: `kpi run` builds it"):
        render_pages(made_project(tmp_path), tmp_path / "none.duckdb", tmp_path, datetime(2018, 1, 2), "r", None)


def test_a_warehouse_without_a_table_names_it(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    with pytest.raises(BrokenWorld, match=r"cannot be read for the pages: .*as_of"):
        render_pages(made_project(tmp_path), tmp_path / "empty.duckdb", tmp_path, datetime(2018, 1, 2), "r", None)
