"""Is every mistake of KPI work told where it stands, once, and nothing else?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import mistakes
import pytest
from good_specs import write_good

from kpiledger.checking import check_against_published, check_folder
from kpiledger.finding import Severity
from kpiledger.reports.findings import findings_text
from kpiledger.rules.governance import GOVERNANCE

HERE = Path(__file__).parent
DEMO = HERE.parents[1]


def found(root: Path) -> list[str]:
    findings = check_folder(root)[1]
    assert {one.severity for one in findings} <= {Severity.WARNING}, findings_text(findings)
    return [one.rule for one in findings]


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    write_good(tmp_path)
    return tmp_path


def test_a_good_project_breaks_no_rule(specs: Path) -> None:
    findings = check_folder(specs)[1]
    assert findings == [], findings_text(findings)


@pytest.mark.parametrize("code", mistakes.CODES)
def test_a_mistake_gives_its_own_finding_and_no_other(code: str, specs: Path) -> None:
    mistakes.make(specs, code)
    findings = check_folder(specs)[1]
    assert found(specs) == [code], findings_text(findings)


def test_all_mistakes_together_give_each_finding_once(specs: Path, golden: Callable[[Path, str], None]) -> None:
    for code in mistakes.CODES:
        mistakes.make(specs, code)
    assert sorted(found(specs)) == sorted(mistakes.CODES)
    golden(HERE / "expected/mistakes.txt", findings_text(check_folder(specs)[1]))


def test_the_demo_breaks_no_rule_and_waives_none() -> None:
    findings = check_folder(DEMO)[1]
    assert findings == [], findings_text(findings)
    assert not (DEMO / "metrics/waivers.yml").exists()


def test_no_target_of_the_demo_is_far_from_its_history(published_demo: Path) -> None:
    project, _ = check_folder(published_demo)
    assert project is not None
    findings = check_against_published(project, published_demo / "build/warehouse.duckdb")
    assert findings == [], findings_text(findings)


def test_every_rule_has_a_mistake() -> None:
    assert set(mistakes.CODES) == {rule.code for rule in GOVERNANCE}
