"""Can the source's own totals show that the two sides agree, without a row leaving it?

A shortcut and never a verdict of its own: where a total or checksum differs, where a type is not as declared, or where
the source refuses the query, the rows are fetched and everything is counted from them.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from kpiledger.quality.conditions import quoted
from kpiledger.quality.figures import Held
from kpiledger.quality.reconciling.adapters import Landing
from kpiledger.quality.reconciling.comparing import FIGURE_TYPE
from kpiledger.quality.reconciling.dialects import PUSHED, Pushed
from kpiledger.quality.reconciling.late import Mark, SetAside, set_late_aside
from kpiledger.quality.reconciling.names import named
from kpiledger.quality.reconciling.texts import Types, as_text, column_types
from kpiledger.quality.session import SourceSession
from kpiledger.quality.sides import MONTH, SOURCE_SIDE, WAREHOUSE_SIDE, Compared, put_side, put_source
from kpiledger.quality.totals import (
    SOURCE_TOTAL,
    WAREHOUSE_TOTAL,
    has_unsummed,
    measures_of,
    put_totals,
    totals_side_by_side,
)

_ARRIVED = "arrived_total"


def agreeing(
    link: duckdb.DuckDBPyConnection, compared: Compared, session: SourceSession, land: Landing, mark: Mark | None
) -> Held | None:
    """What the source's own totals show where all of them agree, else None; the warehouse's rows must be there."""
    written = PUSHED.get(session.dialect)
    if written is None or compared.asked.rows or compared.table.parent is not None:
        return None
    types = column_types(session, compared.table.table)
    put_side(link, compared, WAREHOUSE_SIDE)
    if not _is_typed(compared, types) or has_unsummed(link, compared, WAREHOUSE_SIDE):
        return None
    newer, older = written.newer(compared, types, mark), written.older(compared, types, mark)
    if mark is not None and not (newer and older):
        return None
    try:
        late = _set_aside(link, compared, session, land, mark, newer)
        read = land.rows(_totals_query(compared, types, written, older), _columns(compared), f"landed_{_ARRIVED}")
        link.execute(f"create or replace temp table {_ARRIVED} as {read}")
    except (duckdb.Error, SQLAlchemyError):
        return None  # the rows are asked next: a source that is gone will say so then
    return _held(link, compared, late)


def _held(link: duckdb.DuckDBPyConnection, compared: Compared, late: SetAside) -> Held | None:
    if not _put_source_total(link, compared):
        return None
    put_totals(link, compared, WAREHOUSE_SIDE, WAREHOUSE_TOTAL)
    found = totals_side_by_side(link, compared)
    if not all(total.agrees for total in found):
        return None
    tested = sum(int(total.source or 0) for total in found if total.measure == "count")
    return Held(tested + len(late.records), tested, late, False, found, [])


def _is_typed(compared: Compared, types: Types) -> bool:
    """Whether the source declares figures and times as such, so that it can add them and cut them by month."""
    figures = [types.get(name) for name in compared.asked.totals.sum]
    times = [types.get(compared.period.name)] if MONTH in compared.asked.totals.by else []
    return (
        all(isinstance(kind, (sa.Integer, sa.Numeric)) for kind in figures)
        and all(isinstance(kind, (sa.Date, sa.DateTime)) for kind in times)
        and all(name in types for name in compared.columns)
    )


def _set_aside(
    link: duckdb.DuckDBPyConnection,
    compared: Compared,
    session: SourceSession,
    land: Landing,
    mark: Mark | None,
    newer: str,
) -> SetAside:
    if mark is None:
        return SetAside()
    put_source(link, compared, session, land, {}, where=newer)
    put_side(link, compared, SOURCE_SIDE)
    return set_late_aside(link, compared, mark)


def _columns(compared: Compared) -> list[str]:
    by = [f"by_{place}" for place in range(len(compared.asked.totals.by))]
    return by + [f"figure_{place}" for place in range(len(measures_of(compared)))]


def _totals_query(compared: Compared, types: Types, written: Pushed, older: str) -> str:
    asked, dialect = compared.asked.totals, written.dialect
    by = [
        written.month(quoted(compared.period.name, dialect), types[compared.period.name])
        if name == MONTH
        else as_text(name, types[name], dialect)
        for name in asked.by
    ]
    figures = ["count(*)", *(f"sum({written.figure(quoted(name, dialect), types[name])})" for name in asked.sum)]
    if asked.checksum:
        figures.append(f"sum({written.hashed(_parts(compared, types, written))})")
    shown = [
        f"{value} as {name}" for value, name in zip([*by, *map(written.text, figures)], _columns(compared), strict=True)
    ]
    where = f" where {older}" if older else ""
    groups = ", ".join(str(place) for place in range(1, len(by) + 1))
    return f"select {', '.join(shown)} from {quoted(compared.table.table, dialect)}{where} group by {groups}"


def _parts(compared: Compared, types: Types, written: Pushed) -> Sequence[str]:
    """The canonical text of each value that a checksum is made of, as `totals.canonical` writes it in DuckDB."""
    names = dict.fromkeys([*compared.table.key, *compared.asked.totals.checksum])
    return [written.canonical(compared.columns[name].kind, name, types[name]) for name in names]


def _put_source_total(link: duckdb.DuckDBPyConnection, compared: Compared) -> bool:
    """Make the source's figures readable as `source_total`; false where one of them cannot be read."""
    parts = [
        f"try_cast(by_{place} || '-01' as timestamp)" if name == MONTH else named(f"by_{place}")
        for place, name in enumerate(compared.asked.totals.by)
    ]
    last = len(compared.asked.totals.sum)
    figures, unread = [], []
    for place in range(len(measures_of(compared))):
        kind = FIGURE_TYPE if 0 < place <= last else "hugeint"
        figures.append(f"sum(try_cast(figure_{place} as {kind})) as figure_{place}")
        unread.append(f"(figure_{place} is not null and try_cast(figure_{place} as {kind}) is null)")
    if link.execute(f"select 1 from {_ARRIVED} where {' or '.join(unread)} limit 1").fetchone():
        return False
    link.execute(
        f"create or replace temp table {SOURCE_TOTAL} as "
        f"select {compared.bucket(parts)} as bucket, {', '.join(figures)} from {_ARRIVED} group by bucket"
    )
    return True
