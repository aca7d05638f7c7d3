"""The whole story of a spot check, by the real commands: planned, drawn, filled in, recorded, reported."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from spot_checked import TABLE, Place, filled, lines_of, right, written

from kpiledger.approvals.sshsig import read_signature
from kpiledger.cli import kpi
from kpiledger.ledger.merkle import root
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import read_entries
from kpiledger.ledger.subjects import erase, resolve
from kpiledger.people.generated import generated
from kpiledger.people.staying import files_staying
from kpiledger.sampling import upper_bound
from kpiledger.settings import load_settings
from kpiledger.spot_checks.judging import signed_content
from kpiledger.spot_checks.planning import stratum_text
from kpiledger.spot_checks.rows import spot_check_table
from kpiledger.spot_checks.standing import Outcome
from kpiledger.warehouse import lay_tables

LATER = datetime(2027, 1, 1, tzinfo=UTC)
SALES_WEST = ("team=sales_west", "warehouse_to_source")


def some_wrong(count: int):  # type: ignore[no-untyped-def]
    """`wrong` for the first rows of one part, `right` for all others."""

    def answer(line: dict[str, str]) -> str:
        is_wrong = (line["stratum"], line["direction"]) == SALES_WEST and int(line["row"]) <= count
        return "wrong" if is_wrong else "Right "

    return answer


def test_a_spot_check_from_plan_to_report(place: Place) -> None:
    key = place.signer("p_1002")
    sheet = place.drawn("2017")
    (check,) = place.checks
    part = next(one for one in check.parts if (one.name, one.direction) == SALES_WEST)
    assert part.population is not None
    assert part.sample_size < part.population
    assert place.run("report").exit_code == 0  # nobody has judged it: nothing is shown, and nothing is wrong

    done = place.run("record", str(filled(sheet, some_wrong(3))), "--by", "p_1002", "--key", str(key))
    assert done.exit_code == 0, (done.output, done.exception)
    (check,) = place.checks
    judged = {(one.name, one.direction): one for one in check.parts}
    assert judged[SALES_WEST].outcome is Outcome.FAILED
    assert {one.outcome for name, one in judged.items() if name != SALES_WEST} == {Outcome.PASSED}

    bound = upper_bound(3, part.population, part.sample_size, check.claim.confidence)
    report = place.run("report", TABLE, "--period", "2017")
    assert report.exit_code == 1
    assert (
        f"warehouse_to_source, team=sales_west: Of {part.sample_size} rows looked at, of {part.population} in all, "
        f"3 were wrong. With 95 % confidence no more than {bound} ("
    ) in report.output
    assert "of all rows are wrong; the claim of fewer than 5 % is not shown." in report.output
    assert "none was wrong. With 95 % confidence no more than" in report.output
    assert "compared all 1,314 rows by machine (100 %): none differ" in report.output
    shown = json.loads(place.run("report", "--output", "json").output)
    assert [one["spot_check"] for one in shown] == ["desk.ticket/2017/1"]
    assert shown[0]["problems"] == []


def test_plan_and_seed_are_recorded_before_a_row_is_drawn_and_nobody_chooses_them(place: Place) -> None:
    place.drawn("2017-Q1")
    (check,) = place.checks
    entries = read_entries(place.ledger)
    assert check.draw is not None
    assert check.draw.seq == check.plan.seq + 1
    tree = root(entry.leaf for entry in entries[: check.plan.seq]).hex()
    assert check.draw.content["seed"] == sha256(f"{tree}:desk.ticket:2017-Q1".encode()).hexdigest()
    assert check.is_seed_right
    assert "T-2017" not in str(entries[check.plan.seq - 1].content)  # no key stands in the ledger
    assert "T-2017" not in str(check.draw.content)


def test_the_sheet_prints_the_query_that_draws_its_rows_again(place: Place) -> None:
    sheet = place.drawn("2017")
    lines = lines_of(sheet)
    read = json.loads(sheet.with_name("sample.json").read_text(encoding="utf-8"))
    page = sheet.with_name("sheet.html").read_text(encoding="utf-8")
    with duckdb.connect(str(place.root / "build/warehouse.duckdb"), read_only=True) as link:
        for part in read["parts"]:
            place_of = (stratum_text(part["stratum"]), part["direction"])
            keys = [line["key"] for line in lines if (line["stratum"], line["direction"]) == place_of]
            assert part["query"].splitlines()[-1] in page
            if part["direction"] == "warehouse_to_source":
                assert [key for (key,) in link.execute(part["query"]).fetchall()] == keys
    assert page.count('<section class="sheet">') == len(read["parts"]) == 8
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_no_second_sample_is_drawn_without_a_reason_and_none_is_hidden(place: Place) -> None:
    place.drawn("2017-Q1")
    assert "was planned already" in place.refused("draw", TABLE, "--period", "2017-Q1")
    assert [one.name for one in place.checks] == ["desk.ticket/2017-Q1/1"]
    assert "names p_1002" in place.refused("draw", TABLE, "--period", "2017-Q1", "--reason", "p_1002 lost the sheet")
    place.drawn("2017-Q1", "--reason", "the sheet was lost")
    first, second = place.checks
    assert first.draw is not None
    assert second.draw is not None
    assert first.draw.content["seed"] != second.draw.content["seed"]
    report = place.run("report").output
    assert "desk.ticket/2017-Q1/1" in report
    assert "drawn once more: the sheet was lost" in report


def test_a_sheet_that_is_not_what_was_drawn_is_refused(place: Place) -> None:
    sheet = filled(place.drawn("2017-Q1"), right)
    lines = lines_of(sheet)
    exchanged = [{**lines[0], "key": "T-2014-00001"}, *lines[1:]]
    for name, changed, problem in (
        ("less", lines[1:], f"{lines[0]['key']!r} of {lines[0]['stratum']} has no line"),
        ("twice", [*lines, lines[0]], f"line {len(lines) + 2}: {lines[0]['key']!r} stands twice"),
        ("other", exchanged, "line 2: 'T-2014-00001' was not drawn for desk.ticket/2017-Q1/1"),
        ("open", [{**lines[0], "answer": ""}, *lines[1:]], f"line 2: {lines[0]['key']!r} has the answer ''"),
    ):
        path = written(sheet.with_name(f"{name}.csv"), changed)
        assert problem in place.refused("record", str(path), "--by", "p_1002")
    assert place.checks[0].verdict is None
    assert place.run("record", str(sheet), "--by", "p_1002").exit_code == 0
    assert "was judged already" in place.refused("record", str(sheet), "--by", "p_1002")


def test_a_sample_whose_rows_were_exchanged_is_found(place: Place) -> None:
    sheet = place.drawn("2017-Q1")
    sample = sheet.with_name("sample.json")
    read = json.loads(sample.read_text(encoding="utf-8"))
    read["parts"][0]["rows"][0]["key"] = "T-2014-00001"
    sample.write_text(json.dumps(read), encoding="utf-8")
    assert "are not those that entry" in place.refused("sheet", TABLE, "--period", "2017-Q1")


def test_a_value_that_was_changed_in_the_kept_sample_is_found(place: Place) -> None:
    sheet = place.drawn("2017-Q1")
    sample = sheet.with_name("sample.json")
    written_then = sample.read_text(encoding="utf-8")
    read = json.loads(written_then)
    read["parts"][0]["rows"][0]["values"]["status"] = "withdrawn"
    sample.write_text(json.dumps(read), encoding="utf-8")
    said = "have other values than those that entry"
    assert said in place.refused("compare", TABLE, "--period", "2017-Q1")
    assert said in place.run("report").output
    assert said in place.verified()
    sample.write_text(written_then, encoding="utf-8")
    assert place.run("report").exit_code == 0
    assert said not in place.verified()
    sample.unlink()
    assert "the rows drawn are not in" in place.verified()


def test_a_sheet_that_was_changed_after_its_verdict_is_found(place: Place) -> None:
    sheet = filled(place.drawn("2017-Q1"), right)
    assert place.run("record", str(sheet), "--by", "p_1002").exit_code == 0
    assert "is not the sheet" not in place.verified()
    judged = sheet.with_name("filled.csv")
    judged.write_text(judged.read_text(encoding="utf-8").replace("right", "wrong", 1), encoding="utf-8")
    assert "is not the sheet that entry" in place.verified()
    assert place.run("report").exit_code == 1


def test_a_sample_that_was_drawn_on_a_copy_of_the_ledger_is_found_by_the_anchor(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KPI_ANCHORS", str(tmp_path / "elsewhere"))  # the copy does not reach the anchor
    place.drawn("2017-Q1")
    monkeypatch.delenv("KPI_ANCHORS")
    place.drawn("2017-Q2")  # put in the ledger's place, the copy goes on
    said = "was never anchored in"
    first, second = json.loads(place.run("report", "--output", "json").output)
    assert said in first["problems"][0]
    assert second["problems"] == []
    assert said in place.verified()


def test_an_auditor_adds_a_word_to_the_seed_of_a_plan_that_stands(place: Place) -> None:
    words = (TABLE, "--period", "2017-Q1")
    assert "none waits for one" in place.refused("draw", *words, "--word", "seven horses")
    done = place.run("plan", *words)
    assert done.exit_code == 0, (done.output, done.exception)
    (check,) = place.checks
    assert check.draw is None
    assert f"planned in entry {check.plan.seq}, root {check.plan_root}" in done.output
    assert "names p_1002" in place.refused("draw", *words, "--word", "p_1002 agrees")
    place.drawn("2017-Q1", "--word", "seven horses")
    (check,) = place.checks
    assert check.draw is not None
    seed = sha256(f"{check.plan_root}:desk.ticket:2017-Q1:seven horses".encode()).hexdigest()
    assert (check.draw.content["seed"], check.draw.content["word"]) == (seed, "seven horses")
    assert check.is_seed_right
    report = place.run("report")
    assert "with the auditor's word in its seed: seven horses" in report.output
    assert report.exit_code == 0


def test_a_verdict_is_signed_for_spot_checks_only_and_ssh_keygen_agrees(place: Place) -> None:
    key, other = place.signer("p_1002"), place.signer("p_1003")
    sheet = filled(place.drawn("2017-Q1"), right)
    assert "p_1003's" in place.refused("record", str(sheet), "--by", "p_1002", "--key", str(other))
    assert place.run("record", str(sheet), "--by", "p_1002", "--key", str(key)).exit_code == 0
    (check,) = place.checks
    assert check.verdict is not None
    assert b"p_1002" not in check.verdict.line  # a commitment stands for the person
    content = resolve(place.ledger, check.verdict.content)
    signature = place.home / "sheet.sig"
    signature.write_text(content["signature"])
    assert read_signature(content["signature"]).namespace == b"kpi-spot-check"
    known = place.home / "known"
    known.write_text(f"p_1002 {' '.join(key.with_suffix('.pub').read_text().split()[:2])}\n")
    words = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        str(known),
        "-I",
        "p_1002",
        "-n",
        "kpi-spot-check",
        "-s",
        str(signature),
    ]
    signed = signed_content(check, content)
    assert subprocess.run(words, input=signed, capture_output=True, check=False).returncode == 0
    assert subprocess.run(words, input=signed + b" ", capture_output=True, check=False).returncode != 0
    assert place.run("report").exit_code == 0


def test_an_erased_judge_leaves_the_verdict(place: Place) -> None:
    key = place.signer("p_1002")
    sheet = filled(place.drawn("2017-Q1"), right)
    assert place.run("record", str(sheet), "--by", "p_1002", "--key", str(key)).exit_code == 0
    erase(place.ledger, "p_1002", "asked for", lambda: LATER)
    table = spot_check_table(place.ledger, read_entries(place.ledger))
    column = list(table.columns).index("judged_by")
    assert {str(row[column])[:7] for row in table.rows} == {"erased_"}


def test_the_machine_finds_rows_that_differ_and_rows_that_are_gone(place: Place) -> None:
    source = place.root / "build/sources/desk.sqlite"
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.execute("update ticket set contact_count = contact_count + 1 where ticket_id = 'T-2017-00909'")
        connection.execute("delete from ticket where ticket_id = 'T-2017-00894'")
    sheet = place.drawn("2017-Q1")
    assert place.run("compare", TABLE, "--period", "2017-Q1").exit_code == 0
    wrong = [line for line in lines_of(sheet.with_name("filled.csv")) if line["answer"] == "wrong"]
    assert {(line["direction"], line["key"], line["found"]) for line in wrong} == {
        ("warehouse_to_source", "T-2017-00909", "contact_count: '2' and not '1'"),
        ("warehouse_to_source", "T-2017-00894", "there is no such row"),
        ("source_to_warehouse", "T-2017-00909", "contact_count: '1' and not '2'"),
    }
    report = place.run("report").output
    assert "All 12 rows were looked at and 2 were wrong (16.67 %); the claim of fewer than 5 % is false." in report


def test_a_source_that_cannot_be_reached_is_not_done_and_never_passed(place: Place) -> None:
    (place.root / "build/sources/desk.sqlite").unlink()
    sheet = place.drawn("2017-Q1")
    assert "source_to_warehouse, all: not done: the source cannot be reached" in place.run("report").output
    assert "cannot be reached" in place.refused("compare", TABLE, "--period", "2017-Q1")
    assert place.run("record", str(filled(sheet, right)), "--by", "finance_controller").exit_code == 0
    outcomes = {(one.direction, one.outcome) for one in place.checks[0].parts}
    assert outcomes == {("warehouse_to_source", Outcome.PASSED), ("source_to_warehouse", Outcome.NOT_DONE)}


def test_the_table_of_spot_checks_says_what_the_ledger_says(place: Place) -> None:
    sheet = place.drawn("2017", "--reason", "a first one was drawn on paper")
    assert place.run("record", str(filled(sheet, some_wrong(2))), "--by", "p_1002").exit_code == 0
    warehouse = place.root / "build/laid.duckdb"
    lay_tables(warehouse, "recorded", [spot_check_table(place.ledger, read_entries(place.ledger))])
    with duckdb.connect(str(warehouse), read_only=True) as link:
        row = link.execute(
            "select period, population, sample_size, errors_found, upper_bound_rows, upper_bound_share, outcome, "
            "is_whole, is_redrawn, judged_by, is_signed, method from recorded.spot_check where stratum = ? "
            "and direction = ?", SALES_WEST,
        ).fetchone()  # fmt: skip
        made = link.execute("select column_name from information_schema.columns order by ordinal_position").fetchall()
    part = next(one for one in place.checks[0].parts if (one.name, one.direction) == SALES_WEST)
    assert row is not None
    assert part.upper_bound_rows is not None
    assert part.population is not None
    share = round(part.upper_bound_rows / part.population, 10)
    assert row[:5] == ("2017", part.population, part.sample_size, 2, part.upper_bound_rows)
    assert float(row[5]) == share
    assert row[6:] == ("failed", False, False, "p_1002", False, "person")
    with duckdb.connect(str(place.root / "build/warehouse.duckdb"), read_only=True) as link:
        described = link.execute("select * from kpi.fct_spot_check").description
    assert [name for name, *_ in described] == [name for (name,) in made]


def test_the_ledger_with_spot_checks_still_verifies(place: Place) -> None:
    sheet = filled(place.drawn("2017-Q1"), right)
    assert place.run("record", str(sheet), "--by", "p_1002").exit_code == 0
    kinds = [entry.kind for entry in read_entries(place.ledger)[-3:]]
    assert kinds == [EntryKind.SPOT_CHECK_PLANNED, EntryKind.SPOT_CHECK_DRAWN, EntryKind.SPOT_CHECK_JUDGED]
    done = CliRunner().invoke(kpi, ["--project", str(place.root), "verify"])
    assert done.exit_code == 0, done.output


def test_a_spot_check_is_asked_for_by_what_there_is(place: Place) -> None:
    assert (
        place.refused("draw", "desk.tickets", "--period", "2017")
        == "`desk.tickets` is none of the tables with a spot check"
    )
    assert "is no period" in place.refused("draw", TABLE, "--period", "2017-13")
    assert place.refused("sheet", TABLE, "--period", "2016") == "no spot check of desk.ticket was drawn for 2016"
    path = Path(place.home / "other.csv")
    path.write_text("a,b\n1,2\n")
    assert "is no sheet of a spot check" in place.refused("record", str(path), "--by", "p_1002")


def test_erasing_a_person_leaves_the_sheets_whose_hashes_are_recorded(place: Place) -> None:
    sheet = place.drawn("2017-Q1")
    settings = load_settings(place.root, {})
    assert all(not sheet.is_relative_to(path) for path in generated(settings))
    sheet.write_text(sheet.read_text().replace("solved", "p_1002"))
    (told,) = files_staying(settings, "p_1002")
    assert settings.build / told.place == sheet  # told to whoever asks what is held


def test_the_columns_that_are_compared_are_those_of_the_plan(place: Place) -> None:
    sheet = place.drawn("2017-Q1")
    path = sheet.with_name("sample.json")
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "columns": []}), encoding="utf-8")
    told = place.refused("compare", TABLE, "--period", "2017-Q1")
    assert "compares other columns than entry" in told
    assert place.checks[0].verdict is None
