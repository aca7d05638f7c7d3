"""A schema that an older version laid is named by `kpi verify`, and brought up to date by an administrator."""

from __future__ import annotations

import psycopg2
import pytest

from kpiledger.ledger.postgres_functions import functions_laid, upgrade_text
from kpiledger.ledger.postgres_rights import rights_in
from tests.ledger_postgres.laid import ADMINISTRATOR, AUDITOR, PIPELINE, Database
from tests.ledger_postgres.scribe import Scribe
from tests.postgres import needs_postgres

pytestmark = needs_postgres

# The first version checked neither the form of an entry nor who signed.
OLDER = """
    create or replace function ledger.checkpoint_follows() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as $$ begin new.stored_at := clock_timestamp(); return new; end $$;
    drop trigger entry_is_of_now on ledger.entry;
    drop function ledger.entry_is_of_now();
    drop function ledger.signer;
"""


def amiss(database: Database) -> tuple[str, ...]:
    return rights_in(database.storage(AUDITOR).session).amiss


@pytest.fixture
def older(database: Database) -> Database:
    Scribe().fill(database.storage(), 1, 2)
    with database.session(ADMINISTRATOR) as cursor:
        cursor.execute(OLDER)
    return database


def test_every_function_of_the_script_is_on_the_server_as_the_script_has_it(database: Database) -> None:
    laid = functions_laid()
    with database.session(ADMINISTRATOR) as cursor:
        cursor.execute("select proname from pg_proc where pronamespace = 'ledger'::regnamespace")
        assert {name for (name,) in cursor.fetchall()} == set(laid)
    assert {name for name, body in laid.items() if body} >= {"entry_follows", "checkpoint_follows", "refuse"}
    assert amiss(database) == ()


def test_an_older_schema_is_named_with_what_differs_and_the_way_out(older: Database) -> None:
    schema, trigger = amiss(older)
    assert "older than this version's, or was changed" in schema
    assert (
        "(ledger.signer is missing, ledger.entry_is_of_now is missing, ledger.checkpoint_follows is another)" in schema
    )
    assert "`kpi ledger-schema --upgrade`" in schema
    assert "entry_is_of_now of ledger.entry is missing" in trigger


def test_the_upgrade_leaves_every_byte_and_the_server_refuses_again_what_it_should(older: Database) -> None:
    before = older.storage().everything()
    for _ in range(2):  # run again it changes nothing
        with psycopg2.connect(older.url(ADMINISTRATOR)) as connection, connection.cursor() as cursor:
            cursor.execute(upgrade_text())
    assert amiss(older) == ()
    assert older.storage().everything() == before
    said = older.says(PIPELINE, "insert into ledger.checkpoint (size, note) values (9, 'x')")
    assert "the checkpoint of size 9 says" in said
