"""Checks every fact in the warehouse without being asked: its key, its dates, and the keys of its dimensions.

dbt's own tests stop a build where a project wrote them; these are there for every fact, leave a result with both
numbers of rows, and name the rows. One statement counts for all checks of a fact.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from kpiledger.project import Project
from kpiledger.quality.asking import Asking, first_line, month_of, written_key
from kpiledger.quality.fact_queries import FactCheck, fact_checks, fused
from kpiledger.quality.judging import Counts
from kpiledger.quality.report import CheckResult, QualityReport, RegistrationIssue, joined
from kpiledger.specs.automatic import WAREHOUSE
from kpiledger.specs.fact import Fact
from kpiledger.vocabulary import Outcome


def check_facts(project: Project, link: duckdb.DuckDBPyConnection | str, asking: Asking) -> QualityReport:
    """The results and issues of every fact; `link` is the warehouse, or why it cannot be read."""
    return joined([_checked(fact, project, link, asking) for _, fact in sorted(project.facts.items())])


def _checked(fact: Fact, project: Project, link: duckdb.DuckDBPyConnection | str, asking: Asking) -> QualityReport:
    last = max(asking.as_of, asking.checked_at.date())
    checks = fact_checks(fact, project.calendar.starts_on, last)
    if isinstance(link, str):
        return _silent(fact, checks, link, asking)
    try:
        return _answered(fact, checks, link, asking)
    except duckdb.Error as problem:
        return _silent(fact, checks, first_line(problem), asking)


def _answered(
    fact: Fact, checks: Sequence[FactCheck], link: duckdb.DuckDBPyConnection, asking: Asking
) -> QualityReport:
    places = {model: _place(link, model) for model in dict.fromkeys([fact.model, *(one.model for one in checks)])}
    (row,) = link.execute(fused(fact, checks, places)).fetchall()
    found = []
    for number, check in enumerate(checks):
        in_table, tested, failing = (int(value) for value in row[3 * number : 3 * number + 3])
        counts = Counts(in_table, tested, failing)
        rows = link.execute(check.offending(places)).fetchall() if failing else []
        issues = tuple(_issue(fact, check, row, asking) for row in rows)
        found.append(QualityReport((_judged(fact, check, counts, asking),), issues))
    return joined(found)


def _place(link: duckdb.DuckDBPyConnection, model: str) -> str:
    """Where a model lies in the warehouse, ready to be read."""
    query = """
        select table_schema from information_schema.tables
        where table_catalog = 'warehouse' and table_name = ? order by table_schema
    """
    found = link.execute(query, [model]).fetchone()
    if found is None:
        raise duckdb.CatalogException(f"the model {model} is not in the warehouse")
    return f'warehouse."{found[0]}"."{model}"'


def _issue(fact: Fact, check: FactCheck, row: tuple[object, ...], asking: Asking) -> RegistrationIssue:
    *key, period = row
    return RegistrationIssue(
        asking.run_id, WAREHOUSE, fact.fact, check.name, written_key(key), None, month_of(period), asking.checked_at
    )


def _judged(fact: Fact, check: FactCheck, counts: Counts, asking: Asking) -> CheckResult:
    if not counts.tested:
        message = f"none of the {counts.in_table} rows is tested"
        return _result(fact, check, counts, Outcome.NOTHING_TO_CHECK, message, asking)
    broken = Outcome.FAILED if check.severity == "blocking" else Outcome.WARNED
    outcome = broken if counts.failing else Outcome.PASSED
    message = f"{counts.failing:,} of {counts.tested:,} tested rows break it"
    return _result(fact, check, counts, outcome, message, asking)


def _silent(fact: Fact, checks: Sequence[FactCheck], why: str, asking: Asking) -> QualityReport:
    message = f"not verified: {why}"
    return QualityReport(tuple(_result(fact, check, None, Outcome.COULD_NOT_RUN, message, asking) for check in checks))


def _result(
    fact: Fact, check: FactCheck, counts: Counts | None, outcome: Outcome, message: str, asking: Asking
) -> CheckResult:
    stops = outcome in (Outcome.FAILED, Outcome.COULD_NOT_RUN)
    return CheckResult(
        run_id=asking.run_id,
        source=WAREHOUSE,
        table_name=fact.fact,
        model=check.model,
        rule=check.name,
        says=check.says,
        check_kind="fact",
        severity=check.severity,
        outcome=outcome,
        rows_in_table=counts.in_table if counts else None,
        rows_tested=counts.tested if counts else None,
        failing_count=counts.failing if counts else None,
        failing_share=counts.failing_share if counts else None,
        allowed_share=None,
        is_blocking=stops and check.severity == "blocking",
        message=message,
        checked_at=asking.checked_at,
    )
