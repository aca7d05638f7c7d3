"""An agreement that nobody signed forbids no later one, and the scorecard has one row for what both promise."""

from __future__ import annotations

import pytest

from kpiledger.approvals import findings as approval_rules
from kpiledger.approvals.in_files import Stands, standings
from kpiledger.checking import check_folder
from kpiledger.project import Project
from kpiledger.vocabulary import ApprovalState
from tests.closing.closing_world import ClosingWorld

EAST = "metrics/agreements/2017/company.yml"
EVENT = """\
  - event: agreed
    agreement: {name}
    decided_on: {decided_on}
    valid_from: 2017-01-01
    valid_to: 2017-12-31
    reason: {{kind: scope_change, text: Goals of the year}}
    proposed_by: head_of_sales
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {{region: East}}
        target: {{grain: month, value: "{value}", comparison: at_least}}
"""


def agree(world: ClosingWorld, *events: str) -> None:
    (world.root / EAST).write_text("holder: company\nevents:\n" + "".join(events), encoding="utf-8")


def event(name: str, decided_on: str, value: str) -> str:
    return EVENT.format(name=name, decided_on=decided_on, value=value)


UNSIGNED = event("east_wild", "2017-07-02", "1.00")
SECOND = event("east_later", "2017-07-03", "9500.00")
BEFORE_THE_POLICY = event("east_2017", "2017-06-30", "9000.00")


def rules_of(world: ClosingWorld) -> list[str]:
    return [finding.rule for finding in check_folder(world.root)[1]]


def rows(world: ClosingWorld) -> list[tuple[object, ...]]:
    found = world.rows(
        "select agreement, target_value, status from kpi.fct_scorecard "
        "where holder = 'company' and kpi = 'revenue' and slice = 'region' and period_start = '2017-03-01' order by all"
    )
    return [tuple(row.values()) for row in found]


def test_one_that_waits_vetoes_none_that_counts_and_is_not_shown_beside_it(world: ClosingWorld) -> None:
    agree(world, BEFORE_THE_POLICY, UNSIGNED)
    assert sorted(rules_of(world)) == ["KPI154", "KPI162"]
    world.run()
    assert rows(world) == [("east_2017", 9000, "green")]


def test_of_two_that_wait_the_one_recorded_first_is_shown(world: ClosingWorld) -> None:
    agree(world, UNSIGNED)
    world.run()
    agree(world, UNSIGNED, SECOND)
    assert rules_of(world).count("KPI162") == 1
    world.run()
    assert rows(world) == [("east_wild", 1, "no_target")]


def test_once_both_count_it_is_an_error(world: ClosingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    agree(world, UNSIGNED, SECOND)

    def all_approved(project: Project) -> list[Stands]:
        return [Stands(one.event, ApprovalState.APPROVED, ()) for one in standings(project)]

    monkeypatch.setattr(approval_rules, "standings", all_approved)
    assert rules_of(world) == ["KPI055"]


def test_a_retirement_that_waits_ends_nothing(world: ClosingWorld) -> None:
    retired = event("east_2017", "2017-07-02", "1").split("    targets:")[0]
    retired = retired.replace("event: agreed", "event: retired").replace("    valid_to: 2017-12-31\n", "")
    retired = retired.replace("valid_from: 2017-01-01", "valid_from: 2017-10-01")
    later = event("east_next", "2017-06-30", "9500.00").replace("valid_from: 2017-01-01", "valid_from: 2017-10-01")
    agree(world, BEFORE_THE_POLICY, later, retired)
    assert sorted(rules_of(world)) == ["KPI055", "KPI154"]
    agree(world, BEFORE_THE_POLICY, later, retired.replace("2017-07-02", "2017-06-30"))
    assert rules_of(world) == []
