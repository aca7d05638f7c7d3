"""`kpi check --explain` tells of every code what it stands for and where one reads on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpiledger.cli import kpi
from kpiledger.errors import WrongUse
from kpiledger.loading.codes import CODES
from kpiledger.reference.rules_page import rules_page
from kpiledger.reports.explaining import FINDINGS_PAGE, GUIDES, RULES_PAGE, explained
from kpiledger.rules.governance import FROM_LINES, GOVERNANCE, LESSONS
from kpiledger.specs.governance import Thresholds

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
# Limits of what only the ledger can tell, and of a finding on objectives (KPI253).
ELSEWHERE = {"most_days_without_check_in", "least_key_results", "most_key_results"}


def test_a_rule_is_explained_with_example_reason_and_remedy(golden: Callable[[Path, str], None]) -> None:
    done = CliRunner().invoke(kpi, ["check", "--explain", "KPI204"])
    assert done.exit_code == 0
    golden(HERE / "expected/explained_rule.txt", done.output)


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained_with_the_place_to_read_on(code: str) -> None:
    told = explained(code)
    assert told.startswith(f"{code}: ")
    page = RULES_PAGE if code in LESSONS else FINDINGS_PAGE
    assert f"see {page}#{code.lower()}" in told
    for place in re.findall(r"^  see (\S+)", told, re.MULTILINE):
        assert (ROOT / place.partition("#")[0]).is_file()


def test_a_code_may_be_written_small() -> None:
    assert explained("kpi204") == explained("KPI204")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [("KPI999", "did you mean KPI"), ("KP204", "did you mean KPI204?"), ("x", "findings.md lists them")],
)
def test_an_unknown_code_is_refused_with_the_nearest(asked: str, hint: str) -> None:
    with pytest.raises(WrongUse, match="there is no code") as refused:
        explained(asked)
    assert hint in str(refused.value)


def test_guides_are_of_codes_that_there_are_in_order() -> None:
    ends = [code for first, last, _ in GUIDES for code in (first, last)]
    assert ends == sorted(ends)
    assert set(ends) <= set(CODES)


def test_every_rule_teaches_all_there_is_to_it() -> None:
    for rule in GOVERNANCE:
        lesson = rule.lesson
        assert lesson.rule.endswith(".")
        assert all(len(text) > 40 for text in (lesson.example, lesson.why, lesson.remedy)), rule.code


def test_every_limit_is_of_a_rule() -> None:
    named = [name for lesson in LESSONS.values() for name, _ in lesson.limits]
    assert sorted([*named, *ELSEWHERE]) == sorted(Thresholds.model_fields)


def test_the_page_has_every_rule_with_its_lines() -> None:
    page = rules_page(LESSONS, FROM_LINES)
    assert re.findall(r"^## (KPI\d+)$", page, re.MULTILINE) == list(LESSONS)
    for code, lesson in LESSONS.items():
        assert f"**{lesson.rule}** (asked for by {', '.join(FROM_LINES[code])})" in page
