"""The commands `kpi audit` and `kpi changes`: the same answer as text, JSON and CSV, and wrong words are told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpiledger.audit.answer import Answer, Question
from kpiledger.audit.questions import QUESTIONS
from kpiledger.audit.rendering import render_csv, render_text
from kpiledger.cli import kpi
from kpiledger.errors import WrongUse
from kpiledger.ledger_index.files import IndexFiles


@pytest.fixture
def command(small_world, monkeypatch):
    for name in ("KPI_BUILD", "KPI_LEDGER", "KPI_LEDGER_URL"):
        monkeypatch.delenv(name, raising=False)

    def run(*words):
        found = CliRunner().invoke(kpi, ["--project", str(small_world.settings.root), *words], standalone_mode=False)
        if isinstance(found.exception, WrongUse):
            raise found.exception
        return found

    return run


def test_json_has_the_words_the_rows_by_column_and_the_tree(command):
    found = json.loads(command("audit", "3", "--to", "2016-12-31", "--output", "json").stdout)
    assert (found["question"], found["asked"], found["holds"]) == (3, {"to": "2016-12-31"}, True)
    assert [(row["entry"], row["kpi"], row["recorded_at"]) for row in found["rows"]] == [
        (4, "revenue", "2016-12-15T09:00:00.000000Z"),
        (5, "new_customers", "2016-12-15T10:00:00.000000Z"),
    ]
    assert (found["facts"]["changes"], found["facts"]["tree size"]) == (2, 8)


def test_an_answer_says_what_vouches_for_the_index_and_makes_it_anew_when_asked(command, small_world):
    files = IndexFiles(small_world.settings.build)
    for words in ((), ("--rebuild",)):
        before = files.note.read_bytes() if files.note.exists() else b""
        told = json.loads(command("audit", "3", "--output", "json", *words).stdout)["facts"]["index"]
        assert told.startswith("signed by the ledger's key; made from 8 entries at ")
        assert not words or files.note.read_bytes() != before
    assert "index" not in json.loads(command("audit", "23", "--output", "json").stdout)["facts"]


def test_csv_has_a_head_and_the_rows_and_says_the_rest_on_stderr(command):
    found = command("changes", "--holder", "p1001", "--output", "csv")
    rows = list(csv.DictReader(io.StringIO(found.stdout)))
    assert [(row["kpi"], row["change"], row["old"]) for row in rows] == [
        ("new_customers", "set", ""),
        ("new_customers", "dropped", "at least each month 10"),
    ]
    assert "changes: 2\n" in found.stderr
    assert "tree size: 8\n" in found.stderr


def test_an_exception_that_was_found_is_exit_code_1(command):
    assert command("audit", "7").exit_code == 1
    assert command("audit", "7", "--to", "2017-10-31").exit_code == 0


def test_the_list_names_every_question_with_its_words(command):
    listed = json.loads(command("audit", "--list", "--output", "json").stdout)
    assert [one["question"] for one in listed] == [question.number for question in QUESTIONS]
    assert listed[0]["needs"] == ["kpi", "holder", "period"]
    text = command("audit", "--list").stdout
    assert "     --kpi --holder --period [--known-at]\n" in text
    assert command("audit", "--list", "--output", "csv").stdout.startswith("question,text,needs,takes\n1,")


def test_every_question_has_a_number_of_its_own_and_stands_in_order():
    numbers = [question.number for question in QUESTIONS]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["audit"], "no question is named"),
        (["audit", "99"], "there is no question 99"),
        (["audit", "1", "--kpi", "revenue"], "question 1 needs --holder and --period"),
        (["audit", "4", "--known-at", "2017-01-01"], "question 4 does not take --known-at"),
    ],
)
def test_words_that_do_not_fit_are_told_with_how_to_ask(command, words, said):
    with pytest.raises(WrongUse, match=said) as problem:
        command(*words)
    assert "kpi audit" in problem.value.hint


def test_every_file_of_a_question_is_asked():
    folder = Path(render_csv.__code__.co_filename).parent / "questions"
    files = {int(path.stem[1:3]) for path in folder.glob("q[0-9][0-9]_*.py")}
    assert files == {question.number for question in QUESTIONS}


def test_a_narrow_table_stands_in_columns_and_a_wide_one_in_blocks():
    question = Question(99, "What?", lambda _: Answer((), ()))
    narrow = render_text(question, {}, Answer(("a", "b"), [("one", None), ("two\nlines", True)]))
    assert narrow.splitlines()[2:] == ["a          b", "---------  ---", "one        -", "two lines  yes"]
    wide = render_text(question, {"kpi": "x"}, Answer(("a", "b"), [("one " * 40, None)]))
    assert wide.splitlines()[1:] == ["kpi x", "", "1.", f"  a  {'one ' * 40}"]


def test_no_text_is_a_formula_to_a_spreadsheet():
    texts = ("=HYPERLINK(1)", "@SUM(1)", "+1+1", "-1+1", "\t=1", "-", "-0.5", "+3", "a=b")
    shown = list(csv.reader(io.StringIO(render_csv(Answer(("a",), [(text,) for text in texts])))))[1:]
    assert [text for (text,) in shown] == [
        "'=HYPERLINK(1)", "'@SUM(1)", "'+1+1", "'-1+1", "'\t=1", "-", "-0.5", "+3", "a=b",
    ]  # fmt: skip


def test_the_csv_keeps_texts_as_they_are():
    text = render_csv(Answer(("a", "b"), [('with "quotes", and\nlines', ("x", 1))]))
    assert list(csv.reader(io.StringIO(text))) == [["a", "b"], ['with "quotes", and\nlines', '["x", 1]']]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("3", "--kpi", "revenu"), "`revenu` is none of the recorded KPIs"),
        (("6", "--agreement", "sales_west_2071"), "`sales_west_2071` is none of the recorded agreements"),
        (("9", "--agreement", "nothing"), "`nothing` is none of the recorded agreements"),
        (("27", "--agreement", "nothing"), "`nothing` is none of the recorded agreements"),
    ],
)
def test_an_unknown_name_is_told_and_never_answered_with_nothing_found(command, words, told):
    with pytest.raises(WrongUse, match=told):
        command("audit", *words)


def test_an_unknown_holder_is_told(small_world):
    with pytest.raises(WrongUse, match="`sales_wst` is none of the holders"):
        small_world.ask(4, holder="sales_wst")


@pytest.mark.parametrize("number", ["5", "28"])
def test_days_go_up_to_a_century_and_more_are_told(command, number):
    if number == "28":  # question 5 needs published numbers
        assert "Question 28" in command("audit", number, "--days", "36525").stdout
    for days in ("36526", "4000000", "9" * 20):
        with pytest.raises(WrongUse, match=f"--days {days} is too large"):
            command("audit", number, "--days", days)
