"""Which rows of the facts lay in a period when it was closed, and which of them are new, changed or gone now?

A row is kept as the KPIs see it: with the attributes that they slice by, also those of a dimension model. Rows of other
periods are not kept: a rolling value may change for a reason that only another close, or none, can tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.specs.fact import Fact
from kpiledger.warehouse import literal

_SHOWN = 3
_WHERE = "select table_schema from information_schema.tables where table_name = ? and table_catalog = current_catalog()"


@dataclass(frozen=True, slots=True)
class FactChange:
    """How the rows of a fact in a closed period differ from those that were closed; some keys to look for."""

    fact: str
    new: int
    changed: int
    gone: int
    keys: tuple[str, ...]

    def __str__(self) -> str:
        counts = ((self.new, "new"), (self.changed, "changed"), (self.gone, "gone"))
        told = ", ".join(f"{count} {word}" for count, word in counts if count)
        more = ", ..." if self.new + self.changed + self.gone > len(self.keys) else ""
        return f"{self.fact}: {told} ({', '.join(self.keys)}{more})"


def rows_in_period(connection: DuckDBPyConnection, fact: Fact, first: date, last: date) -> str | None:
    """The query of a fact's rows that any of its dates puts into a period; None where its model is not there."""
    model = _address(connection, fact.model)
    if model is None:
        return None
    joins, columns = [], []
    for name, dimension in sorted(fact.dimensions.items()):
        through = dimension.through and _address(connection, dimension.through)
        if through:
            joins.append(f'left join {through} as by_{name} on by_{name}."{dimension.on}" = fact."{dimension.on}"')
            columns.append(f'by_{name}."{dimension.column}" as sliced_by_{name}')
    days = " or ".join(
        f"cast(fact.\"{column}\" as date) between date '{first}' and date '{last}'"
        for column in (fact.time, *fact.times)
    )
    order = ", ".join(f'fact."{column}"' for column in fact.key)
    return (
        f"select {', '.join(['fact.*', *columns])} from {model} as fact {' '.join(joins)} where {days} order by {order}"
    )


def change_of(connection: DuckDBPyConnection, fact: Fact, kept: Path, first: date, last: date) -> FactChange | None:
    """What differs now from the rows that were kept; None where nothing does."""
    query = rows_in_period(connection, fact, first, last)
    then = f"read_parquet({literal(kept)})"
    was = _columns(connection, f"select * from {then}")
    now = _columns(connection, query) if query else []
    shared = [column for column in was if column in now]
    if query is None or not set(fact.key) <= set(shared):
        query, shared = f"select * from {then} where false", was
    found = connection.execute(_compared(fact, then, query, shared)).fetchall()
    counts = {kind: count for kind, count, _ in found}
    if not counts:
        return None
    keys = [key for _, _, some in found for key in some]
    new, changed, gone = (counts.get(kind, 0) for kind in ("new", "changed", "gone"))
    return FactChange(fact.fact, new, changed, gone, tuple(sorted(keys)[:_SHOWN]))


def _compared(fact: Fact, then: str, query: str, shared: Iterable[str]) -> str:
    """Kind of difference, how many rows, and some of their keys."""
    key = ", ".join(f'cast("{column}" as varchar)' for column in fact.key)
    said = ", ".join(f'coalesce(cast("{column}" as varchar), chr(0))' for column in shared)
    row = f"concat_ws('/', {key}) as row_key, concat_ws(chr(31), {said}) as row_text"
    return f"""
        with then_rows as (select {row} from {then}),
        now_rows as (select {row} from ({query})),
        compared as (
            select coalesce(then_rows.row_key, now_rows.row_key) as row_key,
                case
                    when then_rows.row_key is null then 'new'
                    when now_rows.row_key is null then 'gone'
                    when then_rows.row_text <> now_rows.row_text then 'changed'
                end as kind
            from then_rows full join now_rows on then_rows.row_key = now_rows.row_key
        )
        select kind, count(*), list(row_key order by row_key)[1:{_SHOWN}]
        from compared where kind is not null group by kind order by kind
    """


def _columns(connection: DuckDBPyConnection, query: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(f"describe {query}").fetchall()]


def _address(connection: DuckDBPyConnection, model: str) -> str | None:
    found = connection.execute(_WHERE, [model]).fetchone()
    return f"{found[0]}.{model}" if found else None
