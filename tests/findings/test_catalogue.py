"""The catalogue of findings: each case breaks the base project and shows what its user then reads."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import cases_agreements
import cases_approvals
import cases_conflicts
import cases_expressions
import cases_extracting
import cases_formulas
import cases_incremental
import cases_objectives
import cases_references
import cases_shape
import cases_spot_checks
import cases_triggers
import cases_versions
import cases_waivers
import cases_yaml
import pytest
from finding_case import Case

from kpiledger.checking import check_folder
from kpiledger.finding import Finding
from kpiledger.loading import load_project
from kpiledger.loading.codes import CODES
from kpiledger.reports.findings import findings_text

HERE = Path(__file__).parent
# Found when files are compared with what was recorded or published; their cases stand with the tests of that.
AGAINST_THE_WAREHOUSE = {"KPI166"}
# Found in specs that are right in themselves; each has a mistake of its own in tests/governance.
RULES_OF_GOOD_WORK = {code for code in CODES if "KPI201" <= code < "KPI250"}
AGAINST_THE_LEDGER = {"KPI090", "KPI091", "KPI092", "KPI093", "KPI161", "KPI164", "KPI168", "KPI196"}
CASES = (
    *cases_conflicts.CASES,
    *cases_objectives.CASES,
    *cases_yaml.CASES,
    *cases_shape.CASES,
    *cases_references.CASES,
    *cases_formulas.CASES,
    *cases_expressions.CASES,
    *cases_agreements.CASES,
    *cases_triggers.CASES,
    *cases_versions.CASES,
    *cases_incremental.CASES,
    *cases_extracting.CASES,
    *cases_spot_checks.CASES,
    *cases_waivers.CASES,
    *cases_approvals.CASES,
)


# Codes of limits that are gone; none is used anew.
GONE = {"KPI028", "KPI047", "KPI048"}


def found(root: Path) -> list[Finding]:
    return check_folder(root)[1]


def test_the_base_project_has_no_findings() -> None:
    assert found(HERE / "base") == []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_broken_project_is_told_where_and_why_and_what_to_do(
    case: Case, tmp_path: Path, golden: Callable[[Path, str], None]
) -> None:
    shutil.copytree(HERE / "base", tmp_path / "project")
    for change in case.changes:
        change.apply(tmp_path / "project")
    findings = found(tmp_path / "project")
    assert " ".join(finding.rule for finding in findings) == case.codes, findings_text(findings)
    golden(HERE / "expected" / f"{case.name}.txt", findings_text(findings))


def test_every_code_has_a_case() -> None:
    shown = {code for case in CASES for code in case.codes.split()}
    assert shown == set(CODES) - AGAINST_THE_LEDGER - AGAINST_THE_WAREHOUSE - RULES_OF_GOOD_WORK


def test_every_code_that_the_engine_writes_is_in_the_table() -> None:
    engine = Path(load_project.__code__.co_filename).parents[1]
    written = {
        code for path in engine.rglob("*.py") for code in re.findall(r"\bKPI[0-9]{3}\b", path.read_text("utf-8"))
    }
    assert written - {"KPI060", "KPI069", "KPI123"} - GONE == set(CODES)


def test_each_case_has_a_name_of_its_own_and_each_expected_text_a_case() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    assert {path.stem for path in (HERE / "expected").glob("*.txt")} == set(names)
