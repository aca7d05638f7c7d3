"""Do teams register differently? The interval is Newcombe's, few rows accuse nobody, and real gaps are found."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from math import sqrt
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError
from quality_builders import project_of

from kpiledger.quality import QualityReport, check_sources, write_quality_tables
from kpiledger.quality.report import Standing
from kpiledger.quality.uneven import GroupCounts, compared, gap_at_least
from kpiledger.specs.checks import RegistrationRule, SameAcross
from kpiledger.specs.expectation import Expectations
from kpiledger.vocabulary import Outcome

ASKED = SameAcross(group="team", share_failing="DM-03", max_gap=Decimal("0.05"))
EVEN = {"North": (100, 5), "South": (100, 6), "West": (100, 4)}


# Newcombe 1998, table II, method 10: the lower limits of 95 % intervals, so with a risk of 0.025 below.
@pytest.mark.parametrize(
    ("own", "others", "limit"),
    [
        ((70, 56), (80, 48), 0.0524),
        ((10, 9), (10, 3), 0.1705),
        ((7, 6), (7, 2), 0.0582),
        ((56, 5), (29, 0), -0.0381),
        ((10, 0), (10, 0), -0.2775),
        ((10, 10), (20, 0), 0.6791),
        ((10, 10), (10, 0), 0.6075),
    ],
)
def test_the_limit_is_the_one_that_newcombe_printed(
    own: tuple[int, int], others: tuple[int, int], limit: float
) -> None:
    assert round(gap_at_least(GroupCounts(*own), GroupCounts(*others), 0.025), 4) == limit


def _bounds_by_bisection(failing: int, rows: int, risk: float) -> tuple[float, float]:
    """Where the score test just does not reject: Wilson's interval from its definition, not from its formula."""
    share, z = failing / rows, NormalDist().inv_cdf(1 - risk)

    def is_rejected(true: float) -> bool:
        return abs(share - true) > z * sqrt(true * (1 - true) / rows)

    found = []
    for outer in (0.0, 1.0):
        inner = share
        far = outer
        for _ in range(80):
            middle = (far + inner) / 2
            far, inner = (middle, inner) if is_rejected(middle) else (far, middle)
        found.append((far + inner) / 2)
    return found[0], found[1]


def test_the_limit_is_that_of_score_intervals_found_by_bisection() -> None:
    random = Random(7)
    for _ in range(40):
        own, others = random.randint(10, 400), random.randint(10, 4000)
        a, b = random.randint(0, own), random.randint(0, others)
        risk = random.choice([0.05, 0.025, 0.05 / 6])
        low, _ = _bounds_by_bisection(a, own, risk)
        _, high = _bounds_by_bisection(b, others, risk)
        gap = a / own - b / others
        expected = gap - sqrt((a / own - low) ** 2 + (high - b / others) ** 2)
        assert gap_at_least(GroupCounts(own, a), GroupCounts(others, b), risk) == pytest.approx(expected, abs=1e-9)


def _named_in(rounds: int, rows: int, shares: list[float], seed: int) -> list[set[str]]:
    random = Random(seed)
    found = []
    for _ in range(rounds):
        groups = {
            f"team {number}": GroupCounts(rows, sum(random.random() < share for _ in range(rows)))
            for number, share in enumerate(shares)
        }
        found.append({one.group for one in compared(groups, ASKED) if one.standing is Standing.DIFFERENT})
    return found


def test_where_all_teams_register_alike_hardly_anybody_is_named() -> None:
    named = _named_in(200, 30, [0.1] * 6, seed=1)
    assert sum(bool(teams) for teams in named) <= 4


def test_a_team_that_fails_far_more_often_is_mostly_found_with_30_rows_and_always_with_100() -> None:
    few = _named_in(80, 30, [0.1] * 5 + [0.4], seed=2)
    many = _named_in(40, 100, [0.1] * 5 + [0.4], seed=3)
    assert sum("team 5" in teams for teams in few) >= 50
    assert all("team 5" in teams for teams in many)


def test_a_gap_that_is_allowed_is_not_named_however_many_rows_there_are() -> None:
    groups = {"North": GroupCounts(1_000_000, 120_000), "South": GroupCounts(1_000_000, 80_000)}
    assert {one.standing for one in compared(groups, ASKED)} == {Standing.EVEN}


def test_the_confidence_holds_for_all_groups_together() -> None:
    pair = {"a": GroupCounts(60, 20), "b": GroupCounts(60, 6)}
    crowd = {**pair, **{f"c{number}": GroupCounts(60, 6) for number in range(30)}}
    few = next(one for one in compared(pair, ASKED) if one.group == "a")
    many = next(one for one in compared(crowd, ASKED) if one.group == "a")
    assert few.gap_at_least == round(Decimal(gap_at_least(GroupCounts(60, 20), GroupCounts(60, 6), 0.05 / 2)), 10)
    assert many.gap_at_least == round(Decimal(gap_at_least(GroupCounts(60, 20), GroupCounts(1860, 186), 0.05 / 32)), 10)


def test_a_group_with_too_few_rows_cannot_be_told_and_counts_for_the_others() -> None:
    groups = {"North": GroupCounts(29, 29), "South": GroupCounts(100, 5), "West": GroupCounts(100, 5)}
    found = {one.group: one for one in compared(groups, ASKED)}
    assert {name: one.standing for name, one in found.items()} == {
        "North": Standing.CANNOT_TELL,
        "South": Standing.EVEN,
        "West": Standing.EVEN,
    }
    assert (found["North"].gap_at_least, found["South"].others) == (None, GroupCounts(129, 34))


def report_of(folder: Path, teams: dict[Any, tuple[int, int]], **more: Any) -> QualityReport:
    """The report on meetings of which a team has so many, so many of them without a reason."""
    with closing(sqlite3.connect(folder / "crm.sqlite")) as link, link:
        link.execute("create table meeting (meeting_id integer, team text, status text, reason_code text)")
        rows = [
            (team, None if number < failing else "ill")
            for team, (count, failing) in teams.items()
            for number in range(count)
        ]
        link.executemany("insert into meeting (team, status, reason_code) values (?, 'no_show', ?)", rows)
        link.execute("update meeting set meeting_id = rowid")
        link.execute("insert into meeting values (0, 'North', 'held', null)")
    table = {
        "table": "meeting", "model": "stg_meeting", "key": ["meeting_id"], "team": "team",
        "rules": [
            {"id": "DM-03", "says": "A reason", "where": "status = 'no_show'", "check": {"filled_in": ["reason_code"]},
             "severity": "info"},
            {"id": "DM-04", "says": "Teams register alike", "severity": "blocking", **more,
             "check": {"same_across": {"group": "team", "share_failing": "DM-03", "max_gap": "0.05"}}},
        ],
    }  # fmt: skip
    said = {"source": "crm", "connection": "CRM_URL", "owner": "sales_operations", "tables": [table]}
    project = project_of(folder, {"crm": Expectations.model_validate(said)})
    environ = {"CRM_URL": f"sqlite:///{folder / 'crm.sqlite'}"}
    warehouse = folder / "none.duckdb"
    return check_sources(project, warehouse, date(2024, 6, 30), "run-1", datetime(2024, 7, 1), environ)


def test_teams_that_register_alike_pass(tmp_path: Path) -> None:
    _, result = report_of(tmp_path, EVEN).results
    assert (result.outcome, result.is_blocking, result.rows_in_table) == (Outcome.PASSED, False, 301)
    assert (result.rows_tested, result.failing_count) == (300, 0)
    assert result.message == "none of 3 groups breaks DM-03 clearly more often than the others"


def test_a_team_that_registers_differently_is_named_with_its_figures(tmp_path: Path) -> None:
    report = report_of(tmp_path, {**EVEN, "East": (100, 40), "Tiny": (5, 5)})
    _, result = report.results
    assert (result.outcome, result.is_blocking, result.check_kind) == (Outcome.FAILED, True, "same_across")
    assert (result.rows_tested, result.failing_count) == (400, 40)
    assert result.message == (
        "registered differently from the others, by DM-03: East 40.0% of 100 rows, the others 6.6% of 305, "
        "so at least 22.5% more; allowed is a gap of 5.0%; cannot tell for Tiny (5 rows)"
    )
    assert {row.group_name: row.standing for row in report.groups} == {
        "East": Standing.DIFFERENT,
        "North": Standing.EVEN,
        "South": Standing.EVEN,
        "Tiny": Standing.CANNOT_TELL,
        "West": Standing.EVEN,
    }


def test_the_groups_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    write_quality_tables(warehouse, report_of(tmp_path, {**EVEN, "East": (100, 40), "Tiny": (5, 5)}))
    with duckdb.connect(str(warehouse)) as link:
        rows = link.execute(
            "select group_name, rows_tested, failing_count, failing_share, standing from kpi.fct_check_group "
            "where group_name in ('East', 'Tiny') order by group_name"
        ).fetchall()
    assert rows == [
        ("East", 100, 40, Decimal("0.4000000000"), "different"),
        ("Tiny", 5, 5, Decimal("1.0000000000"), "cannot_tell"),
    ]


def test_few_rows_are_never_a_pass(tmp_path: Path) -> None:
    _, result = report_of(tmp_path, {"North": (20, 0), "South": (25, 25)}).results
    assert (result.outcome, result.is_blocking) == (Outcome.NOTHING_TO_CHECK, False)
    assert result.message == "cannot tell: no two groups have 30 rows that DM-03 tests"


def test_one_team_alone_has_nobody_to_be_compared_with(tmp_path: Path) -> None:
    _, result = report_of(tmp_path, {"North": (100, 50)}).results
    assert result.outcome is Outcome.NOTHING_TO_CHECK


def test_rows_of_no_team_are_a_group_too(tmp_path: Path) -> None:
    report = report_of(tmp_path, {**EVEN, None: (60, 40), " ": (40, 20)})
    assert [row.group_name for row in report.groups if row.standing is Standing.DIFFERENT] == ["(empty)"]


def test_until_it_blocks_it_warns(tmp_path: Path) -> None:
    _, result = report_of(tmp_path, {**EVEN, "East": (100, 40)}, blocks_from="2025-01-01").results
    assert (result.outcome, result.is_blocking) == (Outcome.WARNED, False)
    assert result.message.endswith("; blocks from 2025-01-01")


def test_its_own_condition_narrows_that_of_the_rule_it_compares(tmp_path: Path) -> None:
    report = report_of(tmp_path, {**EVEN, "East": (100, 40)}, where="team <> 'East'")
    assert report.results[1].outcome is Outcome.PASSED
    assert [row.group_name for row in report.groups] == ["North", "South", "West"]


def test_a_column_that_is_not_there_is_not_verified(tmp_path: Path) -> None:
    report = report_of(tmp_path, EVEN, where="squad = 'a'")
    assert (report.results[1].outcome, report.results[1].is_blocking) == (Outcome.COULD_NOT_RUN, True)


def test_a_gap_that_is_allowed_twice_is_refused() -> None:
    said = {"id": "DM-04", "says": "alike", "severity": "warning", "allow": {"at_most": "0.1"}}
    check = {"same_across": {"group": "team", "share_failing": "DM-03", "max_gap": "0.05"}}
    with pytest.raises(ValidationError, match="`allow` says nothing to a check `same_across`"):
        RegistrationRule.model_validate({**said, "check": check})
