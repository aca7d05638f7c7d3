"""The index of a ledger of 200 entries: a changed cell of each column, a row more or less, changed bytes of its files.

Bytes of the database are many: all of its head are changed, and some thousands of the others. All of them are changed
by `python -m benchmarks.every_byte`, which takes some minutes.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import duckdb
import pytest

from kpiledger.ledger.store import Ledger, read_entries, signed_checkpoint
from kpiledger.ledger_index.comparing import differences, faults_of_index
from kpiledger.ledger_index.files import IndexFiles
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.ledger_index.tables import TABLES
from kpiledger.ledger_index.vouching import Vouched, sound_index
from kpiledger.verifying import verify
from tests.audit.changed_bytes import small_index, two_hundred, unwatched, watched
from tests.audit.conftest import AuditWorld
from tests.ledger.flips import flipped_file

BLOCK = 16_384
HEAD = 3 * 4096  # DuckDB's three header blocks


@pytest.fixture(scope="module")
def ledger(audit_world: AuditWorld, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return two_hundred(audit_world.ledger, tmp_path_factory.mktemp("changed") / "ledger")


def sparse(rows: list, most: int) -> list:
    """At most so many of the rows, from the first to the last."""
    return rows[:: -(-len(rows) // most)]


def changes_in_index(columns: dict[str, str]) -> Iterator[tuple[str, str]]:
    """For each column what is laid into it in the place of what is there, null or not."""
    for name, kind in columns.items():
        plus = {"varchar": f"coalesce({name}, '') || 'x'", "boolean": f"not coalesce({name}, true)",
                "varchar[]": f"list_append(coalesce({name}, []), 'x')"}.get(kind)  # fmt: skip
        moved = f"coalesce({name} + interval 1 day, '2000-01-01')" if kind in ("date", "timestamp") else None
        yield name, plus or moved or f"coalesce({name}, 0) + 1"


@pytest.fixture(scope="module")
def index(ledger: Ledger) -> Iterator[duckdb.DuckDBPyConnection]:
    """The index made anew, and beside it as `kept` another that is as it was made."""
    connection = index_in_memory(ledger, signed_checkpoint(ledger))
    connection.execute("set threads to 1")  # many small questions
    connection.execute("attach ':memory:' as kept")
    for table in TABLES:
        connection.execute(f"create table kept.main.{table} as from main.{table}")
    yield connection
    connection.close()


def test_the_ledger_has_rows_for_every_table_of_the_index(ledger: Ledger, index: duckdb.DuckDBPyConnection) -> None:
    assert len(read_entries(ledger)) == 200
    assert [table for table in TABLES if not index.execute(f"from {table} limit 1").fetchall()] == []
    assert list(differences(index, "kept")) == []


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_cell_of_the_index_is_named_in_every_column(index: duckdb.DuckDBPyConnection, table: str) -> None:
    """In a first, a middle and a last row; only the table that is changed needs a look."""
    rows = [row for (row,) in index.execute(f"select rowid from kept.main.{table} order by 1").fetchall()]
    for row in sparse(rows, 3):
        for column, value in changes_in_index(dict(TABLES[table])):
            index.execute("begin")
            index.execute(f"update kept.main.{table} set {column} = {value} where rowid = {row}")
            found = list(differences(index, "kept", [table]))
            index.execute("rollback")
            assert [(one.table, one.is_missing) for one in found] == [(table, True), (table, False)], (row, column)
            apart = {name for name in TABLES[table] if found[0].row[name] != found[1].row[name]}
            assert apart == {column}


@pytest.mark.parametrize("table", TABLES)
def test_a_row_more_or_less_in_the_index_is_named(index: duckdb.DuckDBPyConnection, table: str) -> None:
    nothing = ", ".join("null" for _ in TABLES[table])
    for statement, is_missing in (
        (f"delete from kept.main.{table} where rowid = 0", True),
        (f"insert into kept.main.{table} from kept.main.{table} where rowid = 0", False),
        (f"insert into kept.main.{table} values ({nothing})", False),
    ):
        index.execute("begin")
        index.execute(statement)
        found = [(one.table, one.is_missing) for one in differences(index, "kept", [table])]
        index.execute("rollback")
        assert found == [(table, is_missing)], statement


@pytest.fixture(scope="module")
def files(ledger: Ledger, audit_world: AuditWorld) -> IndexFiles:
    return small_index(replace(audit_world.settings, build=ledger.directory.parent / "build"), ledger)


def test_the_index_that_is_changed_is_one_that_is_believed(files: IndexFiles, ledger: Ledger) -> None:
    """That its digest is one of all bytes, sha256sum says."""
    assert isinstance(sound_index(files, ledger), Vouched)
    assert list(faults_of_index(files, ledger, signed_checkpoint(ledger))) == []
    done = subprocess.run(["sha256sum", "--check", files.digest.name], cwd=files.folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"{files.database.name}: OK\n"), done.stderr


def test_a_changed_byte_of_the_index_is_found_in_all_of_its_head_and_in_thousands_of_places(files: IndexFiles) -> None:
    """Every byte of the header blocks, the first and last of each block, and others by lot; each by one bit."""
    size, lot = files.database.stat().st_size, Random(200)
    edges = {place for start in range(HEAD, size, BLOCK) for place in (start, min(start + BLOCK, size) - 1)}
    places = {*range(HEAD), *edges, *lot.sample(range(HEAD, size), 3000)}
    for place, _ in flipped_file(files.database, [(place, 1 << place % 8) for place in sorted(places)]):
        fault = files.fault()
        assert fault is not None, f"byte {place}"
        assert fault.endswith(f"{files.digest.name} says {files.digest.read_text()[:64]}")


def test_every_changed_byte_of_the_digest_and_of_the_note_on_the_index_is_found(
    files: IndexFiles, ledger: Ledger
) -> None:
    """By each of its bits, and each line end by another, which a text would not tell apart."""
    for path in (files.digest, files.note):
        sound = path.read_bytes()
        changes = [(place, 1 << bit) for place in range(len(sound)) for bit in range(8)]
        changes += [(place, ord("\n") ^ ord("\r")) for place, byte in enumerate(sound) if byte == ord("\n")]
        for place, bits in flipped_file(path, changes):
            fault = sound_index(files, ledger)
            assert isinstance(fault, str), f"{path.name}: byte {place} by {bits}"
            assert path.name in fault


def test_every_file_of_the_ledger_and_of_its_index_is_watched_and_some_changed_bytes_of_each_are_found(
    files: IndexFiles, ledger: Ledger
) -> None:
    """All bytes of them are changed by `benchmarks/every_byte.py`, in the same way."""
    assert unwatched(ledger, files) == set()
    for one in watched(ledger, files):
        size = one.path.stat().st_size
        for place, bits in flipped_file(one.path, [(place, 1 << place % 8) for place in range(0, size, size // 7)]):
            assert one.is_found(place), f"{one.path.name}: byte {place} by {bits}"
    assert verify(ledger).holds
