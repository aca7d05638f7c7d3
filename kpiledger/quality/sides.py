"""Puts the rows of a source and of the warehouse side by side in DuckDB, in values that can be compared.

Every value of the source arrives as text and is read as the warehouse's type. What cannot be read stays visible
as text beside an empty value. The columns of a parent are joined here, the same way on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.quality.reconciling.adapters import Landing, fetched
from kpiledger.quality.reconciling.comparing import Comparable, comparables
from kpiledger.quality.reconciling.names import literal, named
from kpiledger.quality.reconciling.texts import column_types, texts_query
from kpiledger.quality.seen import Relation, relation_of, seen_query
from kpiledger.quality.session import SourceSession
from kpiledger.specs.expectation import CheckedTable
from kpiledger.specs.reconciling import Reconcile

MONTH = "month"
SOURCE_SIDE, WAREHOUSE_SIDE = "source_side", "warehouse_side"
SOURCE_ROWS, WAREHOUSE_ROWS = "source_rows", "warehouse_rows"
_OWN_ROWS, _PARENT_ROWS = "own_rows", "parent_rows"
# The line of a key's parts is their own lengths and texts, so that ('a', 'b') is never another pair of texts.
_PART = "coalesce(length({part}) || ':' || {part}, '-')"


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared of a table: each wanted column with the warehouse's type."""

    table: CheckedTable
    asked: Reconcile
    columns: Mapping[str, Comparable]

    def bucket(self, parts: Sequence[str]) -> str:
        """The text of a bucket, whose parts are written as given in the order of `by`: a month as a time."""
        labelled = [
            f"'month=' || coalesce(strftime({part}, '%Y-%m'), 'none')"
            if name == MONTH
            else f"{literal(name + '=')} || coalesce({self.columns[name].label(part)}, 'none')"
            for name, part in zip(self.asked.totals.by, parts, strict=True)
        ]
        return " || ', ' || ".join(labelled)

    def bucket_parts(self, side: str) -> list[str]:
        """The columns of a side that make its buckets."""
        return [
            f"{side}.{named(self.period.name)}" if name == MONTH else f"{side}.{self.columns[name].text_name}"
            for name in self.asked.totals.by
        ]

    def bucket_of(self, side: str) -> str:
        """The text of the bucket that a row of a side belongs to."""
        return self.bucket(self.bucket_parts(side))

    def key_of(self, side: str) -> str:
        """The key of a row of a side, as people read it."""
        labels = [self.columns[name].label(f"{side}.{self.columns[name].text_name}") for name in self.table.key]
        return " || ' / ' || ".join(f"coalesce({label}, '(empty)')" for label in labels)

    @property
    def period(self) -> Comparable:
        """The column that tells a row's month."""
        return self.columns[self.table.period or ""]


def wanted_columns(table: CheckedTable, asked: Reconcile) -> list[str]:
    """The columns that the reconciliation of a table reads, each once."""
    by = [table.period if name == MONTH else name for name in asked.totals.by]
    named_ones = [*table.key, *by, *asked.totals.sum, *asked.totals.checksum, *asked.rows, asked.cut_off]
    return list(dict.fromkeys(name for name in named_ones if name is not None))


def described(
    link: duckdb.DuckDBPyConnection, table: CheckedTable, asked: Reconcile, relations: Mapping[str, Relation]
) -> Compared:
    """The warehouse's types of what a table's reconciliation reads; BrokenWorld when the model lacks it."""
    query = _staging_query(table, relations, wanted_columns(table, asked))
    try:
        found = link.execute(f"describe {query}").fetchall()
    except duckdb.Error as problem:
        reason = str(problem).splitlines()[0]
        message = f"the warehouse cannot give {table.model}: {reason}"
        raise BrokenWorld(message, "build the staging models first") from problem
    return Compared(table, asked, comparables({name: kind for name, kind, *_ in found}, asked.rows))


def put_source(
    link: duckdb.DuckDBPyConnection,
    compared: Compared,
    session: SourceSession,
    land: Landing,
    relations: Mapping[str, Relation],
    where: str = "",
) -> None:
    """Make the source's rows readable as `source_rows`, as they came; `where` is a condition in the source's SQL."""
    table, wanted = compared.table, list(compared.columns)
    own, parents, landed = wanted, dict(relations), []
    if table.parent is not None:
        own = list(dict.fromkeys([name for name in wanted if name not in table.parent.columns] + [table.parent.link]))
        above = relation_of(table.parent.model, relations)
        # A temporary table is seen by the session that made it alone.
        land_parent = fetched(session, link) if above.is_temporary else land
        borrowed = [above.key, *table.parent.columns]
        read = _landed(session, land_parent, above.name, borrowed, _PARENT_ROWS)
        landed.append(f"{_PARENT_ROWS} as ({_as_texts(read, borrowed)})")
        parents[table.parent.model] = Relation(_PARENT_ROWS, above.key)
    read = _landed(session, land, table.table, own, _OWN_ROWS, where)
    landed.append(f"{_OWN_ROWS} as ({read if table.parent is None else _as_texts(read, own)})")
    seen = seen_query(table, _OWN_ROWS, parents, wanted, "duckdb")
    # One stream of rows has one reader: a second thread would do nothing but wait, which costs as much again.
    link.execute("set threads = 1")
    try:
        link.execute(f"create or replace temp table {SOURCE_ROWS} as with {', '.join(landed)} select * from ({seen})")
    finally:
        link.execute("reset threads")


def put_warehouse(link: duckdb.DuckDBPyConnection, compared: Compared, relations: Mapping[str, Relation]) -> None:
    """Make the staging model's rows readable as `warehouse_rows`: a table where it lies, and what a view gives once."""
    query = _staging_query(compared.table, relations, list(compared.columns))
    kept = link.execute(
        "select count(*) from duckdb_tables() "
        "where database_name = 'warehouse' and schema_name = 'staging' and table_name = ?",
        [compared.table.model],
    ).fetchone()
    is_table = compared.table.parent is None and bool(kept and kept[0])
    for kind in ("view", "table"):
        if _exists(link, kind):
            link.execute(f"drop {kind} temp.{WAREHOUSE_ROWS}")
    link.execute(f"create temp {'view' if is_table else 'table'} {WAREHOUSE_ROWS} as {query}")


def _exists(link: duckdb.DuckDBPyConnection, kind: str) -> bool:
    known = link.execute(
        f"select count(*) from duckdb_{kind}s() where database_name = 'temp' and {kind}_name = ?", [WAREHOUSE_ROWS]
    ).fetchone()
    return bool(known and known[0])


def put_side(link: duckdb.DuckDBPyConnection, compared: Compared, side: str, where: str = "") -> None:
    """Make the rows of a side comparable, all of them or those of a condition, as a table to take rows off."""
    rows = SOURCE_ROWS if side == SOURCE_SIDE else WAREHOUSE_ROWS
    link.execute(f"create or replace temp table {side} as {as_side(compared, side)} from {rows} {where}")


def _staging_query(table: CheckedTable, relations: Mapping[str, Relation], wanted: Sequence[str]) -> str:
    """The staging model seen with its parent's staging model, which goes by the model's own name."""
    parents = {model: Relation(model, relation.key) for model, relation in relations.items()}
    return seen_query(table, table.model, parents, wanted, "duckdb")


def _landed(
    session: SourceSession, land: Landing, table: str, wanted: Sequence[str], into: str, where: str = ""
) -> str:
    names, place = list(dict.fromkeys(wanted)), session.as_written(table)
    query = texts_query(session, place, names, column_types(session, place), land.keeps_times)
    return land.rows(f"{query} where {where}" if where else query, names, f"landed_{into}")


def _as_texts(read: str, names: Sequence[str]) -> str:
    """Rows read, as text alone, so that what two sources write can be joined."""
    texts = ", ".join(f"cast({named(name)} as varchar) as {named(name)}" for name in dict.fromkeys(names))
    return f"select {texts} from ({read})"


def as_side(compared: Compared, side: str) -> str:
    """The columns of a side: match_key, and for each column its comparable value and its text, or what makes it."""
    columns = [f"{key_parts(compared, side)} as match_key"]
    for name, column in compared.columns.items():
        text = _text(column, side)
        columns.append(f"{text} as {column.text_name}")
        if len(column.names) > 1:
            value = column.source_value(text) if side == SOURCE_SIDE else column.own_value(named(name))
            columns.append(f"{value} as {named(name)}")
    return f"select {', '.join(columns)}"


def key_parts(compared: Compared, side: str) -> str:
    """The one text by which a row finds its match, from a side's rows."""
    columns = [compared.columns[name] for name in compared.table.key]
    labels = [column.label(_text(column, side) if side == SOURCE_SIDE else named(column.name)) for column in columns]
    if len(labels) == 1:
        return f"coalesce({labels[0]}, '(empty)')"
    return " || ".join(_PART.format(part=label) for label in labels)


def _text(column: Comparable, side: str) -> str:
    name = named(column.name)
    return f"cast({name} as varchar)" if side == SOURCE_SIDE else column.own_text(name)
