"""Which records are the same on both sides beyond doubt? They are settled in one pass, and only the rest is judged.

A settled key stands once on each side, its row is not late, and every column has the same text, or texts that are
read as the same value. The sides then hold the rows that are left; what settled rows add up to goes to both sides'
totals. Nothing is decided here: a row that is not settled may still agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import duckdb

from kpiledger.quality.reconciling.comparing import Comparable, Kind
from kpiledger.quality.reconciling.late import Mark
from kpiledger.quality.reconciling.names import literal, named
from kpiledger.quality.sides import (
    MONTH,
    SOURCE_ROWS,
    SOURCE_SIDE,
    WAREHOUSE_ROWS,
    WAREHOUSE_SIDE,
    Compared,
    as_side,
    key_parts,
    put_side,
)

SETTLED_SIDE = "settled_side"
_OURS, _THEIRS = "ours", "theirs"
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
_AS_THEY_ARE = (*_WHOLE, "DATE", "TIMESTAMP")
# What a figure has before its ten decimals.
_PLACES = 28
# A double is never settled by its text, as two ways to write its value as a decimal may round differently.
_DOUBLES = ("DOUBLE", "FLOAT")


def settle(link: duckdb.DuckDBPyConnection, compared: Compared, mark: Mark | None) -> int:
    """How many records are settled; the sides hold all others, and `settled_side` the warehouse's settled rows."""
    ours, theirs = _keys(link, compared)
    same = [_is_same(link, compared, column) for column in compared.columns.values()]
    link.execute(f"""
        create or replace temp table matched as
        with
            {_OURS} as (select {ours} as match_key, true as is_here, * from {SOURCE_ROWS}),
            {_THEIRS} as (select {theirs} as match_key, true as is_here, * from {WAREHOUSE_ROWS})
        select
            count({_OURS}.is_here) as ours_count,
            count({_THEIRS}.is_here) as theirs_count,
            list(coalesce({_OURS}.match_key, {_THEIRS}.match_key)) filter (
                {_OURS}.is_here is null or {_THEIRS}.is_here is null
                or not ({" and ".join([*same, _is_early(compared, mark)])})
            ) as open_keys,
        from {_OURS}
        full outer join {_THEIRS} on {_OURS}.match_key = {_THEIRS}.match_key
    """)
    _put_open(link, {SOURCE_ROWS: ours, WAREHOUSE_ROWS: theirs})
    for side, key in ((SOURCE_SIDE, ours), (WAREHOUSE_SIDE, theirs)):
        put_side(link, compared, side, f"where {key} in (select match_key from open_key) or {key} is null")
    link.execute(
        f"create or replace temp view {SETTLED_SIDE} as {as_side(compared, WAREHOUSE_SIDE)} from {WAREHOUSE_ROWS} "
        f"where {theirs} not in (select match_key from open_key) and {theirs} is not null"
    )
    return _count(link, SOURCE_ROWS) - _count(link, SOURCE_SIDE)


def _put_open(link: duckdb.DuckDBPyConnection, keys: dict[str, str]) -> None:
    """The keys that are not settled: those found apart, and those that stand more than once on a side.

    The join gives more rows of a side than there are where, and only where, a matched key is repeated on the other.
    """
    row = link.execute("select ours_count, theirs_count from matched").fetchone()
    assert row is not None
    queries = ["select unnest(open_keys) as match_key from matched"]
    if row[1] > _count(link, WAREHOUSE_ROWS):
        queries.append(_repeated(SOURCE_ROWS, keys[SOURCE_ROWS]))
    if row[0] > _count(link, SOURCE_ROWS):
        queries.append(_repeated(WAREHOUSE_ROWS, keys[WAREHOUSE_ROWS]))
    link.execute(f"""
        create or replace temp table open_key as
        with found as ({" union ".join(queries)})
        select match_key from found where match_key is not null
    """)


def _repeated(rows: str, key: str) -> str:
    return f"select {key} as match_key from {rows} group by {key} having count(*) > 1"


def _keys(link: duckdb.DuckDBPyConnection, compared: Compared) -> tuple[str, str]:
    """The key of a row of the source and of the warehouse: a whole number as it is, which is quicker than its text."""
    names = compared.table.key
    if len(names) == 1 and compared.columns[names[0]].type in _WHOLE and _arrived(link, names[0]) in _WHOLE:
        return named(names[0]), named(names[0])
    return key_parts(compared, SOURCE_SIDE), key_parts(compared, WAREHOUSE_SIDE)


def _arrived(link: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """The type that a column of the source came in."""
    found = link.execute(f"select typeof({named(name)}) from {SOURCE_ROWS} limit 1").fetchone()
    return found[0] if found else None


def _is_same(link: duckdb.DuckDBPyConnection, compared: Compared, column: Comparable) -> str:
    """A column of a pair is the same beyond doubt, asked in the order of what it costs."""
    our, their = f"{_OURS}.{named(column.name)}", f"{_THEIRS}.{named(column.name)}"
    text = f"cast({our} as varchar)"
    if column.kind is Kind.TEXT:
        return f"{text} is not distinct from {column.own_text(their)}"
    cases, value = [], column.own_value(their)
    if column.zone is None and column.type in _AS_THEY_ARE and column.type == _arrived(link, column.name):
        cases.append(f"when {our} = {their} then true")
    elif column.zone is None and column.type not in _DOUBLES:
        can_sum = f" and {value} is not null" if _is_long(column) else ""
        cases.append(f"when {text} = cast({column.own_text(their)} as varchar){can_sum} then true")
    # Two values that are one can still have two labels, and so be of two buckets.
    label = f" and {column.label(text)} = {column.label(their)}" if column.name in _cut_by(compared) else ""
    cases.append(f"when {column.source_value(text)} = {value}{label} then true")
    return f"case {' '.join(cases)} else {our} is null and {their} is null end"


def _is_long(column: Comparable) -> bool:
    """Whether a figure may have more places before the point than can be added: such a one is left to be judged."""
    found = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", column.type)
    has_room = int(found[1]) - int(found[2]) <= _PLACES if found else column.type in _WHOLE
    return column.kind is Kind.FIGURE and not has_room


def _cut_by(compared: Compared) -> Iterable[str]:
    return [name for name in compared.asked.totals.by if name != MONTH]


def _is_early(compared: Compared, mark: Mark | None) -> str:
    """Whether a row is not newer than the mark."""
    if mark is None or compared.asked.cut_off is None:
        return "true"
    column = compared.columns[compared.asked.cut_off]
    raw = f"{_THEIRS}.{named(column.name)}"
    value = column.own_text(raw) if column.kind is Kind.TEXT else column.own_value(raw)
    return f"coalesce({value} <= {column.own_value(literal(mark.text))}, true)"


def _count(link: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = link.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0
