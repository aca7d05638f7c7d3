"""When a period is not closed: every reason at once, in plain words, and nothing is recorded or left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from kpiledger.closing.overriding import overridden_now
from kpiledger.closing.quick_check import Accepted, QuickQuestion
from kpiledger.errors import RunStopped, WrongUse
from kpiledger.ledger.store import read_entries
from tests.closing.closing_world import WEST, ClosingWorld
from tests.closing.test_restatements import AMENDED


def refused(world: ClosingWorld, period: str = "2017-03", **more: Any) -> str:
    before = [entry.entry_hash for entry in read_entries(world.ledger)]
    with pytest.raises(RunStopped) as stopped:
        world.close(period, **more)
    assert [entry.entry_hash for entry in read_entries(world.ledger)] == before
    assert not (world.settings.closes / period).exists() or (period == "2017-03" and world.runs > 1)
    return str(stopped.value)


def test_the_same_person_does_not_close_and_approve(world: ClosingWorld) -> None:
    assert "p1001 does it and approves it: four eyes see more" in refused(world, done_by="p1001")


def test_who_has_no_authority_for_the_company_does_not_approve(world: ClosingWorld) -> None:
    edit_policy(world, "2017-07-01", "2017-01-01")
    told = refused(world, done_by="p1001", approved_by="p1002")
    assert "p1002 had no authority to approve for company on 2017-06-02" in told


def edit_policy(world: ClosingWorld, old: str, new: str) -> None:
    world.edit("metrics/approvers/authority.yml", old, new)


def test_an_unknown_person_and_a_period_that_has_not_ended_are_told_together(world: ClosingWorld) -> None:
    told = refused(world, "2017-Q2", done_by="cfo")
    assert "there is no person cfo" in told
    assert "2017-Q2 ends on 2017-06-30 and the numbers are as of 2017-05-31: it has not ended" in told


def test_a_week_is_not_closed_by_itself(world: ClosingWorld) -> None:
    with pytest.raises(WrongUse, match="2017-W10 is a week; months, quarters and years are closed"):
        world.close("2017-W10")


def test_nothing_published_is_nothing_to_close(world: ClosingWorld) -> None:
    world.settings.warehouse.unlink()
    assert "nothing is published: run `kpi run`" in refused(world)


def test_tables_that_were_changed_in_place_are_not_frozen(world: ClosingWorld) -> None:
    path = world.settings.warehouse.resolve()
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update kpi.fct_scorecard set status = 'green'")
    assert "the published tables are not those that the ledger recorded last" in refused(world)


def test_what_the_files_say_and_no_run_has_recorded_is_not_closed_over(world: ClosingWorld) -> None:
    path = world.root / WEST
    path.write_text(path.read_text(encoding="utf-8") + AMENDED, encoding="utf-8")
    assert "the files have sales_west_2017/2, which no run has recorded" in refused(world)


CHECKS: dict[str, tuple[Callable[[ClosingWorld], object], str]] = {
    "failed": (lambda one: one.outcomes.update({"DM-01": "failed"}), "DM-01 on crm.meeting failed: 1 of 9 rows"),
    "could_not_run": (
        lambda one: one.outcomes.update({"reconciliation": "could_not_run"}),
        "reconciliation on crm.meeting could not run",
    ),
    "missing": (lambda one: one.outcomes.pop("DM-03"), "DM-03 on crm.meeting has no result in the published run"),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_that_failed_could_not_run_or_is_missing_forbids_a_close(world: ClosingWorld, name: str) -> None:
    spoil, told = CHECKS[name]
    spoil(world)
    world.run()
    assert told in refused(world)


def test_an_override_with_reason_and_approver_lets_a_failed_check_pass_for_its_period_only(world: ClosingWorld) -> None:
    world.outcomes["DM-01"] = "failed"
    world.run()
    for period in ("2017-03", "2017-04"):
        assert "DM-01 on crm.meeting failed" in refused(world, period)
    entry = world.override("DM-01", "2017-03")
    assert set(overridden_now(read_entries(world.ledger), world.now.date())) == {("crm", None, "DM-01")}
    closed = world.close("2017-03")
    assert overridden_now(read_entries(world.ledger), world.now.date()) == {}
    (check,) = [one for one in closed.entry.content["checks"] if one["rule"] == "DM-01"]
    assert check["override"] == entry.entry_hash
    assert "DM-01 on crm.meeting failed" in refused(world, "2017-04")


def test_an_agreement_that_waits_for_its_approval_forbids_a_close(world: ClosingWorld) -> None:
    edit_policy(world, "2017-07-01", "2017-06-01")
    path = world.root / WEST
    path.write_text(path.read_text(encoding="utf-8") + AMENDED, encoding="utf-8")
    world.run()
    assert "sales_west_2017/2 waits for an approval: let `cfo` run `kpi approve`" in refused(world)


def test_a_closed_period_and_the_months_of_a_closed_quarter_are_not_closed_again(world: ClosingWorld) -> None:
    world.close("2017-Q1")
    assert "2017-Q1 is closed already" in refused_again(world, "2017-Q1")
    assert "2017-02 lies within 2017-Q1, which is closed" in refused_again(world, "2017-02")


def refused_again(world: ClosingWorld, period: str) -> str:
    with pytest.raises(RunStopped) as stopped:
        world.close(period)
    return str(stopped.value)


def test_a_quarter_is_not_closed_around_a_month_that_is_open_again(closed: ClosingWorld) -> None:
    closed.reopen("2017-03")
    told = refused_again(closed, "2017-Q1")
    assert "2017-03, a part of it, was reopened" in told
    assert "2017-03 was reopened after the published run" in told


def test_locking_asks_for_every_no_of_the_quick_check_and_takes_a_reason(world: ClosingWorld) -> None:
    told = refused(world, "2017-02", is_locked=True)
    assert "the quick check says no to `influence` of gross_margin" in told
    assert "the quick check says no to `strategic` of gross_margin" in told
    assert "the quick check says no to `spot_checked`" in told
    accepted = [Accepted("*", QuickQuestion.STRATEGIC, "objectives come in 2018")]
    accepted.append(Accepted("*", QuickQuestion.SPOT_CHECKED, "the auditor drew a sample"))
    accepted.append(Accepted("gross_margin", QuickQuestion.INFLUENCE, "agreed orally"))
    done = world.close("2017-02", is_locked=True, accepted=accepted)
    (answer,) = [one for one in done.answers if (one.kpi, one.question) == ("gross_margin", QuickQuestion.INFLUENCE)]
    assert (answer.is_yes, answer.accepted) == (False, "agreed orally")


def test_an_acceptance_names_a_kpi_a_question_and_a_reason() -> None:
    assert Accepted.parse("revenue:counter:none is needed: it is new").reason == "none is needed: it is new"
    with pytest.raises(WrongUse, match="is not KPI:QUESTION:REASON"):
        Accepted.parse("revenue:colour:blue")
