"""Is the brief one page that says what to ask, how targets went, what was agreed and decided, and what waits?"""

from __future__ import annotations

import json
import re
import shutil
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from click.testing import CliRunner

from kpiledger.checking import check_folder
from kpiledger.cli import kpi
from kpiledger.errors import WrongUse
from kpiledger.pages.briefs.making import brief_of
from kpiledger.pages.briefs.questions import questions
from kpiledger.pages.briefs.targets import Mark, TargetLine
from kpiledger.pages.briefs.text import brief_text
from kpiledger.pages.formatting import Number
from kpiledger.pages.render import brief_html, render_pages
from kpiledger.periods import Period
from kpiledger.reviews.tables import FCT_DECISION, FCT_REVIEW_DUE
from kpiledger.vocabulary import Status
from kpiledger.warehouse import lay_tables

pytestmark = pytest.mark.demo

BUILT = datetime(2018, 1, 2, 6, 14)
QUARTER = Period.parse("2017-Q4")
NONE = Number("", "–")


@pytest.fixture(scope="module")
def project(published_demo):
    found, _ = check_folder(published_demo)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def talked(published_demo, tmp_path_factory):
    """The published warehouse with a decision and two review items of West, as a run would lay them."""
    path = tmp_path_factory.mktemp("talked") / "warehouse.duckdb"
    shutil.copyfile(published_demo / "build" / "warehouse.duckdb", path)
    path.chmod(0o644)
    decided = (
        "decision/1", "sales_west", "2017-11", date(2017, 11, 1), date(2017, 11, 30), "revenue",
        "Schools are visited in January.", "head_of_sales_west", date(2017, 12, 12), None, None, 90,
        datetime(2017, 12, 12), "ab",
    )  # fmt: skip

    def item(name, what, holder, state, is_still_so=None):
        return (
            name, what, holder, "sales_west_2017", None, None, f"{name}: still right?", "head_of_sales",
            date(2017, 11, 1), date(2017, 11, 15), state, state != "closed", state == "overdue", 1,
            date(2017, 12, 1) if state == "closed" else None, 2 if state == "closed" else None, is_still_so,
        )  # fmt: skip

    items = [
        item("trigger/waits", "trigger", "sales_west", "overdue", False),
        item("mid_year/done", "mid_year", "sales_west", "closed"),
        item("mid_year/of_others", "mid_year", "sales_east", "overdue"),
    ]
    lay_tables(path, "kpi", [FCT_DECISION.table([decided]), FCT_REVIEW_DUE.table(items)])
    return path


def test_it_says_how_each_target_went_with_the_figures_of_the_scorecard(project, talked):
    page, _ = brief_of(project, talked, "sales_west", QUARTER)
    query = """
        select kpi, actual, status from kpi.fct_scorecard
        where holder = 'sales_west' and grain = 'month' and period_start = '2017-12-01' and target_value is not null
    """
    with duckdb.connect(str(talked), read_only=True) as connection:
        expected = {row[0]: row[1:] for row in connection.execute(query).fetchall()}
    assert {line.kpi: (Decimal(line.actual.machine), line.status) for line in page.targets} == expected
    assert all(len(line.marks) == 3 for line in page.targets)
    assert sum(count for _, count in page.counts) == len(page.targets)


def test_it_tells_decisions_of_its_months_and_what_waits_for_its_holder_only(project, talked):
    page, _ = brief_of(project, talked, "sales_west", QUARTER)
    assert [(one.said, one.who) for one in page.decisions] == [
        ("Schools are visited in January.", "Head of sales West")
    ]
    (waiting,) = page.waiting
    assert (waiting.item, waiting.is_late, waiting.who) == ("trigger/waits", True, "Head of sales")
    assert "by the figures as known now it would not have fired" in waiting.said
    assert brief_of(project, talked, "sales_west", Period.parse("2017-12"))[0].decisions == ()


def test_it_tells_the_agreements_in_force_and_what_was_changed_in_the_period(project, talked):
    third, _ = brief_of(project, talked, "sales_south", Period.parse("2017-Q3"))
    second, _ = brief_of(project, talked, "sales_south", Period.parse("2017-Q2"))
    assert [one.name for one in second.agreements] == ["sales_south_2017 v1"]
    assert "sales_south_2017 v2" in [one.name for one in third.agreements]


def test_it_tells_how_an_agreement_began_and_what_holds_now(project, talked):
    for holder in ("sales_west", "sales_south"):
        page, _ = brief_of(project, talked, holder, QUARTER)
        assert [one.name for one in page.agreements][:2] == [f"{holder}_2017 v1", f"{holder}_2017 v2"]


def test_a_publication_without_the_tables_of_the_conversation_still_has_a_brief(project, talked, tmp_path):
    older = tmp_path / "older.duckdb"
    shutil.copyfile(talked, older)
    with duckdb.connect(str(older)) as connection:
        connection.execute("drop table kpi.fct_decision")
    page, _ = brief_of(project, older, "sales_west", QUARTER)
    assert (page.decisions, page.waiting, bool(page.targets)) == ((), (), True)


def test_text_has_every_section_and_no_recorded_text_begins_a_line(project, talked):
    page, _ = brief_of(project, talked, "sales_west", QUARTER)
    text = brief_text(page)
    for title in ("What went well?", "Where to steer?", "What could be better?", "Decisions", "To be decided"):
        assert f"\n{title}\n  - " in text
    assert "--closes trigger/waits" in text


def test_without_a_period_it_is_of_the_newest_quarter_that_ended(project, talked):
    page, _ = brief_of(project, talked, "sales_west", None)
    assert page.period_name == "2017-Q4"


@pytest.mark.parametrize(
    ("holder", "period", "message"),
    [
        ("sales_wets", "2017-Q4", "no target of `sales_wets`"),
        ("sales_west", "2017-12-31", "2017-12-31 is a day"),
        ("sales_west", "2031-Q1", "`sales_west` is held to nothing in 2031-Q1"),
    ],
)
def test_a_brief_that_cannot_be_is_refused(project, talked, holder, period, message):
    with pytest.raises(WrongUse, match=message):
        brief_of(project, talked, holder, Period.parse(period))


def test_the_published_pages_lead_to_the_briefs_and_the_command_gives_the_same(published_demo):
    pages = published_demo / "build" / "pages"
    card = (pages / "sales_west.html").read_text(encoding="utf-8")
    for address in ("brief/sales_west/2017-Q4.html", "brief/sales_west/2017-12.html"):
        assert f'href="{address}"' in card
        assert (pages / address).is_file()
    words = ["--project", str(published_demo), "brief", "sales_west", "--period", "2017-Q4", "--output"]
    told = CliRunner().invoke(kpi, [*words, "json"])
    assert json.loads(told.stdout)["address"] == "brief/sales_west/2017-Q4.html"
    shown = CliRunner().invoke(kpi, [*words, "html"])
    assert "<h1>Sales West <small>brief on Q4 2017</small></h1>" in shown.stdout


def test_a_decision_stands_on_the_brief_and_on_the_history_of_its_kpi(project, talked, tmp_path):
    render_pages(project, talked, tmp_path, BUILT, "run-1", None)
    for page in ("brief/sales_west/2017-Q4.html", "history/sales_west-revenue-region-west.html"):
        assert "Schools are visited in January." in (tmp_path / page).read_text(encoding="utf-8")
    other = tmp_path / "history/sales_west-gross_margin-region-west.html"
    assert "Schools are visited" not in other.read_text(encoding="utf-8")


def line(status=Status.GREEN, met=3, of=3, is_favourable=None, signal="", label="Revenue"):
    mark = Mark("green", "met")
    return TargetLine(
        label=label, part="", address="", kpi=label, status=status, shape="", word="", period="Dec 2017",
        actual=NONE, promise=None, variance=Number("-5", "−5", "USD"), variance_share=NONE, year=NONE, last_year=NONE,
        weight=NONE, marks=(mark,) * of, on_target_count=met, signal=signal, is_signal=is_favourable is not None,
        is_favourable=is_favourable, projection="", pace="",
    )  # fmt: skip


def test_a_figure_within_its_usual_variation_asks_for_no_explanation():
    asked = questions([line(Status.RED, signal="Noise")], [], True, 0)
    assert "within its usual variation. What in the way we work would lift all periods?" in asked.steer[0]
    asked = questions([line(Status.RED, signal="Signal", is_favourable=False)], [], True, 0)
    assert "something has changed. What is it, and what is the next step?" in asked.steer[0]


def test_what_worsens_by_a_signal_is_asked_about_first():
    lines = [line(Status.RED, label="A"), line(Status.AMBER, label="B", is_favourable=False, signal="Signal")]
    assert [one.split()[0] for one in questions(lines, [], True, 0).steer] == ["B", "A"]


def test_a_target_that_was_mostly_missed_did_not_simply_go_well():
    assert "is on target again in Dec 2017, after 2 periods off" in questions([line(met=1)], [], True, 0).went_well[0]
    assert "was on target in 3 of 3 periods" in questions([line()], [], True, 0).went_well[0]


def test_there_is_always_something_to_ask():
    asked = questions([], [], False, 1)
    assert all((asked.went_well, asked.steer, asked.better))
    assert "well-being or learning" in asked.better[1]


@pytest.mark.browser
def test_a_brief_is_one_printed_page_fits_a_phone_and_is_read_by_all(published_demo, project, talked, tmp_path):
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    page, readings = brief_of(project, talked, "sales_west", QUARTER)
    full = tmp_path / "west.html"
    full.write_text(brief_html(project, page, readings, BUILT, "run-1", None), encoding="utf-8")
    folder = published_demo / "build" / "pages" / "brief"
    longest = sorted(folder.rglob("*.html"), key=lambda file: -file.stat().st_size)[:2]
    with sync.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(bypass_csp=True, viewport={"width": 400, "height": 800})
        for file in (full, *longest):
            tab = context.new_page()
            tab.goto(file.as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") == 400, file
            assert printed_pages(tab) == 1, file
            assert axe.run(tab).response["violations"] == [], file
            tab.close()
        browser.close()


def printed_pages(tab) -> int:
    """How many sheets of A4 the page takes."""
    return len(re.findall(rb"/Type\s*/Page[^s]", tab.pdf(prefer_css_page_size=True, print_background=True)))
