"""What the pipeline's account may not do, in the server's own words: change, delete, back-date, leave a gap, fork."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg2
import pytest

from kpiledger.ledger.merkle import leaf_hash
from tests.ledger_postgres.laid import ADMINISTRATOR, AUDITOR, PIPELINE, Database, new_database
from tests.ledger_postgres.scribe import Scribe
from tests.postgres import Server, needs_postgres

pytestmark = needs_postgres

ADD_ENTRY = "insert into ledger.entry (seq, line, leaf) values (%s, %s, %s)"
ADD_CHECKPOINT = "insert into ledger.checkpoint (size, note) values (%s, %s)"


@pytest.fixture(scope="module")
def database(server: Server) -> Database:
    """One database for all, since nothing that is tried here changes it."""
    return new_database(server)


@pytest.fixture(scope="module")
def scribe(database: Database) -> Scribe:
    """Who wrote the three entries and two batches that the ledger holds."""
    scribe = Scribe()
    scribe.fill(database.storage(), 1, 2)
    return scribe


@pytest.mark.parametrize("account", [PIPELINE, AUDITOR])
@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("update ledger.entry set line = '{}'", "permission denied for table entry"),
        ("update ledger.checkpoint set note = ''", "permission denied for table checkpoint"),
        ("delete from ledger.entry", "permission denied for table entry"),
        ("delete from ledger.checkpoint where size = 3", "permission denied for table checkpoint"),
        ("truncate ledger.entry", "permission denied for table entry"),
        ("truncate ledger.checkpoint", "permission denied for table checkpoint"),
        ("select * from ledger.entry for update", "permission denied for table entry"),
        (
            "insert into ledger.entry (seq, line, leaf) values (1, '', '') on conflict (seq) do update set line = ''",
            "permission denied for table entry",
        ),
        (
            "merge into ledger.entry using (select 1) as one on true when matched then delete",
            "permission denied for table entry",
        ),
        ("insert into ledger.entry (seq, line, leaf, stored_at) values (4, '', '', '2017-01-01')", "permission denied"),
        ("insert into ledger.entry (seq, line, leaf, subtrees) values (4, '', '', '{}')", "permission denied"),
        ("insert into ledger.checkpoint (size, note, stored_at) values (4, '', '2017-01-01')", "permission denied"),
        ("drop trigger entry_only_grows on ledger.entry", "must be owner of relation entry"),
        ("alter table ledger.entry disable trigger all", "must be owner of table entry"),
        ("alter table ledger.entry alter stored_at set default '2017-01-01'", "must be owner of table entry"),
        ("alter table ledger.entry owner to pipeline", "must be owner of table entry"),
        ("drop table ledger.entry", "must be owner of table entry"),
        ("drop schema ledger cascade", "must be owner of schema ledger"),
        ("create table ledger.mine (n integer)", "permission denied for schema ledger"),
        (
            "create trigger mine before insert on ledger.entry for each row execute function ledger.refuse()",
            "permission denied for table entry",
        ),
        ("create rule mine as on insert to ledger.entry do instead nothing", "must be owner of table entry"),
        ("alter function ledger.refuse() rename to mine", "must be owner of function refuse"),
        ("set session_replication_role = replica", 'permission denied to set parameter "session_replication_role"'),
        ("set role kpi_ledger_owner", 'permission denied to set role "kpi_ledger_owner"'),
        ("set session authorization postgres", 'permission denied to set session authorization "postgres"'),
        ("grant update on ledger.entry to pipeline; update ledger.entry set line = ''", "permission denied for table"),
        ("grant kpi_ledger_owner to pipeline", 'permission denied to grant role "kpi_ledger_owner"'),
    ],
)
def test_no_account_but_the_owner_changes_anything(
    database: Database, scribe: Scribe, account: str, statement: str, answer: str
) -> None:
    before = database.storage().everything()
    assert answer in database.says(account, *statement.split("; "))
    assert database.storage().everything() == before


def test_the_auditor_adds_nothing(database: Database, scribe: Scribe) -> None:
    entry = scribe.entry()
    with database.session(AUDITOR) as cursor, pytest.raises(psycopg2.Error, match="permission denied for table entry"):
        cursor.execute(ADD_ENTRY, (entry.seq, entry.line.decode(), entry.entry_hash))


@pytest.mark.parametrize(
    ("seq", "answer"),
    [(5, "entry 5 is not the next one, which is 4"), (3, "entry 3 is not the next one, which is 4")],
)
def test_entries_follow_each_other_without_a_gap(database: Database, scribe: Scribe, seq: int, answer: str) -> None:
    assert answer in _added(database, scribe, seq=seq)


@pytest.mark.parametrize(
    ("shift", "answer"),
    [
        (timedelta(days=-365), "before entry 3 at"),
        (timedelta(seconds=-30), "before entry 3 at"),
        (timedelta(minutes=6), "and the server's clock shows"),
        (timedelta(days=365), "and the server's clock shows"),
    ],
)
def test_an_entry_is_recorded_now(database: Database, scribe: Scribe, shift: timedelta, answer: str) -> None:
    told = _added(database, scribe, at=datetime.now(UTC) + shift)
    assert told.startswith("entry 4 says it was recorded at ")
    assert answer in told


def test_the_first_entry_cannot_be_back_dated_either(server: Server) -> None:
    told = _added(new_database(server), Scribe(), at=datetime.now(UTC) - timedelta(minutes=6))
    assert "and the server's clock shows" in told


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        (lambda line: line.replace('"seq":"4"', '"seq":"5"'), "the line of entry 4 says seq 5"),
        (lambda line: line.replace('"seq":"4"', '"seq":4.0'), "the line of entry 4 says seq 4.0"),
        (lambda line: line.replace("run-0", "run-9"), "the line of entry 4 does not hash to the leaf given"),
        (lambda line: line + "\n", "or is more than one line"),
        (lambda line: "no JSON", "invalid input syntax for type json"),
    ],
)
def test_a_line_is_what_its_row_says(database: Database, scribe: Scribe, changed, answer: str) -> None:
    entry = scribe.entry()
    with database.session(PIPELINE) as cursor, pytest.raises(psycopg2.Error, match=answer):
        cursor.execute(ADD_ENTRY, (4, changed(entry.line.decode()), entry.entry_hash))


@pytest.mark.parametrize(
    "junk",
    [
        lambda line: line.replace('"commit":null', '"commit": null'),
        lambda line: line.replace('"commit":null', '"commit":1'),
        lambda line: line.replace('"commit":null,', ""),
        lambda line: line.replace('{"commit"', '{"added":"","commit"'),
        lambda line: line.replace('"format":"1"', '"format":"2"'),
        lambda line: line.replace('"key":"run-0"', '"key":""'),
        lambda line: line.replace("run.published", "Robert; drop"),
        lambda line: line.replace('"content":{', '"content":[{').replace('},"format"', '}],"format"'),
        lambda line: line.replace('"hashes":{', '"hashes":{"n":1.5,'),
        lambda line: line + " ",
    ],
)
def test_a_line_that_looks_like_no_entry_is_refused(database: Database, scribe: Scribe, junk) -> None:
    line = scribe.entry().line.decode()
    assert junk(line) != line
    with database.session(PIPELINE) as cursor, pytest.raises(psycopg2.Error, match="does not look like an entry"):
        cursor.execute(ADD_ENTRY, (4, junk(line), leaf_hash(junk(line).encode()).hex()))


@pytest.mark.parametrize(
    ("signed", "answer"),
    [
        (lambda note: note.partition(b"\n\n")[0] + b"\n", "is not a signed note"),
        (lambda note: note.partition("— ".encode())[0] + b"by me\n", "is not a signed note"),
        (lambda note: note + note.splitlines(keepends=True)[-1], "is not a signed note"),
        (lambda note: note.replace("— kpiledger.local".encode(), "— elsewhere".encode()), "is not a signed note"),
        (lambda note: note[:-6] + b"\n", "is not a signed note"),
        (lambda note: Scribe().signed_again(note), "is said to be signed by the key "),
    ],
)
def test_a_checkpoint_that_the_ledger_s_key_cannot_have_signed_is_refused(
    database: Database, scribe: Scribe, signed, answer: str
) -> None:
    entry = scribe.entry()
    with database.session(PIPELINE) as cursor:
        cursor.execute("begin")
        cursor.execute(ADD_ENTRY, (4, entry.line.decode(), entry.entry_hash))
        with pytest.raises(psycopg2.Error, match=answer):
            cursor.execute(ADD_CHECKPOINT, (4, signed(scribe.note([*scribe.entries, entry])).decode()))


def test_an_entry_that_no_checkpoint_covers_is_not_committed(database: Database, scribe: Scribe) -> None:
    before = database.storage().everything()
    entry = scribe.entry()
    with database.session(PIPELINE) as cursor:
        cursor.execute("begin")
        cursor.execute(ADD_ENTRY, (entry.seq, entry.line.decode(), entry.entry_hash))
        with pytest.raises(psycopg2.Error, match="entry 4 is under no checkpoint"):
            cursor.execute("commit")
    assert database.storage().everything() == before


def test_checkpoints_of_a_fork_are_refused(database: Database, scribe: Scribe) -> None:
    entry, other = scribe.entry(), scribe.entry(number=77)
    three = scribe.entries
    notes = {
        "does not have the root of the entries": (4, scribe.note([*three, other])),
        "is of another ledger: elsewhere": (4, scribe.note([*three, entry], origin="elsewhere")),
        "the checkpoint of size 5 says 5 and there are 4 entries": (5, scribe.note([*three, entry, other])),
        "the checkpoint of size 4 says 3 and there are 4 entries": (4, scribe.note(three)),
        "while decoding base64": (4, scribe.note([*three, entry]).replace(b"=\n", b"*\n", 1)),
    }
    for answer, (size, note) in notes.items():
        with database.session(PIPELINE) as cursor:
            cursor.execute("begin")
            cursor.execute(ADD_ENTRY, (4, entry.line.decode(), entry.entry_hash))
            with pytest.raises(psycopg2.Error, match=answer):
                cursor.execute(ADD_CHECKPOINT, (size, note.decode()))


@pytest.mark.parametrize("size", [0, 2, 3])
def test_there_is_one_checkpoint_of_a_size(database: Database, scribe: Scribe, size: int) -> None:
    note = scribe.note(scribe.entries[:size])
    answer = "there is a checkpoint of size 3 already" if size == 3 else "and there are 3 entries"
    with database.session(PIPELINE) as cursor, pytest.raises(psycopg2.Error, match=answer):
        cursor.execute(ADD_CHECKPOINT, (size, note.decode()))


@pytest.mark.parametrize("account", ["kpi_ledger_owner", ADMINISTRATOR])
@pytest.mark.parametrize("table", ["entry", "checkpoint"])
@pytest.mark.parametrize("statement", ["update {} set stored_at = now()", "delete from {}", "truncate {}"])
def test_even_the_owner_is_stopped_once(
    database: Database, scribe: Scribe, account: str, table: str, statement: str
) -> None:
    told = database.says(ADMINISTRATOR, f"set role {account}", statement.format(f"ledger.{table}"))
    assert told == f"the ledger only grows: {statement.split()[0]} of ledger.{table} is refused"


def _added(database: Database, scribe: Scribe, **said) -> str:
    entry = scribe.entry(**said)
    with database.session(PIPELINE) as cursor, pytest.raises(psycopg2.Error) as refused:
        cursor.execute(ADD_ENTRY, (entry.seq, entry.line.decode(), entry.entry_hash))
    return str(refused.value)
