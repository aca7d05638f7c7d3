"""Reconciles the warehouse's staging models with one source system: totals first, then rows by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlalchemy.exc import SQLAlchemyError

from kpiledger.errors import BrokenWorld, KpiledgerError
from kpiledger.quality.asking import Asking, first_line
from kpiledger.quality.differences import compared_keys, differences
from kpiledger.quality.figures import Held, Place, not_reconciled, told
from kpiledger.quality.reconciling.adapters import landing
from kpiledger.quality.reconciling.late import mark_of, set_late_aside
from kpiledger.quality.reconciling.names import literal
from kpiledger.quality.reconciling.pushed import agreeing
from kpiledger.quality.reconciling.secrets import without_password
from kpiledger.quality.report import QualityReport
from kpiledger.quality.seen import Relation
from kpiledger.quality.session import SourceSession
from kpiledger.quality.settling import SETTLED_SIDE, settle
from kpiledger.quality.sides import SOURCE_SIDE, WAREHOUSE_SIDE, described, put_source, put_warehouse
from kpiledger.quality.totals import has_unsummed, totals
from kpiledger.specs.expectation import CheckedTable
from kpiledger.specs.reconciling import Reconcile


@contextmanager
def open_warehouse(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the staging models of a warehouse, where it has any, and cannot change it."""
    if not warehouse.is_file():
        raise BrokenWorld(f"the warehouse {warehouse.name} does not exist", "build it first: `kpi run`")
    with duckdb.connect(":memory:") as link:
        # A time with its zone is written as text in the zone of the session.
        link.execute("set timezone = 'UTC'")
        link.execute(f"attach {literal(str(warehouse))} as warehouse (read_only)")
        has_staging = link.execute(
            "select 1 from duckdb_schemas() where database_name = 'warehouse' and schema_name = 'staging'"
        ).fetchall()
        link.execute("use warehouse.staging" if has_staging else "use warehouse")
        yield link


def reconcile(
    session: SourceSession,
    table: CheckedTable,
    relations: Mapping[str, Relation],
    link: duckdb.DuckDBPyConnection,
    asking: Asking,
) -> QualityReport:
    """The result of one table's reconciliation and every figure behind it."""
    assert table.reconcile is not None
    try:
        held = _held_together(session, table, table.reconcile, relations, link)
    except (KpiledgerError, SQLAlchemyError, duckdb.Error) as problem:
        why = without_password(first_line(problem), session.url)
        return QualityReport((not_reconciled(session.source, table, why, asking),))
    return told(Place(session.source, table, asking), held)


def _held_together(
    session: SourceSession,
    table: CheckedTable,
    asked: Reconcile,
    relations: Mapping[str, Relation],
    link: duckdb.DuckDBPyConnection,
) -> Held:
    compared = described(link, table, asked, relations)
    land = landing(session, link)
    put_warehouse(link, compared, relations)
    mark = mark_of(link, compared, session.source)
    if (shortcut := agreeing(link, compared, session, land, mark)) is not None:
        return shortcut
    put_source(link, compared, session, land, relations)
    settled = settle(link, compared, mark)
    in_table = settled + _count(link)
    late = set_late_aside(link, compared, mark)
    remaining = settled + _count(link)
    summed = totals(link, compared, SETTLED_SIDE)
    by_row = (
        bool(asked.rows)
        or not all(total.agrees for total in summed)
        or has_unsummed(link, compared, SOURCE_SIDE, WAREHOUSE_SIDE)
    )
    found = differences(link, compared) if by_row else []
    tested = settled + compared_keys(link) if by_row else remaining
    return Held(in_table, tested, late, by_row, summed, found)


def _count(link: duckdb.DuckDBPyConnection) -> int:
    row = link.execute(f"select count(*) from {SOURCE_SIDE}").fetchone()
    return int(row[0]) if row else 0
