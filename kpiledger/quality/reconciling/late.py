"""Which records did the source make or change after the extract? They are late, not wrong."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from kpiledger.quality.reconciling.comparing import Kind
from kpiledger.quality.reconciling.names import literal, named
from kpiledger.quality.sides import SOURCE_SIDE, WAREHOUSE_ROWS, WAREHOUSE_SIDE, Compared
from kpiledger.specs.expectation import CheckedTable


@dataclass(frozen=True, slots=True)
class Late:
    """One record that is newer than the extract, and what the source says of its change."""

    record_key: str
    bucket: str | None
    changed: str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """How new the extract is, as a time in UTC or another value of the cut-off's column.

    `is_of_extract` tells whether the extract's manifest says so, or the warehouse's newest row.
    """

    text: str
    is_of_extract: bool


@dataclass(frozen=True, slots=True)
class SetAside:
    """The late records, and the mark that they are newer than; None where no column tells."""

    mark: Mark | None = None
    records: tuple[Late, ...] = ()


def set_late_aside(link: duckdb.DuckDBPyConnection, compared: Compared, mark: Mark | None) -> SetAside:
    """Take records that are newer than the extract off both sides."""
    if compared.asked.cut_off is None or mark is None:
        return SetAside()
    column = compared.columns[compared.asked.cut_off]
    link.execute(
        f"create or replace temp table late_record as "
        f"select match_key, {compared.key_of(SOURCE_SIDE)} as record_key, "
        f"{compared.bucket_of(SOURCE_SIDE)} as bucket, {column.text_name} as changed "
        f"from {SOURCE_SIDE} where {named(column.name)} > {column.own_value(literal(mark.text))}"
    )
    for side in (SOURCE_SIDE, WAREHOUSE_SIDE):
        link.execute(f"delete from {side} where match_key in (select match_key from late_record)")
    rows = link.execute("""
        select record_key, min(bucket), max(changed)
        from late_record
        group by match_key, record_key
        order by record_key
    """).fetchall()
    return SetAside(mark, tuple(Late(*row) for row in rows))


def mark_of(link: duckdb.DuckDBPyConnection, compared: Compared, source: str) -> Mark | None:
    """The extract's high-water mark from its manifest, else the newest value in the warehouse; None without rows."""
    if compared.asked.cut_off is None:
        return None
    column = compared.columns[compared.asked.cut_off]
    kept = _kept_mark(link, source, compared.table)
    if kept is not None:
        query = f"select cast({column.source_value(literal(kept))} as varchar)"
    else:
        raw = named(column.name)
        value = column.own_text(raw) if column.kind is Kind.TEXT else column.own_value(raw)
        query = f"select cast(max({value}) as varchar) from {WAREHOUSE_ROWS}"
    found = link.execute(query).fetchone()
    return Mark(found[0], kept is not None) if found and found[0] is not None else None


def _kept_mark(link: duckdb.DuckDBPyConnection, source: str, table: CheckedTable) -> str | None:
    """The high-water mark of the extract that the warehouse was made from, where it is of the cut-off's column."""
    cut_off = table.reconcile.cut_off if table.reconcile else None
    marked = table.extract.high_water_mark or cut_off if table.extract else None
    known = link.execute(
        "select count(*) from duckdb_tables() "
        "where database_name = 'warehouse' and schema_name = 'kpi' and table_name = 'dim_extract'"
    ).fetchone()
    if cut_off is None or cut_off != marked or not (known and known[0]):
        return None
    found = link.execute(
        "select high_water_mark from warehouse.kpi.dim_extract where source = ? and table_name = ?",
        [source, table.table],
    ).fetchone()
    return found[0] if found else None
