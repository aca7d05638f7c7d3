"""Every kind of check: it passes, it fails with the right keys, it has nothing to check, it could not run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from quality_builders import project_of

from kpiledger.project import Project
from kpiledger.quality import QualityReport, check_sources
from kpiledger.specs.expectation import Expectations
from kpiledger.vocabulary import Outcome

AS_OF, AT = date(2024, 6, 30), datetime(2024, 7, 1)
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Kind:
    """A check on table visit(visit_id, code, other, amount, started_at, entered_at), with rows for it.

    `good` rows all hold; adding `bad` breaks the rule at `keys`; `broken` names a column that is not there.
    """

    check: dict[str, Any]
    broken: dict[str, Any]
    good: tuple[Row, ...]
    bad: tuple[Row, ...]
    keys: tuple[str, ...]


def row(key: Any, code: Any = "a", other: Any = "x", amount: Any = 1, started: Any = "2024-05-01 10:00:00",
        entered: Any = "2024-05-01 10:00:00") -> Row:  # fmt: skip
    return (key, code, other, amount, started, entered)


KINDS = {
    "one_of": Kind(
        {"one_of": {"column": "code", "values": ["a", "b's"]}},
        {"one_of": {"column": "nothing", "values": ["a"]}},
        (row(1), row(2, "b's"), row(3, None)),
        (row(4, "A"), row(5, "")),
        ("4", "5"),
    ),
    "filled_in text": Kind(
        {"filled_in": ["code", "other"]},
        {"filled_in": ["nothing"]},
        (row(1), row(2, "b")),
        (row(3, None), row(4, "a", "  "), row(5, "")),
        ("3", "4", "5"),
    ),
    "filled_in figure": Kind(
        {"filled_in": ["amount"]}, {"filled_in": ["nothing"]},
        (row(1), row(2, amount=0)), (row(3, amount=None),), ("3",),
    ),
    "unique": Kind(
        {"unique": ["code"]}, {"unique": ["nothing"]}, (row(1), row(2, "b"), row(3, None), row(4, None)),
        (row(5, "b"), row(6, "b")), ("2", "5", "6"),
    ),
    "unique together": Kind(
        {"unique": ["code", "other"]}, {"unique": ["code", "nothing"]},
        (row(1), row(2, "a", "y"), row(3, "b", "x"), row(4, None, "x"), row(5, None, "x")),
        (row(6, "a", "y"),), ("2", "6"),
    ),
    "exists_in": Kind(
        {"exists_in": {"column": "code", "model": "stg_code", "key": "code"}},
        {"exists_in": {"column": "code", "model": "stg_nowhere", "key": "code"}},
        (row(1), row(2, "b"), row(3, None)), (row(4, "z"),), ("4",),
    ),
    "exists_in, missing not allowed": Kind(
        {"exists_in": {"column": "code", "model": "stg_code", "key": "code", "missing": "not_allowed"}},
        {"exists_in": {"column": "nothing", "model": "stg_code", "key": "code"}},
        (row(1),), (row(2, None), row(3, "z")), ("2", "3"),
    ),
    "registered_within": Kind(
        {"registered_within": {"from": "started_at", "to": "entered_at", "max": "2 days"}},
        {"registered_within": {"from": "started_at", "to": "nothing", "max": "2 days"}},
        (row(1, entered="2024-05-03 10:00:00"), row(2, started=None),
         row(3, started="2024-05-02", entered="2024-05-01")),
        (row(4, entered="2024-05-03 10:00:01"), row(5, entered=None), row(6, entered="soon")), ("4", "5", "6"),
    ),
    "between": Kind(
        {"between": {"column": "amount", "at_least": -0.5, "at_most": 10}},
        {"between": {"column": "nothing", "at_most": 10}},
        (row(1, amount=-0.5), row(2, amount=10), row(3, amount=None)),
        (row(4, amount=-0.51), row(5, amount=11)), ("4", "5"),
    ),
    "matches": Kind(
        {"matches": {"column": "code", "pattern": "a|[0-9]{3}(?:x)?"}},
        {"matches": {"column": "nothing", "pattern": "a"}},
        (row(1), row(2, "123x"), row(3, None)), (row(4, "ab"), row(5, "1234"), row(6, "123\n")), ("4", "5", "6"),
    ),
    "no_rows": Kind(
        {"no_rows": {"sql": "select visit_id from visit where amount > 100 and code <> ':a'"}},
        {"no_rows": {"sql": "select visit_id from nowhere"}},
        (row(1), row(2, amount=None)), (row(3, amount=101),), ("3",),
    ),
}  # fmt: skip


def report_of(folder: Path, check: dict[str, Any], rows: tuple[Row, ...], **more: Any) -> QualityReport:
    project, environ = visits(folder, check, rows, **more)
    return check_sources(project, folder / "none", AS_OF, "run-1", AT, environ)


def visits(folder: Path, check: dict[str, Any], rows: tuple[Row, ...], **more: Any) -> tuple[Project, dict[str, str]]:
    """A project with one rule, and the variables that name its source."""
    database = folder / "shop.sqlite"
    database.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as link, link:
        link.execute(
            "create table visit (visit_id integer, code text, other text, amount real, "
            "started_at timestamp, entered_at timestamp)"
        )
        link.executemany("insert into visit values (?, ?, ?, ?, ?, ?)", rows)
        link.execute("create table code (code text)")
        link.executemany("insert into code values (?)", [("a",), ("b",), ("b",), (None,)])
    rule = {"id": "VI-01", "says": "it holds", "check": check, "severity": "blocking", **more}
    visit = {"table": "visit", "model": "stg_visit", "key": ["visit_id"], "period": "started_at", "rules": [rule]}
    tables = [visit, {"table": "code", "model": "stg_code", "key": ["code"]}]
    said = {"source": "shop", "connection": "SHOP_URL", "owner": "sales_operations", "tables": tables}
    return project_of(folder, {"shop": Expectations.model_validate(said)}), {"SHOP_URL": f"sqlite:///{database}"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_rows_that_hold_pass(kind: Kind, tmp_path: Path) -> None:
    report = report_of(tmp_path, kind.check, kind.good)
    assert [(result.outcome, result.message) for result in report.results] == [
        (Outcome.PASSED, f"0 of {report.results[0].rows_tested} tested rows break it")
    ]
    assert report.issues == ()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_rows_that_break_it_fail_and_are_all_named(kind: Kind, tmp_path: Path) -> None:
    report = report_of(tmp_path, kind.check, kind.good + kind.bad)
    (result,) = report.results
    assert (result.outcome, result.is_blocking, result.failing_count) == (Outcome.FAILED, True, len(kind.keys))
    assert result.rows_in_table == len(kind.good) + len(kind.bad)
    assert tuple(issue.record_key for issue in report.issues) == kind.keys


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_same_verdict_with_a_condition(kind: Kind, tmp_path: Path) -> None:
    report = report_of(tmp_path, kind.check, kind.good + kind.bad, where="visit_id > 0")
    assert tuple(issue.record_key for issue in report.issues) == kind.keys
    assert report.results[0].outcome is Outcome.FAILED


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_an_empty_table_is_nothing_to_check_and_no_pass(kind: Kind, tmp_path: Path) -> None:
    (result,) = report_of(tmp_path, kind.check, ()).results
    assert (result.outcome, result.is_blocking) == (Outcome.NOTHING_TO_CHECK, False)
    assert (result.rows_in_table, result.rows_tested, result.failing_share) == (0, 0, None)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_cannot_be_asked_is_not_verified_and_blocks(kind: Kind, tmp_path: Path) -> None:
    (result,) = report_of(tmp_path, kind.broken, kind.good).results
    assert (result.outcome, result.is_blocking) == (Outcome.COULD_NOT_RUN, True)
    assert result.message.startswith("not verified: ")
    assert "no" in result.message


def test_a_condition_that_no_row_meets_is_nothing_to_check(tmp_path: Path) -> None:
    (result,) = report_of(tmp_path, {"filled_in": ["code"]}, (row(1), row(2)), where="code = 'z'").results
    assert (result.outcome, result.rows_in_table, result.rows_tested) == (Outcome.NOTHING_TO_CHECK, 2, 0)


def test_a_share_may_be_allowed_and_its_bound_still_passes(tmp_path: Path) -> None:
    check, rows = {"one_of": {"column": "code", "values": ["a"]}}, tuple(row(key) for key in range(9))
    allowed = {"allow": {"at_most": "0.1"}}
    (at_bound,) = report_of(tmp_path, check, (*rows, row(9, "z")), **allowed).results
    assert (at_bound.outcome, at_bound.failing_count) == (Outcome.PASSED, 1)
    assert at_bound.message == "1 of 10 tested rows break it (10.00%; allowed 10.00%)"
    (beyond,) = report_of(tmp_path, check, (*rows, row(9, "z"), row(10, "z")), **allowed).results
    assert (beyond.outcome, beyond.is_blocking) == (Outcome.FAILED, True)


def test_allowed_rows_are_still_named(tmp_path: Path) -> None:
    check = {"filled_in": ["code"]}
    report = report_of(tmp_path, check, (row(1), row(2, None)), allow={"at_most": "0.5"})
    assert report.results[0].outcome is Outcome.PASSED
    assert [issue.record_key for issue in report.issues] == ["2"]


@pytest.mark.parametrize(
    ("more", "outcome", "blocks"),
    [
        ({"severity": "warning"}, Outcome.WARNED, False),
        ({"severity": "info"}, Outcome.WARNED, False),
        ({"blocks_from": "2024-07-01"}, Outcome.WARNED, False),
        ({"blocks_from": "2024-06-30"}, Outcome.FAILED, True),
    ],
)
def test_severity_and_its_beginning_decide_what_blocks(
    more: dict[str, str], outcome: Outcome, blocks: bool, tmp_path: Path
) -> None:
    (result,) = report_of(tmp_path, {"filled_in": ["code"]}, (row(1, None),), **more).results
    assert (result.outcome, result.is_blocking) == (outcome, blocks)


@pytest.mark.parametrize(
    "sql",
    ["delete from visit", "select 1; drop table visit", "drop table visit", "not sql at all ("],
)
def test_a_query_that_does_more_than_read_is_refused(sql: str, tmp_path: Path) -> None:
    (result,) = report_of(tmp_path, {"no_rows": {"sql": sql}}, (row(1),)).results
    assert result.outcome is Outcome.COULD_NOT_RUN
    assert "no_rows" in result.message


def test_a_condition_on_an_unknown_column_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    (result,) = report_of(tmp_path, {"filled_in": ["code"]}, (row(1),), where="cod = 'a'").results
    assert result.outcome is Outcome.COULD_NOT_RUN
    assert "no column cod" in result.message


def test_the_month_of_an_issue_comes_from_the_period_of_its_row(tmp_path: Path) -> None:
    report = report_of(tmp_path, {"filled_in": ["code"]}, (row(7, None, started="2024-05-31 23:59:59"),))
    assert [(issue.record_key, issue.period_start) for issue in report.issues] == [("7", date(2024, 5, 1))]
