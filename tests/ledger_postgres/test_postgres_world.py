"""What is said when the server is not as it should be: a sentence, a hint, and never the password."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from kpiledger.errors import BrokenWorld, BusyError, LedgerDamaged
from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.postgres_connection import address_of
from kpiledger.ledger.postgres_storage import PostgresStorage
from kpiledger.ledger.storages import storage_of
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.verifying.verify import verify
from tests.ledger_postgres.laid import ADMINISTRATOR, AUDITOR, PASSWORD, PIPELINE, SWORN, Database, empty_database
from tests.ledger_postgres.scribe import Scribe
from tests.postgres import Server, needs_postgres

pytestmark = needs_postgres

WORD = quote(PASSWORD, safe="")


def told(action: Callable[[], object]) -> str:
    """The whole sentence and its hint; the password and its parts are not in it."""
    with pytest.raises(BrokenWorld) as broken:
        action()
    assert broken.value.hint
    chain: BaseException | None = broken.value
    while chain is not None:
        assert not [part for part in (PASSWORD, WORD, "c4nary", "word") if part in str(chain).replace("password", "")]
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
    return str(broken.value)


def test_without_the_variable_the_ledger_is_in_files(tmp_path: Path) -> None:
    assert storage_of(tmp_path, {}) == FileStorage(tmp_path)
    assert storage_of(tmp_path, {"KPI_LEDGER_URL": ""}) == FileStorage(tmp_path)
    found = storage_of(tmp_path, {"KPI_LEDGER_URL": "postgresql://kpi:c4nary@db.example.org:5433/ledger"})
    assert found.place == "postgresql://kpi@db.example.org:5433/ledger"
    assert "c4nary" not in repr(found)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://kpi:{PASSWORD}@db/ledger",
        "postgresql://kpi:c4nary/word@db/ledger",
        "postgresql://kpi:c4nary%zz@db/ledger",
        "postgresql://kpi:c4nary",
        "postgresql://kpi:c4nary@db/ledger?word=@",
        "mysql://kpi:c4nary@db/ledger",
        "host=db password=c4nary",
        "c4nary",
    ],
)
def test_an_address_that_cannot_be_read_is_not_shown(url: str) -> None:
    said = told(lambda: address_of(url))
    assert said.startswith("KPI_LEDGER_URL is no address of a PostgreSQL database")
    assert "write postgresql://account:" in said


def test_a_wrong_password_is_told_without_it(database: Database) -> None:
    right = PostgresStorage(address_of(database.url(SWORN, WORD)))
    assert not right.exists()
    wrong = PostgresStorage(address_of(database.url(SWORN, f"{WORD}2")))
    said = told(wrong.exists)
    assert f"postgresql://sworn@{database.host}/{database.name} cannot be reached" in said
    assert 'password authentication failed for user "sworn"' in said
    assert "check the server, the network and KPI_LEDGER_URL" in said


def test_a_server_that_is_not_there_is_told() -> None:
    storage = PostgresStorage(address_of(f"postgresql://kpi:{WORD}@127.0.0.1:9/ledger"))
    assert "postgresql://kpi@127.0.0.1:9/ledger cannot be reached" in told(storage.exists)


def test_a_missing_driver_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    said = told(lambda: storage_of(tmp_path, {"KPI_LEDGER_URL": f"postgresql://kpi:{WORD}@db/ledger"}))
    assert "the driver of PostgreSQL is not installed" in said
    assert "pip install 'kpiledger[postgres]'" in said
    assert isinstance(storage_of(tmp_path, {}), FileStorage)


def test_a_database_without_the_schema_is_told_how_to_lay_it(server: Server) -> None:
    storage = empty_database(server).storage()
    for action in (storage.exists, storage.checkpoint, storage.everything, lambda: Scribe().fill(storage)):
        said = told(action)
        assert "has no ledger" in said
        assert "`kpi ledger-schema`" in said


def test_a_ledger_that_nobody_began_is_told(database: Database, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, storage=database.storage())
    for action in (lambda: read_entries(ledger), lambda: verify(ledger)):
        assert told(action).startswith(f"there is no ledger in postgresql://pipeline@{database.host}/{database.name}")


def test_an_auditor_who_records_is_told_what_is_missing(database: Database) -> None:
    said = told(lambda: Scribe().fill(database.storage(AUDITOR), 1))
    assert "does not allow it: permission denied for table checkpoint" in said
    assert "kpi_ledger_writer" in said


def test_a_server_that_only_reads_is_read_and_says_so(database: Database) -> None:
    scribe = Scribe()
    scribe.fill(database.storage(), 2)
    before = database.storage().everything()
    database.says(ADMINISTRATOR, f"alter database {database.name} set default_transaction_read_only = on")
    with database.storage().writing() as writer:
        said = told(lambda: writer.append(scribe.batch(1)))
    assert "is read only: cannot execute INSERT in a read-only transaction" in said
    assert "not a standby" in said
    assert database.storage().everything() == before


def test_a_full_disk_is_told_and_work_resumes(database: Database) -> None:
    scribe = Scribe()
    scribe.fill(database.storage(), 2)
    before = database.storage().everything()
    database.says(
        ADMINISTRATOR,
        "create function public.full() returns trigger language plpgsql as $$ begin "
        "raise exception 'could not extend file' using errcode = 'disk_full'; end $$",
        "create trigger full_disk after insert on ledger.checkpoint for each row execute function public.full()",
    )
    batch = scribe.batch(3)
    with database.storage().writing() as writer:
        said = told(lambda: writer.append(batch))
    assert "has no space left: could not extend file" in said
    assert "what was recorded before is untouched" in said
    assert database.storage().everything() == before
    database.says(ADMINISTRATOR, "drop trigger full_disk on ledger.checkpoint")
    with database.storage().writing() as writer:
        writer.append(batch)
    assert len(database.storage().entry_lines(1, 9)) == 5


def test_a_connection_that_breaks_half_way_records_nothing_and_work_resumes(database: Database) -> None:
    scribe = Scribe()
    scribe.fill(database.storage(), 2)
    before = database.storage().everything()
    with database.storage().writing() as writer:
        database.says(
            ADMINISTRATOR, f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{PIPELINE}'"
        )
        lost = scribe.batch(1)
        assert "cannot be reached" in told(lambda: writer.append(lost))
    assert database.storage().everything() == before
    with database.storage().writing() as writer:
        writer.append(lost)
    assert len(database.storage().entry_lines(1, 9)) == 3


def test_whoever_waits_too_long_for_the_other_writer_is_told(database: Database) -> None:
    with (
        database.storage().writing(),
        pytest.raises(BusyError, match="another process holds the ledger in postgresql://pipeline@"),
        database.storage(patience=0.05).writing(),
    ):
        pass
    with database.storage(patience=0.05).writing():
        pass


def test_a_ledger_whose_checkpoint_was_taken_away_is_damaged(database: Database) -> None:
    Scribe().fill(database.storage(), 2)
    database.says(
        ADMINISTRATOR,
        "alter table ledger.checkpoint disable trigger all",
        "delete from ledger.checkpoint where size = 2",
        "alter table ledger.checkpoint enable trigger all",
    )
    with (
        database.storage().writing() as writer,
        pytest.raises(LedgerDamaged, match=r"entries up to 2, and its .* covers 0"),
    ):
        writer.settle(0, 0)
    database.says(ADMINISTRATOR, "set session_replication_role = replica", "delete from ledger.checkpoint")
    assert database.storage().exists()
    with pytest.raises(LedgerDamaged, match="has no checkpoint"):
        database.storage().checkpoint()
