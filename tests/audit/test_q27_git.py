"""Question 27: what git says of what was recorded, with every rewritten target as it was and as it is."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from kpiledger.loading.load import load_project
from kpiledger.settings import load_settings
from tests.audit.conftest import EXPECTED, AuditWorld

sys.path.insert(0, str(Path(__file__).parents[1] / "git"))

from repositories import WEST, Repository, repository


@pytest.fixture
def kept(tmp_path: Path) -> Repository:
    made = repository(tmp_path)
    made.record()
    return made


def world(made: Repository) -> AuditWorld:
    (made.project / "kpiledger.yml").write_text(f"ledger: {made.ledger.directory}\n", encoding="utf-8")
    project, _ = load_project(made.project)
    assert project is not None
    return AuditWorld(load_settings(made.project, {}), made.ledger, project)


def without_ids(text: str) -> str:
    """An answer whose commits and roots, that no two runs share, are letters."""
    return re.sub(r"[0-9a-f]{64}|[0-9a-f]{40}|(?<=commit )[0-9a-f]{10}", lambda found: "x" * len(found[0]), text)


def test_a_history_that_nobody_rewrote_matches(kept: Repository) -> None:
    answer = world(kept).ask(27)
    assert answer.holds
    assert (list(answer.rows), answer.facts["same"], answer.facts["head"]) == ([], 6, kept.head)


def test_a_rewritten_target_is_answered_with_both_values(kept: Repository, golden) -> None:
    kept.swap(WEST, '"21000.00"', '"18000.00"')
    kept.commit("the project begins", "--amend")
    asked = world(kept)
    golden(EXPECTED / "q27_rewritten.txt", without_ids(asked.text(27)))
    answer = asked.ask(27, agreement="sales_west_2017")
    assert not answer.holds
    rewritten = [row for row in asked.rows(27) if row["git"] == "rewritten"]
    # What git itself says of the two commits.
    old = kept.git("show", f"{rewritten[0]['commit']}:{WEST}")
    assert 'value: "21000.00"' in old
    assert 'value: "18000.00"' in kept.git("show", f"HEAD:{WEST}")
    assert [(row["entry"], row["place"], row["recorded"], row["found"]) for row in rewritten] == [
        (5, "targets[0].target.value", "21000", "18000")
    ]


def test_without_git_the_answer_says_that_it_did_not_look(small_world: AuditWorld) -> None:
    answer = small_world.ask(27)
    assert answer.holds
    assert answer.summary[0].startswith("git was not looked at: not a git repository")
