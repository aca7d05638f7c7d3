"""Great Expectations is asked late, is not believed blindly, and never has the last word alone."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from test_check_kinds import report_of, row

from kpiledger.quality import greatexpectations
from kpiledger.quality.greatexpectations import Verdict
from kpiledger.quality.judging import Counts, judged
from kpiledger.quality.terms import expectation_of
from kpiledger.specs.checks import RegistrationRule
from kpiledger.vocabulary import Outcome

COLUMNS = {"code": True, "amount": False}


def rule(check: dict[str, object], **more: object) -> RegistrationRule:
    return RegistrationRule.model_validate(
        {"id": "VI-01", "says": "it holds", "check": check, "severity": "blocking", **more}
    )


def test_importing_the_checks_does_not_import_great_expectations() -> None:
    script = "import sys, kpiledger.quality; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_when_the_canary_is_wrong_no_verdict_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greatexpectations, "_CANARY", "select 1 as canary union all select 2")
    (result,) = report_of(tmp_path, {"filled_in": ["code"]}, (row(1),)).results
    assert (result.outcome, result.is_blocking) == (Outcome.COULD_NOT_RUN, True)
    assert "does not count one row as one row" in result.message


@pytest.mark.parametrize(("is_met", "failing"), [(True, 3), (False, 0)])
def test_when_the_two_evaluations_disagree_the_rule_could_not_run(is_met: bool, failing: int) -> None:
    counts = Counts(in_table=10, tested=10, failing=failing)
    judgement = judged(rule({"filled_in": ["code"]}), counts, Verdict(is_met), True, date(2024, 1, 1))
    assert (judgement.outcome, judgement.is_blocking) == (Outcome.COULD_NOT_RUN, True)
    assert judgement.message.startswith("not verified: Great Expectations found")


def test_a_check_that_raised_is_not_verified() -> None:
    verdict = Verdict(None, "no such function: regexp")
    judgement = judged(rule({"filled_in": ["code"]}), Counts(5, 5, 0), verdict, True, date(2024, 1, 1))
    assert judgement.outcome is Outcome.COULD_NOT_RUN
    assert judgement.message == "not verified: no such function: regexp"


@pytest.mark.parametrize(
    ("check", "name"),
    [
        ({"one_of": {"column": "code", "values": ["a"]}}, "ExpectColumnValuesToBeInSet"),
        ({"filled_in": ["amount"]}, "ExpectColumnValuesToNotBeNull"),
        ({"unique": ["code"]}, "ExpectColumnValuesToBeUnique"),
        ({"unique": ["code", "amount"]}, "ExpectCompoundColumnsToBeUnique"),
        ({"between": {"column": "amount", "at_least": 0, "at_most": 9}}, "ExpectColumnValuesToBeBetween"),
        ({"matches": {"column": "code", "pattern": "a"}}, "ExpectColumnValuesToMatchRegex"),
    ],
)
def test_a_rule_becomes_the_expectation_that_means_the_same(check: dict[str, object], name: str) -> None:
    found = expectation_of(rule(check), COLUMNS, "sqlite")
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("check", "dialect"),
    [
        ({"filled_in": ["code"]}, "sqlite"),
        ({"one_of": {"column": "of_the_parent", "values": ["a"]}}, "sqlite"),
        ({"between": {"column": "amount", "at_least": 0}}, "sqlite"),
        ({"between": {"column": "code", "at_least": 0, "at_most": 9}}, "sqlite"),
        ({"matches": {"column": "code", "pattern": "a"}}, "duckdb"),
        ({"one_of": {"column": "code", "values": ["a"]}}, "mysql"),
    ],
)
def test_where_none_means_the_same_the_rule_is_asked_by_its_own_query(check: dict[str, object], dialect: str) -> None:
    assert expectation_of(rule(check), COLUMNS, dialect) is None


def test_with_a_condition_a_rule_is_asked_by_its_own_query() -> None:
    assert expectation_of(rule({"unique": ["code"]}, where="amount > 0"), COLUMNS, "sqlite") is None


def test_the_share_allowed_becomes_mostly() -> None:
    allowed = rule({"unique": ["code"]}, allow={"at_most": "0.05"})
    found = expectation_of(allowed, COLUMNS, "sqlite")
    assert found is not None
    assert found.arguments == {"column": "code", "mostly": 0.95}
