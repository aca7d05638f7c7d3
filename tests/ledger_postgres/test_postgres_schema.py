"""What an administrator does: read the SQL that `kpi ledger-schema` prints, run it, let accounts in."""

from __future__ import annotations

import psycopg2
import pytest
from click.testing import CliRunner

from kpiledger.commands.ledger_schema import ledger_schema
from kpiledger.ledger.schema import EntryKind
from tests.ledger_postgres.laid import ADMINISTRATOR, PIPELINE, Database, empty_database
from tests.ledger_postgres.scribe import Scribe
from tests.postgres import Server, needs_postgres

pytestmark = needs_postgres


def printed() -> str:
    answer = CliRunner().invoke(ledger_schema)
    assert answer.exit_code == 0
    return answer.stdout


def test_an_administrator_who_is_no_superuser_can_lay_it_and_keeps_no_way_in(server: Server) -> None:
    empty = empty_database(server)
    empty.says(ADMINISTRATOR, "create role keeper login createrole")
    for statement in (
        f"alter database {empty.name} owner to keeper",
        "grant kpi_ledger_owner to keeper with admin option",  # as the one who made the roles has them
        "revoke inherit option for kpi_ledger_owner from keeper",
        "revoke set option for kpi_ledger_owner from keeper",
    ):
        assert "error" not in empty.says(ADMINISTRATOR, statement).lower()
    with empty.session("keeper") as cursor:
        cursor.execute(printed())
    assert empty.says("keeper", "update ledger.entry set line = ''") == "permission denied for schema ledger"
    scribe = Scribe()
    scribe.fill(empty.storage(), 3)
    assert len(empty.storage().entry_lines(1, 9)) == 3


def test_laying_it_again_changes_nothing(database: Database) -> None:
    Scribe().fill(database.storage(), 2)
    before = database.storage().everything()
    with database.session(ADMINISTRATOR) as cursor, pytest.raises(psycopg2.Error, match='"ledger" already exists'):
        cursor.execute(printed())
    assert database.storage().everything() == before


def test_a_database_of_another_encoding_is_refused(server: Server) -> None:
    admin = Database(server.variables["PGHOST"], "postgres")
    admin.says(ADMINISTRATOR, "create database latin encoding 'LATIN1' locale 'C' template template0")
    latin = Database(admin.host, "latin")
    with latin.session(ADMINISTRATOR) as cursor, pytest.raises(psycopg2.Error, match="this database is LATIN1"):
        cursor.execute(printed())


def test_the_server_computes_roots_and_frontiers_as_the_standard_has_them(database: Database) -> None:
    """`Scribe` computes each root from all leaves; the server from one subtree for each digit of the size."""
    scribe = Scribe()
    scribe.fill(database.storage())
    with database.storage().writing() as writer:
        for size in range(1, 71):
            batch = scribe.batch(1)
            writer.append(batch)
            assert database.storage().frontier() == batch.frontier, size
            assert database.storage().checkpoint() == batch.checkpoint


def test_an_auditor_gets_the_files_with_one_query_each(database: Database) -> None:
    scribe = Scribe()
    scribe.fill(database.storage(), 2, 3)
    with database.session("auditor") as cursor:
        cursor.execute("select line, leaf from ledger.entry order by seq")
        found = cursor.fetchall()
    stored = database.storage().everything()
    assert "".join(f"{line}\n" for line, _ in found).encode() == stored.entries
    assert "".join(f"{leaf}\n" for _, leaf in found).encode() == stored.leaves
    assert database.says(PIPELINE, "select ledger.tree_root(max(seq)) from ledger.entry")


@pytest.mark.parametrize("kind", EntryKind)
def test_a_line_of_every_kind_looks_like_an_entry(database: Database, kind: EntryKind) -> None:
    line = (
        f'{{"commit":null,"content":{{}},"format":"1","key":"a","kind":"{kind}",'
        '"recorded_at":"2026-01-05T09:00:00.000000Z","seq":"1","uncommitted":false}'
    )
    with database.session(ADMINISTRATOR) as cursor:
        cursor.execute("select ledger.looks_like_an_entry(%s)", [line])
        assert cursor.fetchall() == [(True,)]
