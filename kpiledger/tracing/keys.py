"""In which tables of the source systems do the keys of a fact's rows stand? Looked up in the kept extracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.file_hash import file_hash
from kpiledger.project import Project
from kpiledger.tracing.contributing import Contribution, Row
from kpiledger.tracing.inputs import extract_path
from kpiledger.tracing.number import Fixed
from kpiledger.warehouse import literal

# By table: each column of its key, and where in the key of a fact's row it stands.
Keys = dict[str, dict[str, int]]


def tables_with(project: Project, fixed: Fixed, tables: Iterable[str], found: Contribution) -> Keys:
    """The tables of `tables` whose extracts hold the key of every row named.

    A table's key is looked up in the columns of the row's key that are named like it, or in all of them.
    """
    declared = {
        f"{one.source}.{table.table}": table.key for one in project.expectations.values() for table in one.tables
    }
    held: Keys = {}
    with duckdb.connect() as connection:
        for name in tables if found.rows else ():
            places = _places(declared.get(name, ()), found.key)
            if places and _holds(connection, fixed, name, places, found.rows):
                held[name] = places
    return held


def _places(key: Sequence[str], of_row: Sequence[str]) -> dict[str, int]:
    """Where in a row's key the columns of a table's key stand; empty where they cannot."""
    if set(key) <= set(of_row):
        return {column: of_row.index(column) for column in key}
    return {column: place for place, column in enumerate(key)} if len(key) == len(of_row) else {}


def _holds(
    connection: duckdb.DuckDBPyConnection, fixed: Fixed, name: str, places: Mapping[str, int], rows: Sequence[Row]
) -> bool:
    path = extract_path(fixed, name)
    if not path.exists():
        return False
    recorded, now = fixed.inputs.get(name), file_hash(path)
    if recorded not in (None, now):
        message = f"the extract {path} was changed: recorded {recorded}, found {now}"
        raise BrokenWorld(message, "bring it back from a copy, or run `kpi run`, which publishes from new ones")
    lists = [[row.key[place] for row in rows] for place in places.values()]
    asked = ", ".join(f"unnest(?::varchar[]) as key_{place}" for place in places.values())
    same = " and ".join(f'cast(kept."{column}" as varchar) = asked.key_{place}' for column, place in places.items())
    kept = f"read_parquet({literal(path)}) as kept"
    lost = f"select count(*) from (select {asked}) as asked anti join {kept} on {same}"
    found = connection.execute(lost, lists).fetchone()
    return found is not None and found[0] == 0
