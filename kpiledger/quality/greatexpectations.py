"""Asks Great Expectations: compiles suites on a context that lives for one run, and reads its verdicts.

A check that raises comes back from it as a failure without a result: here that is a verdict of its own.
Great Expectations takes seconds to import, so it is imported when the first question is asked.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from kpiledger.errors import BrokenWorld
from kpiledger.quality.session import Reference, load_reference
from kpiledger.quality.terms import Expectation

_ADD_SOURCE = {"sqlite": "add_sqlite", "postgres": "add_postgres"}
# It fetches after the connection went back, and by then a rollback has taken the rows of DuckDB away.
_KEEPS_ROWS = {"duckdb": {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}}
_CANARY = "select 1 as canary"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an expectation was met; None when it could not be asked, and then why."""

    is_met: bool | None
    problem: str = ""


Questions = Mapping[str, Mapping[str, Expectation]]  # table -> rule -> expectation


def ask(
    source: str, url: str, dialect: str, references: Sequence[Reference], questions: Questions
) -> dict[tuple[str, str], Verdict]:
    """The verdict on each rule of each table of a source."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own imports and metadata use what Python and SQLAlchemy deprecate
        from great_expectations.exceptions import GreatExpectationsError

        try:
            return _ask(source, url, dialect, references, questions)
        except (GreatExpectationsError, SQLAlchemyError, ConnectionError) as problem:
            said = str(problem).strip().splitlines()[0]
            raise BrokenWorld(f"Great Expectations could not ask {source}: {said}", "check its driver") from problem


def _ask(
    source: str, url: str, dialect: str, references: Sequence[Reference], questions: Questions
) -> dict[tuple[str, str], Verdict]:
    context = _context()
    # Its PostgreSQL takes no server that is reached by a socket.
    is_hostless = dialect == "postgres" and not sa.make_url(url).host
    add = getattr(context.data_sources, "add_sql" if is_hostless else _ADD_SOURCE.get(dialect, "add_sql"))
    # Great Expectations fills in what looks like $NAME; a password may hold one.
    more = {"kwargs": _KEEPS_ROWS[dialect]} if dialect in _KEEPS_ROWS else {}
    origin = add(source, connection_string=url.replace("$", "%24"), **more)
    engine = origin.get_execution_engine()
    try:
        with engine.get_connection() as connection:
            for reference in references:
                load_reference(connection, reference)
        _look_at_canary(origin)
        verdicts = {}
        for table, asked in questions.items():
            asset = origin.add_table_asset(table, table_name=table)
            for rule, verdict in _validated(asset, asked).items():
                verdicts[table, rule] = verdict
        return verdicts
    finally:
        engine.close()


def _context() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _look_at_canary(origin: Any) -> None:
    """One row must count as one row and as no other number, or no verdict can be believed."""
    asset = origin.add_query_asset("canary", query=_CANARY)
    asked = {
        "one": Expectation("ExpectTableRowCountToEqual", {"value": 1}),
        "none": Expectation("ExpectTableRowCountToEqual", {"value": 0}),
    }
    verdicts = _validated(asset, asked)
    if (verdicts["one"].is_met, verdicts["none"].is_met) != (True, False):
        said = verdicts["one"].problem or "it does not count one row as one row"
        raise BrokenWorld(f"Great Expectations cannot be believed on this source: {said}", "check its driver")


def _validated(asset: Any, asked: Mapping[str, Expectation]) -> dict[str, Verdict]:
    import great_expectations
    from great_expectations import expectations as kinds

    suite = great_expectations.ExpectationSuite(
        name=asset.name,
        expectations=[getattr(kinds, one.name)(**one.arguments, meta={"rule": rule}) for rule, one in asked.items()],
    )
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    outcome = batch.validate(suite, result_format="BOOLEAN_ONLY")
    return {result.expectation_config.meta["rule"]: _verdict(result) for result in outcome.results}


def _verdict(result: Any) -> Verdict:
    raised = result.exception_info or {}
    entries = [raised] if "raised_exception" in raised else list(raised.values())
    for entry in entries:
        if entry.get("raised_exception"):
            return Verdict(None, str(entry.get("exception_message")).strip().splitlines()[0])
    return Verdict(bool(result.success))
