"""Runs the registration rules of one source system: a result for each rule, and every offending record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from kpiledger.quality.asking import Asking, first_line, month_of, written_key
from kpiledger.quality.counting import Prepared, counted, prepared_rules, second_opinions
from kpiledger.quality.greatexpectations import Verdict
from kpiledger.quality.groups import check_groups
from kpiledger.quality.judging import Counts, Judgement, blocks_now, judged
from kpiledger.quality.report import CheckResult, QualityReport, RegistrationIssue, joined
from kpiledger.quality.seen import Relation
from kpiledger.quality.session import Reference, SourceSession
from kpiledger.specs.checks import RegistrationRule
from kpiledger.specs.expectation import CheckedTable, Expectations
from kpiledger.vocabulary import Outcome


def check_registration(
    expectations: Expectations,
    session: SourceSession,
    relations: Mapping[str, Relation],
    references: Sequence[Reference],
    asking: Asking,
) -> QualityReport:
    """The results and issues of every rule of a source, in the order of its file."""
    prepared = [one for table in expectations.tables for one in prepared_rules(table, session, relations)]
    found = counted(prepared, session, relations)
    verdicts = second_opinions(prepared, found, session, relations, references)
    of_rows = {one.place: _checked(one, found.counts[one.place], verdicts, session, asking) for one in prepared}
    reports = []
    for table in expectations.tables:
        for rule in table.rules:
            if rule.check.same_across is None:
                reports.append(of_rows[table.table, rule.id])
                continue
            compared, judgement, rows = check_groups(table, rule, session, relations, asking)
            result = rule_result(session.source, table, rule, compared, judgement, asking)
            reports.append(QualityReport((result,), groups=rows))
    return joined(reports)


def not_verified(source: str, table: CheckedTable, rule: RegistrationRule, why: str, asking: Asking) -> CheckResult:
    """The result of a rule whose source cannot be reached: not verified, and so not to be published on."""
    judgement = Judgement(Outcome.COULD_NOT_RUN, True, f"not verified: {why}")
    return rule_result(source, table, rule, None, judgement, asking)


def _checked(
    one: Prepared,
    counts: Counts | str,
    verdicts: Mapping[tuple[str, str], Verdict],
    session: SourceSession,
    asking: Asking,
) -> QualityReport:
    if isinstance(counts, str) or one.queries is None:
        return _silent(one, str(counts), session, asking)
    try:
        rows = session.rows(one.queries.offending) if counts.failing else []
    except SQLAlchemyError as problem:
        return _silent(one, first_line(problem), session, asking)
    knows_allowance = one.own is not None and one.own.knows_allowance
    judgement = judged(one.rule, counts, verdicts[one.place], knows_allowance, asking.as_of)
    result = rule_result(session.source, one.table, one.rule, counts, judgement, asking)
    return QualityReport((result,), _issues(session.source, one, rows, asking))


def _silent(one: Prepared, why: str, session: SourceSession, asking: Asking) -> QualityReport:
    judgement = Judgement(Outcome.COULD_NOT_RUN, blocks_now(one.rule, asking.as_of), f"not verified: {why}")
    return QualityReport((rule_result(session.source, one.table, one.rule, None, judgement, asking),))


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


def rule_result(
    source: str,
    table: CheckedTable,
    rule: RegistrationRule,
    counts: Counts | None,
    judgement: Judgement,
    asking: Asking,
) -> CheckResult:
    """A rule's judgement as a row of fct_check_result."""
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
