"""The commands of closing as they are typed, and what they print."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from kpiledger.cli import kpi
from kpiledger.errors import RunStopped, WrongUse
from tests.closing.closing_world import ClosingWorld

PEOPLE = ("--by", "p1002", "--approved-by", "p1001")


def typed(world: ClosingWorld, *words: str) -> Result:
    return CliRunner().invoke(kpi, ["--project", str(world.root), *words])


def test_closing_prints_the_quick_check_and_what_was_frozen(world: ClosingWorld) -> None:
    done = typed(world, "close", "2017-03", *PEOPLE)
    assert done.exit_code == 0, done.exception
    lines = done.stdout.splitlines()
    assert lines[0].split() == [
        "quick", "check", "measured", "strategic", "influence", "counter", "rules", "reconciled", "spot_checked",
    ]  # fmt: skip
    assert lines[3].split() == ["revenue", "yes", "no", "yes", "yes", "yes", "yes", "no"]
    assert any(line.startswith("2017-03 is closed: entry ") for line in lines)
    assert "frozen: 5 rows of scorecard, 45 rows of values; not signed by the approver" in lines


def test_locking_reopening_and_restating_are_told_with_their_entries(closed: ClosingWorld) -> None:
    nothing = typed(closed, "restate", "2017-03", "--reason", "Note 88", *PEOPLE)
    assert isinstance(nothing.exception, RunStopped)
    opened = typed(closed, "reopen", "2017-03", "--reason", "A mistake", "--until", "2099-01-31", *PEOPLE)
    assert opened.stdout.startswith("2017-03 is open again: entry "), opened.exception
    reasons = [word for question in ("strategic", "spot_checked") for word in ("--accept", f"*:{question}:known")]
    closed.run()
    locked = typed(closed, "close", "2017-03", "--lock", *reasons, *PEOPLE)
    assert "2017-03 is closed and locked: entry " in locked.stdout, locked.exception


def test_overriding_names_a_check_of_the_source(world: ClosingWorld) -> None:
    unknown = typed(world, "override", "DM-99", "--source", "crm", "--period", "2017-03", "--reason", "x", *PEOPLE)
    assert isinstance(unknown.exception, RunStopped)
    assert "crm has no check DM-99: name a rule's id, or reconciliation" in str(unknown.exception)
    done = typed(world, "override", "DM-01", "--source", "crm", "--period", "2017-03", "--reason", "x", *PEOPLE)
    assert done.stdout.startswith("DM-01 of crm may fail until 2017-03 is closed, at most until 20"), done.exception


def test_a_reason_that_is_not_written_as_it_must_be_is_wrong_use(world: ClosingWorld) -> None:
    done = typed(world, "close", "2017-03", "--lock", "--accept", "revenue", *PEOPLE)
    with pytest.raises(WrongUse, match="is not KPI:QUESTION:REASON"):
        raise done.exception or AssertionError
