"""None of the hostile projects is accepted, and each is answered as the corpus shows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import cases_files
import cases_sql
import cases_texts
import pytest
from hostile_case import BASE, Hostile

from kpiledger.finding import Finding, has_errors, in_order
from kpiledger.loading import load_project
from kpiledger.reports.findings import findings_text
from kpiledger.rules.every_rule import check_project

EXPECTED = Path(__file__).parent / "expected"
GROUPS = {**cases_sql.GROUPS, **cases_files.GROUPS, **cases_texts.GROUPS}


def found(root: Path) -> list[Finding]:
    project, findings = load_project(root)
    return in_order([*findings, *(check_project(project) if project else ())])


def written(case: Hostile, root: Path) -> Path:
    """The hostile project as files in a folder that was not there."""
    shutil.copytree(BASE, root)
    for change in case.changes:
        change.apply(root)
    return root


@pytest.mark.parametrize("group", GROUPS)
def test_no_hostile_project_is_accepted(group: str, tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
    told, accepted = [], []
    for number, case in enumerate(GROUPS[group]):
        findings = found(written(case, tmp_path / str(number)))
        if not has_errors(findings):
            accepted.append(case.name)
        told.append(f"=== {case.name}\n{findings_text(findings)}")
    assert accepted == []
    golden(EXPECTED / f"{group}.txt", "\n".join(told))


def test_the_corpus_is_large_and_its_names_are_unique() -> None:
    names = [case.name for group in GROUPS.values() for case in group]
    assert len(names) == len(set(names)) >= 400
    assert {path.stem for path in EXPECTED.glob("*.txt")} == set(GROUPS)
