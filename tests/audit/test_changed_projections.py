"""A ledger of 200 entries: whatever is changed in what was made from it, byte, cell or row, is found and named."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import duckdb
import pytest
from ledger_builders import clock

from kpiledger.folding import AgreementVersionRow, TargetPeriodRow
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.store import Ledger, read_entries, signed_checkpoint, writing
from kpiledger.ledger.subjects import erase
from kpiledger.ledger_index import comparing
from kpiledger.ledger_index.comparing import faults_of_index
from kpiledger.ledger_index.files import IndexFiles, digest_line
from kpiledger.ledger_index.opening import index_in_memory, open_index
from kpiledger.ledger_index.tables import TABLES
from kpiledger.people.individuals import record_informed
from kpiledger.periods import COMMON
from kpiledger.projected import RowDifference, compared, differences, folded_rows
from kpiledger.reviews.projected import TalkedRow
from tests.audit.conftest import AuditWorld
from tests.ledger.ledgers import published

BLOCK = 8192
# What tells the rows of the tables apart, each with one period of a target.
KEPT_APART = ("agreement", "agreement_version", "kpi", "member", "table", "seq")
LATER = datetime.fromisoformat("2018-02-01T09:00:00+00:00")


@pytest.fixture(scope="module")
def ledger(audit_world: AuditWorld, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The demo's three years, a notice, an erasure and publications: an entry of every kind that is written."""
    folder = tmp_path_factory.mktemp("changed") / "ledger"
    shutil.copytree(audit_world.ledger.directory, folder)
    ledger = Ledger(folder)
    record_informed(ledger, "p_1004", date(2018, 1, 5), "cfo", clock(LATER), ("p_1004",))
    erase(ledger, "p_1002", "left the house", clock(LATER))
    with writing(ledger, clock(LATER)) as writer:
        writer.append([published(number, "fct_kpi_value") for number in range(200 - writer.size)])
    return ledger


def sparse(rows: list, most: int) -> list:
    """At most so many of the rows, from the first to the last."""
    return rows[:: -(-len(rows) // most)]


def changed(value: object) -> object:
    """Another value, of the same type where there is one."""
    match value:
        case None:
            return "something"
        case bool():
            return not value
        case datetime() | date():
            return value + timedelta(days=1)
        case int() | Decimal():
            return value + 1
        case str():
            return f"{value}x"
    raise AssertionError(value)


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
    assert list(comparing.differences(index, "kept")) == []


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_cell_of_the_index_is_named_in_every_column(
    index: duckdb.DuckDBPyConnection, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a first, a middle and a last row; only the table that is changed needs a look."""
    monkeypatch.setattr(comparing, "TABLES", {table: TABLES[table]})
    rows = [row for (row,) in index.execute(f"select rowid from kept.main.{table} order by 1").fetchall()]
    for row in sparse(rows, 3):
        for column, value in changes_in_index(dict(TABLES[table])):
            index.execute("begin")
            index.execute(f"update kept.main.{table} set {column} = {value} where rowid = {row}")
            found = list(comparing.differences(index, "kept"))
            index.execute("rollback")
            assert [(one.table, one.is_missing) for one in found] == [(table, True), (table, False)], (row, column)
            apart = {name for name in TABLES[table] if found[0].row[name] != found[1].row[name]}
            assert apart == {column}


@pytest.mark.parametrize("table", TABLES)
def test_a_row_more_or_less_in_the_index_is_named(
    index: duckdb.DuckDBPyConnection, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "TABLES", {table: TABLES[table]})
    nothing = ", ".join("null" for _ in TABLES[table])
    for statement, is_missing in (
        (f"delete from kept.main.{table} where rowid = 0", True),
        (f"insert into kept.main.{table} from kept.main.{table} where rowid = 0", False),
        (f"insert into kept.main.{table} values ({nothing})", False),
    ):
        index.execute("begin")
        index.execute(statement)
        found = [(one.table, one.is_missing) for one in comparing.differences(index, "kept")]
        index.execute("rollback")
        assert found == [(table, is_missing)], statement


def test_a_changed_byte_of_the_index_is_told_by_its_digest(ledger: Ledger, audit_world: AuditWorld) -> None:
    """One byte in each 8 kB, and the first and last; that the digest is one of all bytes, sha256sum says."""
    settings = replace(audit_world.settings, build=ledger.directory.parent / "build")
    open_index(settings, ledger).close()
    files = IndexFiles(settings.build)
    done = subprocess.run(["sha256sum", "--check", files.digest.name], cwd=files.folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"{files.database.name}: OK\n"), done.stderr
    assert list(faults_of_index(files, ledger, signed_checkpoint(ledger))) == []
    sound = files.digest.read_text()
    size = files.database.stat().st_size
    places = {0, size - 1, *(start + start // BLOCK % BLOCK for start in range(0, size - BLOCK, BLOCK))}
    with files.database.open("r+b", buffering=0) as file:
        for place in sorted(places):
            file.seek(place)
            byte = file.read(1)
            for value in (bytes([byte[0] ^ 1 << place % 8]), byte):
                file.seek(place)
                file.write(value)
                assert (digest_line(files.database) == sound) == (value == byte), f"byte {place}"


def test_every_byte_of_the_index_goes_into_its_digest(ledger: Ledger, audit_world: AuditWorld) -> None:
    """Each is changed, one at a time: the state of SHA-256 behind the 64 bytes that it lies in is another.

    Bytes that follow and are the same cannot make it the same again, short of a collision; so they are left out, and
    millions of changes take seconds.
    """
    settings = replace(audit_world.settings, build=ledger.directory.parent / "build")
    open_index(settings, ledger).close()
    path = IndexFiles(settings.build).database
    sound = path.read_bytes()
    before = sha256()
    for start in range(0, len(sound), before.block_size):
        block = sound[start : start + before.block_size]
        after = before.copy()
        after.update(block)
        state = after.digest()
        for place in range(len(block)):
            other = before.copy()
            other.update(block[:place] + bytes([block[place] ^ 1 << place % 8]) + block[place + 1 :])
            assert other.digest() != state, f"byte {start + place}"
        before = after
    assert digest_line(path) == f"{before.hexdigest()}  {path.name}\n"


def test_a_changed_cell_of_the_published_tables_is_named_in_every_column(ledger: Ledger) -> None:
    """Every version of an agreement, and one period of each of its targets."""
    entries = read_entries(ledger)
    want = folded_rows(ledger, entries, recorded_events(ledger, entries), COMMON)
    assert compared(ledger, entries, recorded_events(ledger, entries), want).differences == ()
    one_each = {tuple(getattr(row, name, "") for name in KEPT_APART): row for row in want}
    assert {type(row) for row in one_each.values()} == {AgreementVersionRow, TargetPeriodRow, TalkedRow}
    some = Counter(one_each.values())
    for row in sparse(list(some), 40):
        for field in fields(row):
            other = replace(row, **{field.name: changed(getattr(row, field.name))})
            found = differences(some - Counter([row]) + Counter([other]), some)
            assert found == (RowDifference(row, True, 1), RowDifference(other, False, 1)), field.name
