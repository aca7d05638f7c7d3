"""Checks every source system of a project: the registration rules in the source, then the reconciliation, then the
facts in the warehouse; what is waived is set aside, and the KPIs that a failure touches are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from sqlalchemy.exc import SQLAlchemyError

from kpiledger.errors import BrokenWorld
from kpiledger.project import Project
from kpiledger.quality.asking import Asking, first_line
from kpiledger.quality.dependents import with_dependents
from kpiledger.quality.facts import check_facts
from kpiledger.quality.figures import not_reconciled
from kpiledger.quality.freshness import check_freshness
from kpiledger.quality.reconciliation import open_warehouse, reconcile
from kpiledger.quality.registration import check_registration, not_verified
from kpiledger.quality.report import QualityReport, joined
from kpiledger.quality.seen import Relation, models_needed
from kpiledger.quality.session import Reference, SourceSession, load_reference, open_source
from kpiledger.quality.waiving import waived
from kpiledger.sources.connecting import connection_url
from kpiledger.specs.expectation import CheckedTable, Expectations


@dataclass(frozen=True, slots=True)
class Reached:
    """The source systems that answered, and why the others did not."""

    sessions: Mapping[str, SourceSession]
    problems: Mapping[str, str]


def check_sources(
    project: Project,
    warehouse: Path,
    as_of: date,
    run_id: str,
    checked_at: datetime,
    environ: Mapping[str, str],
    demo_sources: Path | None = None,
) -> QualityReport:
    """Run every rule, reconciliation and check of a fact; whatever cannot be asked is a result too, never an exception.

    `demo_sources` is where the demo's databases lie, for sources that the environment does not name.
    """
    asking = Asking(run_id, as_of, checked_at)
    files = [project.expectations[source] for source in sorted(project.expectations)]
    with ExitStack() as stack:
        urls = {
            one.source: connection_url(one.source, environ, project.root, one.connection, demo_sources) for one in files
        }
        reached = _reached(stack, urls, files)
        link = _link(stack, warehouse)
        found = joined(
            [*(_checked(one, files, reached, link, asking) for one in files), check_facts(project, link, asking)]
        )
    return with_dependents(_set_aside(found, project, asking), project)


def _set_aside(found: QualityReport, project: Project, asking: Asking) -> QualityReport:
    """What is waived on the as-of date, and on the day of the run where the calendar's zone is.

    A calendar that says an as-of date of its own is of that day, whenever it runs.
    """
    waivers = project.waivers.of_checks if project.waivers else ()
    if not waivers:
        return found
    at = asking.checked_at.replace(tzinfo=asking.checked_at.tzinfo or UTC)
    run_on = project.calendar.as_of or at.astimezone(ZoneInfo(project.calendar.zone)).date()
    return waived(found, waivers, asking.as_of, run_on)


def _reached(stack: ExitStack, urls: Mapping[str, str], files: list[Expectations]) -> Reached:
    sessions, problems = {}, {}
    for source, drops in ((one.source, one.drops) for one in files):
        try:
            sessions[source] = stack.enter_context(open_source(source, urls[source], drops))
        except BrokenWorld as problem:
            problems[source] = problem.message
    return Reached(sessions, problems)


def _link(stack: ExitStack, warehouse: Path) -> duckdb.DuckDBPyConnection | str:
    try:
        return stack.enter_context(open_warehouse(warehouse))
    except BrokenWorld as problem:
        return problem.message
    except duckdb.Error as problem:
        return f"the warehouse {warehouse.name} cannot be read: {str(problem).splitlines()[0]}"


def _checked(
    expectations: Expectations,
    files: list[Expectations],
    reached: Reached,
    link: duckdb.DuckDBPyConnection | str,
    asking: Asking,
) -> QualityReport:
    source = expectations.source
    if source not in reached.sessions:
        return _nothing_verified(expectations, reached.problems[source], asking)
    session = reached.sessions[source]
    relations, references = _readable(expectations, files, reached)
    try:
        for reference in references:
            load_reference(session.connection, reference)
    except SQLAlchemyError as problem:
        return _nothing_verified(expectations, f"no temporary table can be made: {first_line(problem)}", asking)
    reports = [check_registration(expectations, session, relations, references, asking)]
    reports.append(check_freshness(expectations, session, asking))
    for table in expectations.tables:
        if table.reconcile is None:
            continue
        if isinstance(link, str):
            reports.append(QualityReport((not_reconciled(source, table, link, asking),)))
        else:
            reports.append(reconcile(session, table, relations, link, asking))
    return joined(reports)


def _nothing_verified(expectations: Expectations, why: str, asking: Asking) -> QualityReport:
    source = expectations.source
    results = [not_verified(source, table, rule, why, asking) for table in expectations.tables for rule in table.rules]
    tables = [table for table in expectations.tables if table.reconcile is not None]
    return QualityReport((*results, *(not_reconciled(source, table, why, asking) for table in tables)))


def _readable(
    expectations: Expectations, files: list[Expectations], reached: Reached
) -> tuple[dict[str, Relation], list[Reference]]:
    """Where each model that a source's rules read can be found from inside its session.

    A table of the same source is read as it is; the keys of another source's table are fetched first. A
    model that no source gives is left out, and what needs it could not run.
    """
    places = {table.model: (one.source, table) for one in files for table in one.tables}
    relations: dict[str, Relation] = {}
    references = []
    for model in sorted(set().union(*(models_needed(table) for table in expectations.tables))):
        if model not in places:
            continue
        source, table = places[model]
        if source == expectations.source:
            relations[model] = Relation(table.table, table.key[0])
        elif source in reached.sessions:
            reference = _fetched(reached.sessions[source], table, expectations)
            if reference is not None:
                references.append(reference)
                relations[model] = Relation(reference.table, table.key[0], is_temporary=True)
    return relations, references


def _fetched(session: SourceSession, table: CheckedTable, reader: Expectations) -> Reference | None:
    columns = [table.key[0]]
    for one in reader.tables:
        if one.parent is not None and one.parent.model == table.model:
            columns += one.parent.columns
        columns += [
            rule.check.exists_in.key
            for rule in one.rules
            if rule.check.exists_in is not None and rule.check.exists_in.model == table.model
        ]
    named = tuple(dict.fromkeys(columns))
    quote = session.connection.dialect.identifier_preparer.quote
    wanted = ", ".join(quote(name) for name in named)
    try:
        rows = session.rows(f"select distinct {wanted} from {quote(table.table)}")
    except SQLAlchemyError:
        return None  # what needs it says that the model could not be read
    return Reference(f"reference_{table.model}", named, tuple(rows))
