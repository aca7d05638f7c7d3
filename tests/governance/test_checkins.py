"""Check-ins: recorded once and for good, private where a person speaks, and asked for where they are missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from wanted_project import wanted_project

from kpiledger.cli import kpi
from kpiledger.errors import WrongUse
from kpiledger.ledger.keys import make_keys
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.ledger.subjects import erase, unexplained
from kpiledger.objectives.check_ins import CheckIn, check_ins, record_check_in, year_of
from kpiledger.objectives.rows import CHECK_IN, check_in_table
from kpiledger.specs.calendar import Month

NOW = datetime(2017, 6, 1, 9, tzinfo=UTC)
PEOPLE = ("p1007", "p1008")


def now() -> datetime:
    return NOW


def said(by: str = "cfo", note: str | None = None, on: date = date(2017, 5, 31), confidence: str = "0.7") -> CheckIn:
    return CheckIn("more_sold", 2017, on, by, Decimal(confidence), note)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / "ledger")
    make_keys(made.keys, "tests")
    return made


def test_a_check_in_of_a_role_is_recorded_as_it_was_said(ledger: Ledger) -> None:
    entry = record_check_in(ledger, said(note="Spring was good"), PEOPLE, now)
    assert (entry.kind, entry.key) == (EntryKind.CHECK_IN_NOTED, "more_sold")
    assert entry.content == {
        "key_result": "more_sold", "year": "2017", "confidence": "0.7", "checked_in_on": "2017-05-31",
        "checked_in_by": "cfo", "note": "Spring was good",
    }  # fmt: skip


def test_neither_a_person_nor_what_they_said_stands_in_the_entry(ledger: Ledger) -> None:
    entry = record_check_in(ledger, said("p1007", "I doubt it"), PEOPLE, now)
    assert b"p1007" not in entry.line
    assert b"doubt" not in entry.line
    (found,) = check_ins(ledger, read_entries(ledger))
    assert (found.said.by, found.said.note) == ("p1007", "I doubt it")


def test_who_is_erased_takes_the_note_along_and_leaves_the_confidence(ledger: Ledger) -> None:
    record_check_in(ledger, said("p1007", "I doubt it"), PEOPLE, now)
    erase(ledger, "p1007", "asked for", now)
    entries = read_entries(ledger)
    (found,) = check_ins(ledger, entries)
    assert found.said.by.startswith("erased_")
    assert (found.said.note, found.said.confidence) == ("erased", Decimal("0.7"))
    assert list(unexplained(ledger, entries)) == []


@pytest.mark.parametrize(("by", "note"), [("cfo", "p1007 is slow"), ("p1007", "p1008 is slow")])
def test_no_note_names_anybody_else(ledger: Ledger, by: str, note: str) -> None:
    with pytest.raises(WrongUse, match=r"the note names p100[78], and what is recorded stays"):
        record_check_in(ledger, said(by, note), PEOPLE, now)


def test_nobody_checked_in_tomorrow(ledger: Ledger) -> None:
    with pytest.raises(WrongUse, match="2017-06-02 is still to come"):
        record_check_in(ledger, said(on=date(2017, 6, 2)), PEOPLE, now)


@pytest.mark.parametrize("confidence", ["-0.1", "1.01", "70"])
def test_a_confidence_lies_between_surely_not_and_surely(ledger: Ledger, confidence: str) -> None:
    with pytest.raises(WrongUse, match="is none"):
        record_check_in(ledger, said(confidence=confidence), PEOPLE, now)


def test_they_are_told_in_the_order_of_their_days_and_laid_as_rows(ledger: Ledger) -> None:
    record_check_in(ledger, said(confidence="0.5"), PEOPLE, now)
    record_check_in(ledger, said(on=date(2017, 5, 1), confidence="0.9"), PEOPLE, now)
    entries = read_entries(ledger)
    assert [one.said.confidence for one in check_ins(ledger, entries)] == [Decimal("0.9"), Decimal("0.5")]
    rows = check_in_table(ledger, entries).rows
    assert [dict(zip(CHECK_IN, row, strict=True))["confidence"] for row in rows] == [Decimal("0.9"), Decimal("0.5")]


def test_the_year_is_that_of_the_day_else_the_last_that_has_the_key_result(tmp_path: Path) -> None:
    project = wanted_project(tmp_path)
    assert year_of(project, "more_sold", date(2017, 3, 1)) == 2017
    assert year_of(project, "more_sold", date(2018, 1, 3)) == 2017
    with pytest.raises(WrongUse, match="there is no key result `more_slod`"):
        year_of(project, "more_slod", date(2017, 3, 1))


def test_the_year_of_a_day_is_the_fiscal_one(tmp_path: Path) -> None:
    project = wanted_project(tmp_path)
    fiscal = project.calendar.model_copy(update={"fiscal_year_starts": Month.JULY})
    file = project.objectives[0]
    both = (file, file.model_copy(update={"year": 2018}))
    project = replace(project, calendar=fiscal, objectives=both)
    assert year_of(project, "more_sold", date(2017, 6, 30)) == 2017
    assert year_of(project, "more_sold", date(2017, 7, 1)) == 2018


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """The command in a project, and what it printed."""
    wanted_project(tmp_path)
    (tmp_path / "kpiledger.yml").write_text("build: build\nledger: build/ledger\n", encoding="utf-8")
    made = Ledger(tmp_path / "build/ledger")
    make_keys(made.keys, "tests")
    record_check_in(made, said(on=date(2017, 5, 31)), PEOPLE, now)

    def ran(*words: str) -> str:
        done = CliRunner().invoke(kpi, ["--project", str(tmp_path), *words], catch_exceptions=True)
        if isinstance(done.exception, WrongUse):
            return str(done.exception)
        assert done.exit_code == 0, done.output
        return done.output

    return ran


def test_the_command_records_and_says_when_it_will_be_seen(run: Callable[..., str]) -> None:
    told = run("checkin", "margin_kept", "--confidence", "0.35", "--by", "cfo", "--note", "Late", "--on", "2017-12-01")
    assert "cfo is 35% sure of margin_kept of 2017 on 2017-12-01" in told
    assert "35 % sure, said cfo on 2017-12-01" in run("alignment")


def test_what_was_said_after_the_as_of_date_is_not_shown_as_of_it(run: Callable[..., str]) -> None:
    run("checkin", "margin_kept", "--confidence", "0.35", "--by", "cfo", "--on", "2017-12-31")
    run("checkin", "margin_kept", "--confidence", "0.95", "--by", "cfo", "--on", "2018-01-01")
    told = run("alignment")
    assert "35 % sure, said cfo on 2017-12-31" in told
    assert "95 %" not in told


def test_without_a_key_result_the_command_lists_what_is_overdue(run: Callable[..., str]) -> None:
    assert run("checkin").splitlines() == [
        "more_sold: last looked at on 2017-05-31, 214 days before 2017-12-31",
        "margin_kept: never looked at",
        "2 check-ins are overdue as of 2017-12-31",
    ]
    listed = json.loads(run("checkin", "--output", "json"))["overdue"]
    assert listed == [
        {"key_result": "more_sold", "last_on": "2017-05-31"},
        {"key_result": "margin_kept", "last_on": None},
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("more_slod", "--confidence", "1", "--by", "cfo"), "`more_slod` is none of the key results"),
        (("more_sold", "--confidence", "1", "--by", "coo"), "`coo` is none of the people and roles"),
        (("more_sold", "--by", "cfo"), "a check-in says how sure who is"),
    ],
)
def test_the_command_refuses_what_it_cannot_record(run: Callable[..., str], words: tuple[str, ...], told: str) -> None:
    assert told in run("checkin", *words)
