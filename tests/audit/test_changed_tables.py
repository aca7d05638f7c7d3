"""Every cell of every published table is changed, one at a time: each change is in the hash that was recorded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from kpiledger.publishing import PUBLISHED_TABLES, table_hash, table_hashes

COLUMNS = """
    select column_name, data_type from information_schema.columns
    where table_schema = 'kpi' and table_name = ? and column_name not in ('run_id', 'checked_at')  -- of the run
"""
# What the hash is of: the rows as texts. A text without line ends can be told from those beside it.
UNCHANGED = """
    with told as (
        select r::varchar as before, struct_update(r, {name} := {value})::varchar as after from kpi.{table} as r
    )
    select count(*) from told where before = after or contains(after, chr(10))
"""


@pytest.fixture(scope="module")
def warehouse(published_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables") / "warehouse.duckdb"
    shutil.copyfile(published_demo / "build/warehouse.duckdb", path)
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        for table in PUBLISHED_TABLES:
            if connection.execute(f"select count(*) from kpi.{table}").fetchall() == [(0,)]:
                connection.execute(f"insert into kpi.{table} default values")  # the demo has closed nothing
    return path


def changed(name: str, kind: str) -> str:
    """SQL of another value in the place of each that is there, null or not."""
    if kind == "VARCHAR":
        return f"coalesce({name}, '') || 'x'"
    if kind == "BOOLEAN":
        return f"not coalesce({name}, true)"
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return f"coalesce({name} + interval 1 day, '2000-01-01')::{kind}"
    if kind.startswith("DECIMAL"):
        return f"(coalesce({name}, 0) + 0.{'0' * (int(kind.rstrip(')').split(',')[1]) - 1)}1)::{kind}"
    assert kind in ("INTEGER", "BIGINT", "DOUBLE", "HUGEINT"), kind
    return f"coalesce({name}, 0) + 1"


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[str, str]]:
    for name, kind in connection.execute(COLUMNS, [table]).fetchall():
        yield name, changed(name, kind)


@pytest.mark.parametrize("table", PUBLISHED_TABLES)
def test_every_changed_cell_changes_the_text_that_is_hashed(warehouse: Path, table: str) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        assert connection.execute(f"select count(*) > 0 from kpi.{table}").fetchall() == [(True,)]
        for name, value in columns(connection, table):
            query = UNCHANGED.format(table=table, name=name, value=value)
            assert connection.execute(query).fetchall() == [(0,)], name


@pytest.mark.parametrize("table", PUBLISHED_TABLES)
def test_a_changed_cell_of_each_column_changes_the_hash_that_was_recorded(warehouse: Path, table: str) -> None:
    """The hash itself, in turn for a first, a middle and a last row."""
    with duckdb.connect(str(warehouse)) as connection:
        recorded = table_hash(connection, table)
        rows = [row for (row,) in connection.execute(f"select rowid from kpi.{table} order by 1").fetchall()]
        for number, (name, value) in enumerate(columns(connection, table)):
            row = rows[number % 3 * (len(rows) - 1) // 2]
            connection.execute("begin")
            connection.execute(f"update kpi.{table} set {name} = {value} where rowid = {row}")
            found = table_hash(connection, table)
            connection.execute("rollback")
            assert found != recorded, name
    assert table_hashes(warehouse)[table] == recorded
