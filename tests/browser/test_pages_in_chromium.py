"""The published demo, opened as a reader would: same numbers as the tables, no network, fits a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = [pytest.mark.browser, pytest.mark.demo]

# Chromium must neither need a display nor call home.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TEAMS = ("sales_west", "sales_east", "sales_central", "sales_south")
FIGURES = {
    "actual": "actual",
    "target_value": "target_value",
    "variance": "variance",
    "year_to_date": "actual_year_to_date",
    "target_year_to_date": "target_year_to_date",
    "same_period_last_year": "same_period_last_year",
    "rolling_mean": "rolling_mean",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium; the pages need none of the browsers that playwright would download."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def watched(browser: Any) -> Iterator[tuple[Any, list[str]]]:
    """A desktop page and what it should not have done: requests that leave the machine, errors."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    wrong: list[str] = []
    page.on("request", lambda request: None if is_local(request.url) else wrong.append(request.url))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    yield page, wrong
    page.close()


def is_local(address: str) -> bool:
    return address.startswith(("file://", "data:"))


def published(demo: Path) -> list[Path]:
    return sorted((demo / "build" / "pages").rglob("*.html"))


def scorecard_rows(demo: Path, holder: str) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The holder's rows of fct_scorecard, by KPI, member and first day."""
    with duckdb.connect(str(demo / "build" / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute("select * from kpi.fct_scorecard where holder = ?", [holder])
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, values, strict=True)) for values in found.fetchall()]
    return {(row["kpi"], row["member"], row["period_start"].isoformat()): row for row in rows}


@pytest.mark.parametrize("holder", [*TEAMS, "company"])
def test_the_numbers_of_a_scorecard_equal_the_table(
    published_demo: Path, watched: tuple[Any, list[str]], holder: str
) -> None:
    page, wrong = watched
    page.goto((published_demo / "build" / "pages" / f"{holder}.html").as_uri())
    rows = scorecard_rows(published_demo, holder)
    tiles = page.locator("article.tile").all()
    assert 1 <= len(tiles) <= 8
    for tile in tiles:
        key = tuple(tile.get_attribute(f"data-{name}") for name in ("kpi", "member", "period"))
        row = rows[key]
        assert row["is_complete"]
        assert tile.get_attribute("data-status") == row["status"]
        compared = 0
        for shown in tile.locator("data[data-of]").all():
            value, column = shown.get_attribute("value"), FIGURES[shown.get_attribute("data-of")]
            assert (Decimal(value) if value else None) == row[column], f"{key} {column}"
            compared += 1
        assert compared >= 6
    assert wrong == []


def test_a_tile_shows_the_newest_finished_period(published_demo: Path, watched: tuple[Any, list[str]]) -> None:
    page, _ = watched
    page.goto((published_demo / "build" / "pages" / "sales_west.html").as_uri())
    rows = scorecard_rows(published_demo, "sales_west").values()
    for tile in page.locator("article.tile").all():
        kpi = tile.get_attribute("data-kpi")
        newest = max(row["period_start"] for row in rows if row["kpi"] == kpi and row["is_complete"])
        assert tile.get_attribute("data-period") == newest.isoformat()


def test_a_history_lists_every_period_of_the_table(published_demo: Path, watched: tuple[Any, list[str]]) -> None:
    page, wrong = watched
    page.goto((published_demo / "build" / "pages" / "history" / "sales_west-revenue-region-west.html").as_uri())
    rows = scorecard_rows(published_demo, "sales_west")
    lines = page.locator("table.values tbody tr").all()
    assert len(lines) == sum(kpi == "revenue" for kpi, _, _ in rows)
    for line in lines:
        row = rows[("revenue", "West", f"{line.get_attribute('data-period')}-01")]
        actual, target, variance, last_year = (
            Decimal(value) if (value := shown.get_attribute("value")) else None for shown in line.locator("data").all()
        )
        assert (actual, target) == (row["actual"], row["target_value"])
        assert (variance, last_year) == (row["variance"], row["same_period_last_year"])
        assert line.get_attribute("data-status") == row["status"]
    assert wrong == []


def test_the_company_shows_every_kpi_once_in_its_stage(published_demo: Path, watched: tuple[Any, list[str]]) -> None:
    page, wrong = watched
    page.goto((published_demo / "build" / "pages" / "index.html").as_uri())
    with duckdb.connect(str(published_demo / "build" / "warehouse.duckdb"), read_only=True) as connection:
        stage_of = dict(connection.execute("select kpi, chain_stage from kpi.dim_kpi").fetchall())
    shown = {
        kpi.get_attribute("data-kpi"): stage.get_attribute("data-stage")
        for stage in page.locator("li.stage").all()
        for kpi in stage.locator("[data-kpi]").all()
    }
    assert shown == stage_of
    assert page.locator("li.stage [data-kpi]").count() == len(stage_of)
    assert page.locator("article.tile").count() <= 8
    assert wrong == []


def test_no_page_leaves_the_machine_or_complains(published_demo: Path, watched: tuple[Any, list[str]]) -> None:
    page, wrong = watched
    for path in published(published_demo):
        page.goto(path.as_uri())
        assert path.stat().st_size <= 60 * 1024, path.name
    assert wrong == []


def test_no_page_scrolls_sideways_on_a_phone(published_demo: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    for path in published(published_demo):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path.name
    page.close()


def test_a_scorecard_prints_on_one_sheet(published_demo: Path, watched: tuple[Any, list[str]]) -> None:
    page, _ = watched
    page.goto((published_demo / "build" / "pages" / "sales_west.html").as_uri())
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page/") == 1
