"""Questions 15 and 19 to 22 on a small company that closed March, reopened, closed anew and restated it."""

from __future__ import annotations

import duckdb
import pytest

from kpiledger.audit.numbers import results_for
from kpiledger.errors import BrokenWorld, WrongUse
from kpiledger.periods import Period
from tests.audit.conftest import EXPECTED, AuditWorld
from tests.closing.closing_world import ClosingWorld, new_world
from tests.closing.test_restatements import corrected_row, late_row, retroactive_target
from tests.ledger.flips import flipped

ASKED = {
    "q15_closed": (15, {"kpi": "revenue", "period": "2017-03", "member": "West", "slice": "region"}),
    "q19_closed": (19, {"period": "2017-03"}),
    "q20_closed": (20, {}),
    "q21_closed": (21, {"kpi": "revenue"}),
    "q22_closed": (22, {"kpi": "revenue"}),
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> ClosingWorld:
    """Closed, reopened for a credit note, closed anew, restated for a late target, and a late row since."""
    world = new_world(tmp_path_factory.mktemp("audit") / "company")
    world.run()
    world.close("2017-03")
    corrected_row(world)
    world.reopen("2017-03", reason="The invoice was credited")
    world.run()
    world.close("2017-03")
    retroactive_target(world)
    world.run()
    world.restate("2017-03")
    late_row(world)
    world.run()
    return world


@pytest.fixture(scope="module")
def closed_world(company: ClosingWorld) -> AuditWorld:
    return AuditWorld(company.settings, company.ledger, company.project)


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_on_closed_periods_is_as_it_was_read(closed_world, golden, name):
    number, words = ASKED[name]
    golden(EXPECTED / f"{name}.txt", closed_world.text(number, **words))


def test_a_number_is_shown_as_it_was_each_time_that_it_was_fixed(closed_world):
    rows = closed_world.rows(15, **ASKED["q15_closed"][1])
    shown = [(row["figure"], None if row["value"] is None else int(row["value"])) for row in rows]
    assert ("as closed", 22003) in shown
    assert ("as closed", 17003) in shown
    assert shown[-3:] == [("current", 18003), ("official", 17003), ("same period last year", 22003)]


def test_what_changed_between_two_closes_of_a_period_is_told_with_the_reopening(closed_world):
    (row,) = closed_world.rows(20)
    assert (row["reopened_by"], row["reason"]) == ("p1002", "The invoice was credited")
    assert row["closed_again_at"] is not None
    west = "2017-03/1 sales_west revenue region West month from 2017-03-01"
    assert f"{west}: 22003 of 21000 green -> 17003 of 21000 red" in closed_world.ask(20).notes


def test_late_data_is_shown_with_what_it_would_do(closed_world):
    rows = [row for row in closed_world.rows(22, kpi="revenue") if row["holder"] == "sales_west"]
    assert [(row["official"], row["current"], row["accepted_in"]) for row in rows] == [(17003, 18003, None)]


def test_a_changed_frozen_file_is_named_in_the_content_of_its_close(company, closed_world):
    assert closed_world.ask(19, period="2017-03").holds
    path = company.settings.closes / "2017-03/2/values.parquet"
    kept = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(kept + b"?")
    found = closed_world.ask(19, period="2017-03")
    path.write_bytes(kept)
    assert not found.holds
    assert [row[1] for row in found.rows if row[3] is False] == ["values.parquet"]


def test_a_period_that_was_never_closed_is_a_slip_of_the_pen(closed_world):
    with pytest.raises(WrongUse, match="2017-02 was never closed by itself"):
        closed_world.ask(19, period="2017-02")


def test_a_target_changed_after_its_period_was_closed_is_the_latest_kind_of_late(closed_world):
    found = closed_world.ask(4)
    (row,) = (one for one in closed_world.rows(4) if one["lateness"] == "after the period was closed")
    assert (row["first_period"], row["closed_periods"]) == ("2017-03", 1)
    assert found.facts["after the period was closed"] == 1
    assert found.summary[0].startswith("3 retroactive changes, recorded at any time: 1 of a closed period")


def cut(content: bytes) -> bytes:
    """The first half of a file."""
    return content[: len(content) // 2]


def flipped_within(content: bytes) -> bytes:
    """A byte of the rows is another, which Parquet does not notice everywhere."""
    return flipped(content, len(content) // 3)


OF_WEST = ASKED["q15_closed"][1]
READ_FROM = [
    (13, OF_WEST, "2017-03/1/values.parquet"),
    (15, OF_WEST, "2017-03/1/values.parquet"),
    (15, OF_WEST, "2017-03/2/restated-1/values.parquet"),
    (20, {}, "2017-03/2/scorecard.parquet"),
]


@pytest.mark.parametrize("damage", [cut, flipped_within, None])
@pytest.mark.parametrize(("number", "words", "file"), READ_FROM)
def test_no_figure_is_told_from_a_frozen_file_that_is_damaged_or_missing(
    company, closed_world, number, words, file, damage
):
    path = company.settings.closes / file
    kept, folder = path.read_bytes(), path.parent
    folder.chmod(0o755)
    path.unlink()
    try:
        if damage:
            path.write_bytes(damage(kept))
        with pytest.raises(BrokenWorld) as caught:
            closed_world.ask(number, **words)
    finally:
        path.write_bytes(kept)
    close = f"{path} of the close {'/'.join(file.split('/')[:2])}"
    assert caught.value.message.startswith(f"{close} was changed: recorded " if damage else f"{close} cannot be read: ")
    assert caught.value.hint == f"bring {path} back from a copy; `kpi verify` names every such file"


def test_results_that_a_close_froze_are_not_left_out_where_their_file_is_gone(company, closed_world):
    """As questions 16 to 18 read them: a file that the ledger names is missed, and not taken for none."""
    _, asked = closed_world._asked(16, {"period": "2017-03"})
    query, path = "select count(*) as row_count from {table}", company.settings.closes / "2017-03/2/checks.parquet"

    def told():
        return [one.of for one in results_for(asked, Period.parse("2017-03"), "fct_kpi_value", path.name, query, {})]

    assert told() == ["published", "close 2017-03/2"]
    kept = path.read_bytes()
    path.parent.chmod(0o755)
    path.unlink()
    with pytest.raises(BrokenWorld, match=r"checks.parquet of the close 2017-03/2 cannot be read: No such file"):
        told()
    path.write_bytes(kept)


@pytest.mark.parametrize("number", [21, 22])
@pytest.mark.parametrize("column", ["accepted_seq", "detail", "status_current"])
def test_restatements_of_a_table_without_a_column_are_said_to_be_of_another_version(
    company, closed_world, number, column
):
    path = company.settings.warehouse.resolve()
    kept = path.read_bytes()
    path.chmod(0o644)
    try:
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"alter table kpi.fct_restatement drop column {column}")
        with pytest.raises(BrokenWorld, match=f"was made by another version: .*{column}"):
            closed_world.ask(number)
    finally:
        path.write_bytes(kept)
