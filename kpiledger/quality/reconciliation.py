"""Reconciles the warehouse's staging models with one source system: totals first, then rows by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlalchemy.exc import SQLAlchemyError

from kpiledger.errors import BrokenWorld, KpiledgerError
from kpiledger.quality.differences import compared_keys, differences
from kpiledger.quality.figures import Held, Place, not_reconciled, told
from kpiledger.quality.registration import Asking, first_line
from kpiledger.quality.report import (
    QualityReport,
)
from kpiledger.quality.seen import Relation, seen_query
from kpiledger.quality.session import SourceSession
from kpiledger.quality.sides import described, put_source, put_warehouse, set_late_aside
from kpiledger.quality.totals import totals
from kpiledger.specs.expectation import CheckedTable


@contextmanager
def open_warehouse(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the staging models of a warehouse and cannot change it."""
    if not warehouse.is_file():
        raise BrokenWorld(f"the warehouse {warehouse.name} does not exist", "build it first: `kpi run`")
    with duckdb.connect(":memory:") as link:
        written = str(warehouse).replace("'", "''")
        link.execute(f"attach '{written}' as warehouse (read_only)")
        link.execute("use warehouse.staging")
        yield link


def reconcile(
    session: SourceSession,
    table: CheckedTable,
    relations: Mapping[str, Relation],
    link: duckdb.DuckDBPyConnection,
    asking: Asking,
) -> QualityReport:
    """The result of one table's reconciliation and every figure behind it."""
    try:
        held = _held_together(session, table, relations, link)
    except (KpiledgerError, SQLAlchemyError, duckdb.Error) as problem:
        why = first_line(problem)
        return QualityReport((not_reconciled(session.source, table, why, asking),))
    return told(Place(session.source, table, asking), held)


def _held_together(
    session: SourceSession,
    table: CheckedTable,
    relations: Mapping[str, Relation],
    link: duckdb.DuckDBPyConnection,
) -> Held:
    asked = table.reconcile
    compared = described(link, table, relations)
    rows = session.rows(seen_query(table, table.table, relations, list(compared.types), session.dialect))
    put_source(link, compared, rows)
    put_warehouse(link, compared, relations)
    late = set_late_aside(link, asked.cut_off if asked else None)
    summed = totals(link, compared)
    by_row = bool(asked and asked.rows) or not all(total.agrees for total in summed)
    found = differences(link, compared) if by_row else []
    tested = compared_keys(link) if by_row else len(rows) - late
    return Held(len(rows), tested, late, by_row, summed, found)
