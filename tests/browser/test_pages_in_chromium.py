"""The published demo, opened as a reader would: same numbers as the tables, no network, fits a phone."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpiledger.pages import render_pages
from kpiledger.pages.known_runs import KnownRuns
from kpiledger.pages.render import render_stopped

sys.path.insert(0, str(Path(__file__).parents[1] / "pages"))

from made_forms import forms_ledger, forms_project, forms_warehouse

pytestmark = [pytest.mark.browser, pytest.mark.demo]

SHEET_WIDTH = 733  # A4 between margins of 8 mm, in pixels
POINTS_OF_A_PIXEL = 0.75
# The size of the smallest text that is shown.
SMALLEST = """() => {
    const sizes = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = new Range()
    while (texts.nextNode()) {
        if (!texts.currentNode.textContent.trim()) continue
        range.selectNode(texts.currentNode)
        if (!range.getBoundingClientRect().height) continue
        let zoom = 1
        for (let at = texts.currentNode.parentElement; at; at = at.parentElement)
            zoom *= parseFloat(getComputedStyle(at).zoom || 1)
        sizes.push(zoom * parseFloat(getComputedStyle(texts.currentNode.parentElement).fontSize))
    }
    return Math.min(...sizes)
}"""
# What the keyboard reaches, the place of what it is at among them, and the line around that.
REACHABLE = (
    """[...document.querySelectorAll('a[href], summary, [tabindex="0"]')].filter(one => one.checkVisibility())"""
)
FOCUSED = f"""() => {{
    const at = document.activeElement, style = getComputedStyle(at)
    return [{REACHABLE}.indexOf(at), `${{style.outlineStyle}} ${{style.outlineWidth}}`]
}}"""
SHOWN = "document.activeElement.outerHTML.slice(0, 200)"
MOST_KEYS = 120  # of a page of many hundred links the first ones
TEAMS = ("sales_west", "sales_east", "sales_central", "sales_south")
APPROVALS = {
    "approved": "Approved",
    "unapproved": "Not approved",
    "void": "Approval void",
    "refused": "Approval refused",
    "not_required": "No approval needed",
}
FIGURES = {
    "actual": "actual",
    "target_value": "target_value",
    "variance": "variance",
    "year_to_date": "actual_year_to_date",
    "target_year_to_date": "target_year_to_date",
    "same_period_last_year": "same_period_last_year",
    "rolling_mean": "rolling_mean",
    "upper_value": "upper_value",
    "within_value": "within_value",
    "score": "score",
}


@pytest.fixture
def watched(browser: Any) -> Iterator[tuple[Any, list[str]]]:
    """A desktop page and what it should not have done: requests that leave the machine, errors."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
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


def every_kind(demo: Path) -> list[Path]:
    """Each page that there is one of, and the first of each folder."""
    pages, found = demo / "build" / "pages", published(demo)
    folders = {path.relative_to(pages).parts[0]: path for path in reversed(found) if path.parent != pages}
    return [*(path for path in found if path.parent == pages), *folders.values()]


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


def test_every_target_leads_to_its_ledger_entry_and_names_its_approval(
    published_demo: Path, watched: tuple[Any, list[str]]
) -> None:
    page, wrong = watched
    rows = scorecard_rows(published_demo, "sales_west")
    page.goto((published_demo / "build" / "pages" / "sales_west.html").as_uri())
    tiles = page.locator("article.tile").all()
    addresses = []
    for tile in tiles:
        row = rows[tuple(tile.get_attribute(f"data-{name}") for name in ("kpi", "member", "period"))]
        assert APPROVALS[row["approval_state"]] in tile.locator(".agreed").first.inner_text()
        addresses.append((tile.locator(".agreed a").first.get_attribute("href"), row["entry_seq"], row["entry_hash"]))
    for address, seq, entry_hash in addresses:
        page.goto((published_demo / "build" / "pages" / address).as_uri())
        line = page.locator("pre").inner_text()
        assert hashlib.sha256(b"\0" + line.encode()).hexdigest() == entry_hash
        assert f"kpi audit 25 --seq {seq}" in page.locator("dl.facts").inner_text()
    assert wrong == []


def test_an_unapproved_target_is_said_by_word_and_shape(tmp_path: Path, watched: tuple[Any, list[str]]) -> None:
    page, wrong = watched
    ledger, warehouse = forms_ledger(tmp_path), forms_warehouse(tmp_path / "warehouse.duckdb")
    render_pages(forms_project(tmp_path), warehouse, tmp_path, datetime(2018, 1, 2), "run-1", None, ledger)
    for kpi, word in (("voided", "Approval void"), ("turned_down", "Approval refused"), ("trial", "On target")):
        page.goto((tmp_path / "sales_west.html").as_uri())
        badge = page.locator(f"#{kpi} .badge")
        assert badge.inner_text() == word
        assert badge.locator("svg").bounding_box()["width"] == 16
    trial = page.locator("#trial .agreed").first.inner_text()
    assert " ".join(trial.split()).startswith("No approval needed Pilot, not binding · trial_2017 v1")
    assert wrong == []


def test_no_page_breaks_a_rule_of_accessibility(published_demo: Path, browser: Any, tmp_path: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    ledger, warehouse = forms_ledger(tmp_path), forms_warehouse(tmp_path / "warehouse.duckdb")
    render_pages(forms_project(tmp_path), warehouse, tmp_path, datetime(2018, 1, 2), "run-1", None, ledger)
    known = KnownRuns(readers_see="run 0123")
    render_stopped(forms_project(tmp_path), warehouse, tmp_path / "stopped", datetime(2018, 1, 2), "run-2", None, known)
    context = browser.new_context(bypass_csp=True)  # pages forbid scripts, and axe is one
    page = context.new_page()
    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 900})
        for path in [*every_kind(published_demo), *sorted(tmp_path.rglob("*.html"))]:
            page.goto(path.as_uri())
            broken = axe.run(page).response["violations"]
            assert [(rule["id"], rule["nodes"][0]["html"]) for rule in broken] == [], f"{path.name}, {width} wide"
    context.close()


def test_every_link_is_reached_by_the_keyboard_in_the_order_of_the_page_and_seen_when_it_is(
    published_demo: Path, browser: Any
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for path in every_kind(published_demo):
        page.goto(path.as_uri())
        count = min(page.evaluate(f"{REACHABLE}.length"), MOST_KEYS)
        assert count > 0, path.name
        for number in range(count):
            page.keyboard.press("Tab")
            at, outline = page.evaluate(FOCUSED)
            assert (at, outline) == (number, "solid 2px"), f"{path.name}: {page.evaluate(SHOWN)}"
        page.keyboard.press("Shift+Tab")  # and the way back is no other
        assert page.evaluate(FOCUSED)[0] == count - 2, path.name
    page.close()


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


def test_the_page_of_the_run_shows_each_finding_and_every_open_record(
    published_demo: Path, watched: tuple[Any, list[str]]
) -> None:
    page, wrong = watched
    page.goto((published_demo / "build" / "pages" / "checks.html").as_uri())
    with duckdb.connect(str(published_demo / "build" / "warehouse.duckdb"), read_only=True) as connection:
        checks = connection.execute("select rule, outcome from kpi.fct_check_result").fetchall()
        records = connection.execute("select count(*) from kpi.fct_registration_issue where is_open").fetchone()[0]
    found = sorted(rule for rule, outcome in checks if outcome not in ("passed", "nothing_to_check"))
    assert sorted(card.get_attribute("data-rule") for card in page.locator("article.check").all()) == found != []
    assert page.locator("details tr[data-rule]").count() == len(checks) - len(found)
    counts = page.locator("section#to-do tbody td.n").all_inner_texts()
    assert sum(int(count.replace(",", "")) for count in counts) == records
    assert wrong == []


def test_no_page_leaves_the_machine_or_complains(published_demo: Path, watched: tuple[Any, list[str]]) -> None:
    page, wrong = watched
    for path in published(published_demo):
        page.goto(path.as_uri())
        assert path.stat().st_size <= 60 * 1024, path.name
    assert wrong == []


def test_no_page_scrolls_sideways_on_a_phone(published_demo: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 400, "height": 844})
    for path in published(published_demo):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 400, path.name
    page.close()


@pytest.mark.parametrize(
    "name",
    [
        *("index", "company", "sales_west", "objectives", "conflicts", "checks"),
        *("brief/company/2017-Q4", "brief/sales_west/2017-12", "brief/sales_south/2017-Q4"),
    ],
)
def test_a_page_for_the_conversation_prints_on_one_sheet(
    published_demo: Path, watched: tuple[Any, list[str]], name: str
) -> None:
    page, _ = watched
    page.goto((published_demo / "build" / "pages" / f"{name}.html").as_uri())
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page/") == 1


def test_the_page_of_a_run_prints_in_letters_of_seven_points(published_demo: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": SHEET_WIDTH, "height": 1062})
    page.goto((published_demo / "build" / "pages" / "checks.html").as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= SHEET_WIDTH  # else it is shrunk to fit the sheet
    assert page.evaluate(SMALLEST) * POINTS_OF_A_PIXEL >= 7
    page.close()
