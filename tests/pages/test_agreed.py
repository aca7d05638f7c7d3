"""Every target says by which agreement, why, who, whether it was approved, what it is worth, and where that stands."""

from __future__ import annotations

import hashlib
import html
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_forms import AGREEMENTS, KPIS, forms_ledger, forms_project, forms_warehouse
from page_read import Page

from kpiledger.ledger.store import Ledger, read_checkpoint, read_entries
from kpiledger.ledger.subjects import erase
from kpiledger.pages import render_pages

BUILT_AT = datetime(2018, 1, 2, 6, 14)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a warehouse, a ledger, and the pages of both."""
    folder = Path(tmp_path_factory.mktemp("forms"))
    warehouse, ledger = forms_warehouse(folder / "warehouse.duckdb"), forms_ledger(folder)
    render_pages(forms_project(folder), warehouse, folder / "pages", BUILT_AT, "run-1", None, ledger)
    return folder


def page(world: Path, name: str) -> Page:
    return Page(world / "pages" / name)


def history(world: Path, kpi: str) -> Page:
    return page(world, f"history/sales_west-{kpi}.html")


def test_a_target_says_version_reason_approver_and_approval(world: Path) -> None:
    text = page(world, "sales_west.html").text
    assert "Approved · stock_2017 v1 Annual agreement, Chief financial officer, 12 Dec 2016" in text
    assert "No approval needed Pilot, not binding · trial_2017 v1" in text
    assert (
        "Not approved waiting_2017 v1 Annual agreement: Budget of waiting_2017 Head of sales Chief financial officer "
        "12 Dec 2016 2 Jan 2018 06:00 UTC 4 0123456789"
    ) in text
    assert "Approved entry 8, 2 Jan 2017 09:30 UTC ramp_2017 v1" in text


@pytest.mark.parametrize(
    ("kpi", "shape", "word"),
    [
        ("waiting", "unapproved", "Not approved"),
        ("voided", "void", "Approval void"),
        ("turned_down", "refused", "Approval refused"),
    ],
)
def test_a_target_without_its_approval_says_so_in_place_of_a_status(
    world: Path, kpi: str, shape: str, word: str
) -> None:
    found = history(world, kpi)
    assert f"{word} December 2017:" in found.text
    assert f"December 2017 {'13' if kpi == 'waiting' else '9'} 10" in found.text
    assert f"#i-{shape}" in found.links
    assert "On target" not in found.text
    assert "Score" not in found.text


def test_a_pilot_keeps_its_status_and_is_marked_in_every_period(world: Path) -> None:
    found = history(world, "trial")
    assert "On target December 2017: 13 · target ≥ 10 · +3 No approval needed Pilot, not binding" in found.text
    assert found.text.count("On target pilot") == 8
    assert found.text.count("Off target pilot") == 4


def test_what_does_not_bind_is_counted_apart(world: Path) -> None:
    counts = (
        "3 On target 2 Off target 1 Approval refused 1 Approval void 1 Not approved 1 Pilot, not binding "
        "Agreement score 0.75 December 2017 · speaks for 30 % of the 40 % agreed"
    )
    assert counts in page(world, "sales_west.html").text
    first = page(world, "index.html").text
    assert counts in first
    assert "Deliver Off target: 2 of 5 targets of teams" in first


def test_a_score_stands_beside_the_value_it_was_given_for(world: Path) -> None:
    found = page(world, "sales_west.html")
    assert found.figures[("stock", "score")] == "1"
    assert found.figures[("mistakes", "score")] == "0"
    assert ("trial", "score") not in found.figures
    assert "July 2017 1 between 3 and 5 −2 – Off target 0.00 – stock_2017 v1" in history(world, "stock").text


def test_a_target_between_two_bounds_is_said_and_drawn_with_both(world: Path) -> None:
    found = page(world, "sales_west.html")
    assert "4 target between 3 and 5 · inside Approved" in found.text
    assert (found.figures[("stock", "target_value")], found.figures[("stock", "upper_value")]) == ("3", "5")
    tile = re.search(r'id="stock".*?</article>', found.source, re.DOTALL)
    assert tile is not None
    assert tile[0].count('class="inside"') == 1
    kinds = re.findall(r'<rect class="k-(\w+)"', tile[0])
    assert kinds == ["off", "watch", "on", "watch", "off"]
    assert tile[0].count('height="19"') == 2
    assert "June 2017 2 between 3 and 5 −1" in history(world, "stock").text
    assert "March 2017 6 between 3 and 5 +1" in history(world, "stock").text


def test_an_exact_target_is_said_with_its_tolerance(world: Path) -> None:
    text = page(world, "sales_west.html").text
    assert "1 target exactly 0 · +1 Approved" in text
    assert "52.0 % target exactly 50.0 ± 5.0 · +2.0 pp" in text


def test_gaps_are_met_where_the_bounds_say_so(world: Path) -> None:
    drawn = history(world, "stock").source
    assert (drawn.count('class="met"'), drawn.count('class="missed"')) == (9, 3)


def test_a_relative_target_says_what_it_is_a_multiple_of(world: Path) -> None:
    assert "target ≥ 208 · −8 (−3.7 %) 1.06 × same month last year" in page(world, "sales_west.html").text
    assert "1.06 × same month last year" in history(world, "growing").text


def test_a_ramp_is_drawn_as_a_step_for_each_month(world: Path) -> None:
    path = re.search(r'<path class="l-target" d="([^"]*)"', history(world, "climbing").source)
    assert path is not None
    assert path[1].count("V") == 11


def test_every_target_leads_to_its_entry_of_the_ledger(world: Path) -> None:
    for kpi, (agreement, _, _) in KPIS.items():
        seq = AGREEMENTS.index(agreement) + 1
        assert f"../ledger/entry-{seq}.html" in history(world, kpi).links
        assert f"ledger/entry-{seq}.html" in page(world, "sales_west.html").links


def test_an_entry_shows_its_line_hash_and_the_command_that_proves_it(world: Path) -> None:
    (entry,) = [one for one in read_entries(Ledger(world / "ledger")) if one.key == "stock_2017/1"]
    found = page(world, "ledger/entry-1.html")
    line = re.search(r"<pre[^>]*>(.*?)</pre>", found.source, re.DOTALL)
    assert line is not None
    assert html.unescape(line[1]).encode() == entry.line
    # RFC 6962: the leaf hash is SHA-256 over a zero byte and the leaf.
    assert hashlib.sha256(b"\0" + html.unescape(line[1]).encode()).hexdigest() in found.text
    assert "kpi audit 25 --seq 1" in found.text
    assert "Recorded 2 Jan 2017 09:30 UTC Kind agreement.agreed Key stock_2017/1 Commit d92be40aa11" in found.text
    assert "Budget <b>of</b> stock_2017" in found.text
    assert "<b>of" not in found.source
    assert "../history/sales_west-mistakes.html" in found.links


def test_the_page_of_the_ledger_shows_the_checkpoint_and_the_newest_entries_first(world: Path) -> None:
    found = page(world, "ledger.html")
    checkpoint = read_checkpoint(Ledger(world / "ledger"))
    assert f"Entries {checkpoint.size} Root" in found.text
    assert checkpoint.root.hex() in found.text
    assert checkpoint.origin in found.text
    assert f"kpi audit 24 --from-size {checkpoint.size}" in found.text
    assert found.text.index("p1007_2017/1") < found.text.index("stock_2017/1")
    assert [f"ledger/entry-{seq}.html" in found.links for seq in range(1, 9)] == [True] * 8
    assert "ledger.html" in page(world, "index.html").links


def test_a_person_is_an_id_and_who_was_erased_is_erased(tmp_path: Path) -> None:
    warehouse, ledger = forms_warehouse(tmp_path / "warehouse.duckdb"), forms_ledger(tmp_path)
    project = forms_project(tmp_path)
    render_pages(project, warehouse, tmp_path / "before", BUILT_AT, "run-1", None, ledger)
    assert "holder p1007" in Page(tmp_path / "before" / "ledger" / "entry-8.html").text
    erase(ledger, "p1007", "asked for", lambda: datetime(2018, 1, 1, tzinfo=UTC))
    render_pages(project, warehouse, tmp_path / "after", BUILT_AT, "run-1", None, ledger)
    text = Page(tmp_path / "after" / "ledger" / "entry-8.html").text
    assert "holder erased" in text
    assert "text erased" in text
    assert "Budget" not in text


def test_without_a_ledger_pages_name_entries_and_lead_to_none(tmp_path: Path) -> None:
    warehouse = forms_warehouse(tmp_path / "warehouse.duckdb")
    render_pages(forms_project(tmp_path), warehouse, tmp_path / "pages", BUILT_AT, "run-1", None)
    found = Page(tmp_path / "pages" / "sales_west.html")
    assert "1 0123456789" in found.text
    assert not [link for link in found.links if "ledger" in link]
    assert not (tmp_path / "pages" / "ledger.html").exists()


def test_no_page_of_the_ledger_asks_for_anything_outside_or_leads_nowhere(world: Path) -> None:
    pages = world / "pages"
    for path in pages.rglob("*.html"):
        found = Page(path)
        assert len(found.source.encode()) <= 60 * 1024
        for link in found.links:
            name = link.partition("#")[0]
            assert link == "data:," or not name or (path.parent / name).is_file(), f"{path}: {link}"
