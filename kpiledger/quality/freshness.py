"""Whether the youngest row of each table that promises freshness is young enough on the as-of date.

An old table is a warning: the numbers are right for what is there, and their reader must know.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy.exc import SQLAlchemyError

from kpiledger.quality.asking import Asking, first_line
from kpiledger.quality.report import FRESHNESS, CheckResult, QualityReport
from kpiledger.quality.session import SourceSession
from kpiledger.specs.expectation import CheckedTable, Expectations, Freshness
from kpiledger.vocabulary import Outcome


def check_freshness(expectations: Expectations, session: SourceSession, asking: Asking) -> QualityReport:
    """One result for each table that declares a freshness."""
    return QualityReport(
        tuple(
            _checked(session, table, table.freshness, asking)
            for table in expectations.tables
            if table.freshness is not None
        )
    )


def _checked(session: SourceSession, table: CheckedTable, asked: Freshness, asking: Asking) -> CheckResult:
    quote = session.connection.dialect.identifier_preparer.quote
    column = quote(asked.column)
    try:
        query = f"select count(*), count({column}), max({column}) from {quote(table.table)}"
        ((in_table, tested, youngest),) = session.rows(query)
    except SQLAlchemyError as problem:
        return _result(session, table, asked, asking, None, None, Outcome.COULD_NOT_RUN, first_line(problem))
    if not tested:
        message = f"none of the {in_table} rows has a time in {asked.column}"
        return _result(session, table, asked, asking, in_table, tested, Outcome.NOTHING_TO_CHECK, message)
    try:
        age = datetime.combine(asking.as_of, time.max) - datetime.fromisoformat(str(youngest))
    except ValueError:
        message = f"not verified: {youngest!r} is no time"
        return _result(session, table, asked, asking, in_table, tested, Outcome.COULD_NOT_RUN, message)
    outcome = Outcome.WARNED if age > asked.within + _REST_OF_DAY else Outcome.PASSED
    message = f"the youngest row is of {youngest}"
    return _result(session, table, asked, asking, in_table, tested, outcome, message)


# The as-of date counts to its end, so a row of the same moment so many days before is still in time.
_REST_OF_DAY = timedelta(days=1) - timedelta(microseconds=1)


def _result(
    session: SourceSession,
    table: CheckedTable,
    asked: Freshness,
    asking: Asking,
    in_table: int | None,
    tested: int | None,
    outcome: Outcome,
    message: str,
) -> CheckResult:
    return CheckResult(
        run_id=asking.run_id,
        source=session.source,
        table_name=table.table,
        model=table.model,
        rule=FRESHNESS,
        says=f"The youngest row is at most {asked.within} old on the as-of date",
        check_kind=FRESHNESS,
        severity="warning",
        outcome=outcome,
        rows_in_table=in_table,
        rows_tested=tested,
        failing_count=None,
        failing_share=None,
        allowed_share=None,
        is_blocking=False,
        message=message,
        checked_at=asking.checked_at,
    )
