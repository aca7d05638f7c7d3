"""Runs the registration rules of one source system: a result for each rule, and every offending record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from kpiledger.errors import KpiledgerError
from kpiledger.quality import greatexpectations
from kpiledger.quality.greatexpectations import Verdict
from kpiledger.quality.judging import Counts, Judgement, blocks_now, judged
from kpiledger.quality.queries import RuleQueries, rule_queries
from kpiledger.quality.report import CheckResult, QualityReport, RegistrationIssue, joined
from kpiledger.quality.seen import Relation
from kpiledger.quality.session import Reference, SourceSession
from kpiledger.quality.terms import Expectation, expectation_of
from kpiledger.specs.checks import RegistrationRule
from kpiledger.specs.expectation import CheckedTable, Expectations
from kpiledger.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, and as of which day: the same for every check of a run."""

    run_id: str
    as_of: date
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule ready to be asked, or why it cannot be."""

    table: CheckedTable
    rule: RegistrationRule
    queries: RuleQueries | None = None
    expectation: Expectation | None = None
    problem: str = ""


def check_registration(
    expectations: Expectations,
    session: SourceSession,
    relations: Mapping[str, Relation],
    references: Sequence[Reference],
    asking: Asking,
) -> QualityReport:
    """The results and issues of every rule of a source."""
    prepared = [_prepared(table, rule, session, relations) for table in expectations.tables for rule in table.rules]
    verdicts = _verdicts(session, references, prepared)
    return joined([_checked(one, verdicts, session, asking) for one in prepared])


def not_verified(source: str, table: CheckedTable, rule: RegistrationRule, why: str, asking: Asking) -> CheckResult:
    """The result of a rule whose source cannot be reached: not verified, and so not to be published on."""
    judgement = Judgement(Outcome.COULD_NOT_RUN, True, f"not verified: {why}")
    return _result(source, table, rule, None, judgement, asking)


def _prepared(
    table: CheckedTable, rule: RegistrationRule, session: SourceSession, relations: Mapping[str, Relation]
) -> Prepared:
    try:
        columns = session.columns(table.table)
        queries = rule_queries(table, rule, list(columns), relations, session.dialect)
    except (KpiledgerError, SQLAlchemyError) as problem:
        return Prepared(table, rule, problem=first_line(problem))
    return Prepared(table, rule, queries, expectation_of(rule, columns, queries.unexpected))


def _verdicts(
    session: SourceSession, references: Sequence[Reference], prepared: Sequence[Prepared]
) -> Mapping[tuple[str, str], Verdict]:
    questions: dict[str, dict[str, Expectation]] = {}
    for one in prepared:
        if one.expectation is not None:
            questions.setdefault(one.table.table, {})[one.rule.id] = one.expectation
    if not questions:
        return {}
    try:
        return greatexpectations.ask(session.source, session.url, session.dialect, references, questions)
    except KpiledgerError as problem:
        silent = Verdict(None, first_line(problem))
        return {(table, rule): silent for table, rules in questions.items() for rule in rules}


def _checked(
    one: Prepared, verdicts: Mapping[tuple[str, str], Verdict], session: SourceSession, asking: Asking
) -> QualityReport:
    source, blocks = session.source, blocks_now(one.rule, asking.as_of)
    if one.queries is None or one.expectation is None:
        silent = Judgement(Outcome.COULD_NOT_RUN, blocks, f"not verified: {one.problem}")
        return QualityReport((_result(source, one.table, one.rule, None, silent, asking),))
    try:
        counts = _counts(one, one.queries, session)
        rows = session.rows(one.queries.offending) if counts.failing else []
    except SQLAlchemyError as problem:
        silent = Judgement(Outcome.COULD_NOT_RUN, blocks, f"not verified: {first_line(problem)}")
        return QualityReport((_result(source, one.table, one.rule, None, silent, asking),))
    verdict = verdicts[one.table.table, one.rule.id]
    judgement = judged(one.rule, counts, verdict, one.expectation.knows_allowance, asking.as_of)
    result = _result(source, one.table, one.rule, counts, judgement, asking)
    return QualityReport((result,), _issues(source, one, rows, asking))


def _counts(one: Prepared, queries: RuleQueries, session: SourceSession) -> Counts:
    ((in_table, tested, failing),) = session.rows(queries.counts)
    return Counts(in_table, tested, failing)


def _issues(
    source: str, one: Prepared, rows: Sequence[tuple[Any, ...]], asking: Asking
) -> tuple[RegistrationIssue, ...]:
    """One issue for each record: two rows under one key are one entry of the to-do list."""
    found: dict[str, RegistrationIssue] = {}
    for *key, team, period in rows:
        record_key = written_key(key)
        issue = RegistrationIssue(
            asking.run_id, source, one.table.table, one.rule.id, record_key,
            None if team is None else str(team), month_of(period), asking.checked_at,
        )  # fmt: skip
        found.setdefault(record_key, issue)
    return tuple(found.values())


def _result(
    source: str,
    table: CheckedTable,
    rule: RegistrationRule,
    counts: Counts | None,
    judgement: Judgement,
    asking: Asking,
) -> CheckResult:
    return CheckResult(
        run_id=asking.run_id,
        source=source,
        table_name=table.table,
        model=table.model,
        rule=rule.id,
        says=rule.says,
        check_kind=rule.check.kind,
        severity=rule.severity,
        outcome=judgement.outcome,
        rows_in_table=counts.in_table if counts else None,
        rows_tested=counts.tested if counts else None,
        failing_count=counts.failing if counts else None,
        failing_share=counts.failing_share if counts else None,
        allowed_share=rule.allow.at_most if rule.allow else None,
        is_blocking=judgement.is_blocking,
        message=judgement.message,
        checked_at=asking.checked_at,
    )


def written_key(parts: Sequence[Any]) -> str:
    """A record's key as one text; the parts of a longer key stand in order, with a stroke between."""
    return " / ".join("(empty)" if part is None else str(part) for part in parts)


def month_of(value: Any) -> date | None:
    """The first day of the month of a date or time, however a source hands it over; None if it is neither."""
    try:
        return date.fromisoformat(str(value)[:10]).replace(day=1)
    except ValueError:
        return None


def first_line(problem: Exception) -> str:
    """What an error says, without the statement and the advice that follow it."""
    return str(getattr(problem, "orig", None) or problem).strip().splitlines()[0]
