"""Waivers that were taken out of the file are known by the publications they were recorded with: no new beginning."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from kpiledger import compiled_files
from kpiledger.checking import check_folder
from kpiledger.cli import kpi
from kpiledger.compiling import compile_project
from kpiledger.errors import RunStopped
from kpiledger.ledger.store import read_entries
from kpiledger.recorded_waivers import recorded_waivers, said_of_waivers
from kpiledger.run import begin, record_agreements
from tests.closing.closing_world import ClosingWorld

FILE = "metrics/waivers.yml"
WAIVER = """\
  - check: reconciliation
    source: crm
    table: meeting
    reason: {reason}
    requested_by: head_of_sales
    approved_by: cfo
    valid_from: {first}
    expires_on: {last}
"""
OLD = WAIVER.format(reason="nobody had the time", first="2016-06-01", last="2017-05-31")
NEXT = WAIVER.format(reason="Nobody had the time!", first="2017-06-10", last="2017-12-31")
OTHER = WAIVER.format(reason="the new system comes in December", first="2017-06-10", last="2017-12-31")
TOLD = (
    "reconciliation of crm.meeting is waived 2 times, from 2016-06-01 to 2017-12-31, 570 days in all "
    "(in the ledger and no longer in the file: 1)"
)


def waive(world: ClosingWorld, *waivers: str) -> None:
    (world.root / FILE).write_text("waivers:\n" + "".join(waivers), encoding="utf-8")


def checked(world: ClosingWorld) -> Result:
    return CliRunner().invoke(kpi, ["--project", str(world.root), "check"])


@pytest.fixture
def waived(world: ClosingWorld) -> ClosingWorld:
    """The company after a run with a waiver that is then taken out of the file."""
    waive(world, OLD)
    world.run()
    waive(world, NEXT)
    return world


def test_a_publication_records_the_waivers_of_its_run_and_of_their_reasons_a_digest(waived: ClosingWorld) -> None:
    said = read_entries(waived.ledger)[-1].content["waivers"]
    assert [(one["of"], one["valid_from"], one["expires_on"]) for one in said] == [
        ("reconciliation of crm.meeting", "2016-06-01", "2017-05-31")
    ]
    assert b"nobody had" not in (waived.settings.ledger / "entries.jsonl").read_bytes()


def test_the_same_reason_again_is_an_error_also_where_the_waiver_before_was_taken_out(waived: ClosingWorld) -> None:
    found = checked(waived)
    assert found.exit_code == 1
    assert f"KPI190 error: {TOLD}, and the last time for a reason that was given before" in found.stdout


def test_another_reason_is_a_warning_with_the_whole_time(waived: ClosingWorld) -> None:
    waive(waived, OTHER)
    found = checked(waived)
    assert found.exit_code == 0
    assert f"KPI189 warning: {TOLD}" in found.stdout


def test_a_waiver_that_is_still_in_the_file_counts_once(waived: ClosingWorld) -> None:
    waive(waived, OLD, NEXT)
    assert "no longer in the file" not in checked(waived).stdout
    assert "is waived 2 times, from 2016-06-01 to 2017-12-31, 570 days in all" in checked(waived).stdout


def test_a_waiver_whose_days_were_moved_is_the_one_before(waived: ClosingWorld) -> None:
    waive(waived, WAIVER.format(reason="nobody had the time", first="2017-01-01", last="2017-12-31"))
    assert "is waived 2 times, from 2016-06-01 to 2017-12-31, 579 days in all" in checked(waived).stdout


def test_a_reason_that_was_written_over_was_given_before_all_the_same(waived: ClosingWorld) -> None:
    waive(waived, OLD.replace("nobody had the time", "a new one"), NEXT)
    assert "for a reason that was given before" in checked(waived).stdout


def test_without_waivers_in_the_file_nothing_is_told_and_without_a_ledger_the_file_alone(
    waived: ClosingWorld,
) -> None:
    (waived.root / FILE).unlink()
    assert "waived" not in checked(waived).stdout
    waive(waived, NEXT)
    waived.settings.ledger.rename(waived.root / "elsewhere")
    assert "waived" not in checked(waived).stdout
    assert recorded_waivers(waived.ledger) == {}


def test_what_is_waived_of_a_person_is_not_recorded(world: ClosingWorld) -> None:
    rule = WAIVER.format(reason="on leave", first="2017-01-01", last="2017-12-31").replace(
        "check: reconciliation\n    source: crm\n    table: meeting", "rule: KPI203\n    of: p1007"
    )
    waive(world, rule, NEXT)
    project = check_folder(world.root)[0]
    assert project is not None
    assert [one["of"] for one in said_of_waivers(project)] == ["reconciliation of crm.meeting"]


def test_a_run_stops_at_the_same_error_before_it_records_anything(waived: ClosingWorld) -> None:
    size = len(read_entries(waived.ledger))
    compiled_files.write(waived.root, compile_project(waived.project))
    run = begin(waived.root, "run-next", None, waived.tick(), extracting=False)
    with pytest.raises(RunStopped, match="for a reason that was given before"):
        record_agreements(run, waived.tick)
    assert len(read_entries(waived.ledger)) == size
