"""The page of a run: what became of it, what it was made from, what differs in which way, and who has to act."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from made_project import made_project
from made_warehouse import made_warehouse
from page_read import Page

from kpiledger.errors import RunStopped
from kpiledger.journal import JournalEntry, write_journal
from kpiledger.pages import render_pages
from kpiledger.pages.addresses import todo_address
from kpiledger.pages.known_runs import known_runs
from kpiledger.pages.render import render_stopped
from kpiledger.run_state import Run
from kpiledger.settings import Settings, load_settings
from kpiledger.stopped import leaving_page

AT = datetime(2018, 1, 2, 6, 14)
FOUND = """
insert into kpi.fct_registration_issue values
    ('run-1', 'erp', 'order_line', 'ERP-01', '=cmd|x', 'sales_west', '2017-12-01', '2017-11-05 06:00',
     '2018-01-02 06:00', null, true),
    ('run-1', 'erp', 'order_line', 'ERP-01', 'L-2', 'sales_west', '2017-12-01', '2018-01-02 06:00',
     '2018-01-02 06:00', null, true),
    ('run-1', 'erp', 'order_line', 'ERP-01', 'L-3', null, null, '2018-01-02 06:00', '2018-01-02 06:00', null, true),
    ('run-0', 'erp', 'order_line', 'ERP-01', 'L-4', 'sales_west', null, '2017-11-05 06:00', '2017-12-02 06:00',
     '2018-01-02 06:00', false),
    ('run-0', 'erp', 'order_line', 'ERP-02', 'L-9', 'sales_west', null, '2017-10-01 06:00', '2017-10-02 06:00',
     '2017-10-03 06:00', false);
insert into kpi.dim_extract values
    ('erp', 'order_line', 'x1', '2018-01-02 05:30', 9994, '{"sales": "2297200.86"}', '2014-01-03', '2017-12-30', null,
     '0123456789abcdef', 'fewer rows: the archive was moved');
insert into kpi.fct_spot_check values
    ('erp.order_line 2017-12', 'erp', 'order_line', 'all', 'warehouse_to_source', 5009, 99, 0, 0, 0.03, 0.95, 148,
     'passed', 'sheet', 'cfo', '2018-01-01 09:00'),
    ('erp.order_line 2017-12', 'erp', 'order_line', 'all', 'source_to_warehouse', 5009, 99, 0, null, 0.03, 0.95, null,
     'not_done', null, null, null);
insert into kpi.fct_reconciliation (
    run_id, source, table_name, level, measure, source_value, warehouse_value, difference, outcome, record_key,
    difference_kind, explanation
) values
    ('run-1', 'erp', 'order_line', 'row', 'rows', null, null, null, 'failed', 'L-5', 'missing', 'only there'),
    ('run-1', 'erp', 'order_line', 'row', 'rows', '2018-01-02', null, null, 'warned', 'L-6', 'late', 'made later'),
    ('run-1', 'erp', 'order_line', 'row', 'sold_at', '2017-03-04 14:33:29', '2017-02-24 14:33:29', -691200, 'failed',
     'L-7', 'changed', 'apart');
"""
BLOCKED = """
insert into kpi.fct_check_result (
    run_id, source, table_name, rule, says, check_kind, severity, outcome, rows_in_table, rows_tested, failing_count,
    is_blocking, message, checked_at
) values
    ('run-1', 'erp', 'order_line', 'reconciliation', 'The warehouse agrees with the source', 'reconciliation',
     'blocking', 'failed', 10, 12, 2, true, '2 of 12 records differ; KPIs that depend on it: revenue',
     '2018-01-02 06:00');
"""


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a warehouse in which things were found, and the pages of its run."""
    folder = tmp_path_factory.mktemp("checked")
    with duckdb.connect(str(made_warehouse(folder / "warehouse.duckdb"))) as link:
        link.execute(FOUND)
    render_pages(made_project(folder), folder / "warehouse.duckdb", folder / "pages", AT, "run-1", None)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "kpiledger.yml").write_text("build: build\n", encoding="utf-8")
    return load_settings(tmp_path, {})


def test_a_rule_says_since_when_it_is_broken_by_whom_and_what_was_fixed(checked: Path) -> None:
    page = Page(checked / "pages" / "checks.html")
    assert (
        "Open: Sales West 2 · no team named 1. The oldest since 5 Nov 2017 06:00 UTC, 2 new in this run. "
        "1 fixed since the run before. =cmd|x, L-2, L-3"
    ) in page.text
    assert "Quantities are positive Passed" in page.text  # what was fixed long ago is no news
    assert page.text.count("fixed since the run before") == 1


def test_each_team_has_a_page_and_a_file_of_what_it_has_to_put_right(checked: Path) -> None:
    todo = Page(checked / "pages" / "todo" / "sales_west.html")
    assert "To put right: Sales West 2 records, the oldest open since 5 Nov 2017" in todo.text
    assert "Every line names a product erp.order_line, ERP-01 · 2 records" in todo.text
    assert "=cmd|x 2017-12 5 Nov 2017 L-2 2017-12 2 Jan 2018" in todo.text
    assert "../checks.html" in todo.links
    with (checked / "pages" / "todo" / "sales_west.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert [line["record_key"] for line in lines] == ["'=cmd|x", "L-2"]  # no spreadsheet runs a key
    assert (lines[0]["first_seen"], lines[0]["month"]) == ("2017-11-05T06:00:00.000000Z", "2017-12")
    assert "L-3" in Page(checked / "pages" / "todo" / "no-team.html").text


def test_the_page_names_what_the_run_was_made_from(checked: Path) -> None:
    text = Page(checked / "pages" / "checks.html").text
    assert (
        "erp.order_line 2 Jan 2018 05:30 UTC 9,994 2014-01-03 to 2017-12-30 sales 2,297,200.86 "
        "Accepted: fewer rows: the archive was moved 0123456789ab"
    ) in text
    assert "Published: the numbers and pages that readers see are of this run." in text


def test_spot_checks_are_told_in_plain_words(checked: Path) -> None:
    text = Page(checked / "pages" / "checks.html").text
    assert "Is what we report true? erp.order_line Passed Of 99 rows looked at, of 5,009 in all, none was wrong" in text
    assert "Is nothing left out? erp.order_line Not done Not done: 99 of 5,009 rows wait to be looked at." in text


def test_records_that_differ_stand_by_class_and_late_ones_are_no_error(checked: Path) -> None:
    text = Page(checked / "pages" / "checks.html").text
    assert "Missing: 1 record, in the source and not in the warehouse: our figures lack them" in text
    assert "Late: 1 record, made or changed after the extract: no error" in text
    assert "order_line L-6 made later" in text
    assert "order_line L-7 sold_at 2017-03-04 14:33:29 2017-02-24 14:33:29 −8.0 days" in text


def test_a_stopped_run_says_why_what_readers_see_and_leads_nowhere_else(tmp_path: Path, settings: Settings) -> None:
    warehouse = made_warehouse(tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(warehouse)) as link:
        link.execute(BLOCKED)
    publication = settings.publications / "run-0000000" / "pages"
    publication.mkdir(parents=True)
    (publication / "checks.html").write_text("", encoding="utf-8")
    settings.current.symlink_to(publication.parent)
    first = JournalEntry("run-0000000", "2018-01-01T06:00:00+00:00", "2017-12-31", "published")
    killed = replace(first, run_id="run-killed", started_at="2018-01-01T07:00:00+00:00", outcome="running")
    for entry in (first, killed, replace(killed, run_id="run-1", started_at="2018-01-02T06:00:00+00:00")):
        write_journal(settings.runs, entry)
    known = known_runs(settings, "run-1", is_stopped=True)
    page = Page(render_stopped(made_project(tmp_path), warehouse, tmp_path / "out", AT, "run-1", None, known))
    assert (
        "Published nothing: 1 check stops it. Readers still see run run-0000 of 1 Jan 2018 06:00 UTC, as of "
        in page.text
    )
    assert "The warehouse agrees with the source: order_line Failed 2 of 12 records differ erp.order_line" in page.text
    assert "2 Jan 2018 06:00 UTC run-1 31 Dec 2017 Stopped before publishing this page" in page.text
    assert "1 Jan 2018 07:00 UTC run-kill 31 Dec 2017 Killed: it never said how it ended not kept" in page.text
    assert "Published publications/run-0000000/pages/checks.html" in page.text
    assert not {link for link in page.links if link.endswith(".html")} - {"checks.html"}


def test_a_page_of_very_many_findings_stays_small_and_says_how_many_more_there_are(tmp_path: Path) -> None:
    warehouse = made_warehouse(tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(warehouse)) as link:
        link.execute("""
            insert into kpi.fct_check_result
                select 'run-1', 'erp', 'table_' || n, 'm', 'RU-' || n, 'A rule of many words, number ' || n, 'one_of',
                    'blocking', 'failed', 10, 10, 1, 0.1, null, true, '1 of 10 tested rows break it',
                    timestamp '2018-01-02 06:00', null, null, null
                from range(600) as many(n)
        """)
        link.execute("""
            insert into kpi.fct_registration_issue
                select 'run-1', 'erp', 'table_0', 'RU-0', 'key ' || n, 'sales_west', null,
                    timestamp '2018-01-02 06:00', timestamp '2018-01-02 06:00', null, true
                from range(2000) as many(n)
        """)
    render_pages(made_project(tmp_path), warehouse, tmp_path / "pages", AT, "run-1", None)
    for path in (tmp_path / "pages").rglob("*.html"):
        assert path.stat().st_size <= 60 * 1024, path.name
    text = Page(tmp_path / "pages" / "checks.html").text
    assert "although 600 checks stop it: an override is recorded" in text
    assert "more that did not simply pass stand in kpi.fct_check_result" in text
    assert "1,750 of them do not stand on this page" in Page(tmp_path / "pages" / "todo" / "sales_west.html").text
    lines = (tmp_path / "pages" / "todo" / "sales_west.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2001


def test_no_two_teams_share_a_list() -> None:
    teams = [None, "West", "west", "WEST", "sales_west", "Sales West", "../etc", "no-team", "of-west", ""]
    addresses = {todo_address(team) for team in teams}
    assert len(addresses) == len(teams)
    assert {address.count("/") for address in addresses} == {1}


def a_run(settings: Settings, run_id: str) -> Run:
    settings.next.mkdir(parents=True, exist_ok=True)
    return Run(settings, run_id, None, AT)


def stop(run: Run) -> RunStopped:
    with pytest.raises(RunStopped) as told, leaving_page(run, made_project(run.root), lambda: AT):
        raise RunStopped("1 check stops it\n", "mend it")
    return told.value


def test_a_stopped_run_leaves_its_page_and_its_message_names_it(settings: Settings) -> None:
    run = a_run(settings, "run-1")
    made_warehouse(run.warehouse)
    page = settings.stopped / "run-1" / "checks.html"
    told = stop(run)
    assert told.message == f"1 check stops it\nthe page of this run: {page}"
    assert told.hint == "mend it"
    assert "Published nothing" in Page(page).text


def test_a_run_that_never_checked_leaves_no_page(settings: Settings) -> None:
    run = a_run(settings, "run-1")
    duckdb.connect(str(run.warehouse)).close()
    assert stop(run).message == "1 check stops it\n"
    assert not settings.stopped.exists()


def test_the_newest_stopped_runs_keep_their_pages(settings: Settings) -> None:
    made_warehouse(a_run(settings, "run-0").warehouse)
    (settings.stopped / "run-killed.new").mkdir(parents=True)
    for number in range(6):
        stop(a_run(settings, f"run-{number}"))
        os.utime(settings.stopped / f"run-{number}", (number, number))
    kept = {f"run-{number}" for number in range(5 - settings.keep_publications, 6)}
    assert {folder.name for folder in settings.stopped.iterdir()} == kept
