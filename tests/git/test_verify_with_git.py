"""`kpi verify` holds the ledger against git, and says what git cannot vouch for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repositories import WEST, Repository, repository

from tests.demo import kpi


@pytest.fixture
def recorded(tmp_path: Path) -> Repository:
    made = repository(tmp_path)
    (made.project / "kpiledger.yml").write_text(f"ledger: {made.ledger.directory}\nbuild: ../build\n", encoding="utf-8")
    made.commit("settings")
    made.record()
    return made


def test_a_rewritten_target_is_named_with_entry_and_both_values(recorded: Repository) -> None:
    old = recorded.git("rev-parse", "HEAD~1")
    recorded.git("reset", "-q", "--soft", "HEAD~1")
    recorded.swap(WEST, '"21000.00"', '"18000.00"')
    new = recorded.commit("the project begins", "--amend")
    done = kpi(recorded.project, "verify")
    assert done.returncode == 1
    assert (
        f"git: entry 5 (sales_west_2017/1): commit {old[:10]} is on no branch any more; the history was rewritten, and "
        f"commit {new[:10]} says otherwise; targets[0].target.value: recorded 21000, found 18000"
    ) in done.stdout


def test_a_rebased_history_is_no_problem_and_is_said(recorded: Repository) -> None:
    recorded.git("reset", "-q", "--soft", "HEAD~1")
    recorded.commit("another message", "--amend")
    shown = json.loads(kpi(recorded.project, "verify", "--output", "json").stdout)
    assert shown["problems"] == []
    assert "git" in shown["looked_at"]
    (said,) = [text for text in shown["not_looked_at"] if text.startswith("git: ")]
    assert said.startswith(
        "git: the recorded commit is not in the present history, another one holds the same: entries 1"
    )


def test_a_project_that_is_in_no_repository_is_not_looked_at(recorded: Repository) -> None:
    (recorded.top / ".git").rename(recorded.top.parent / "git-elsewhere")
    done = kpi(recorded.project, "verify")
    assert done.returncode == 0
    assert "not looked at: git: not a git repository" in done.stdout
