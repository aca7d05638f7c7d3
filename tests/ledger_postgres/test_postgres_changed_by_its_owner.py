"""What an administrator changed in the ledger's schema, who may change anything, is named to whoever verifies."""

from __future__ import annotations

import psycopg2
import pytest

from kpiledger.ledger.postgres_connection import address_of
from kpiledger.ledger.postgres_rights import rights_in
from kpiledger.ledger.postgres_session import Session
from tests.ledger_postgres.laid import ADMINISTRATOR, AUDITOR, Database, new_database
from tests.postgres import Server, needs_postgres

pytestmark = needs_postgres

NOTHING = "create function public.nothing() returns trigger language plpgsql as $$ begin return null; end $$;"
SAME_NAME = "drop trigger entry_only_grows on ledger.entry; create trigger entry_only_grows"
CHANGES = {
    "a trigger of that name that calls something else": (
        f"{NOTHING} {SAME_NAME} before update or delete or truncate on ledger.entry for each statement "
        "execute function public.nothing()",
        "the trigger entry_only_grows of ledger.entry is another: it calls nothing()",
    ),
    "a trigger of that name that looks away": (
        f"{SAME_NAME} before truncate on ledger.entry for each statement execute function ledger.refuse()",
        "the trigger entry_only_grows of ledger.entry is another: it calls ledger.refuse()",
    ),
    "a trigger more": (
        f"{NOTHING} create trigger a before insert on ledger.entry for each row execute function public.nothing()",
        "the trigger a of ledger.entry is none of the ledger's",
    ),
    "a function of the same name": (
        "create function ledger.node_hash(a text, b text, c text) returns text language sql as $$ select 'x' $$",
        "there is a second ledger.node_hash: ledger.node_hash(text,text,text)",
    ),
    "a rule": (
        "create rule quiet as on insert to ledger.entry do instead nothing",
        "the rule quiet stands before ledger.entry",
    ),
    "hidden rows": (
        "alter table ledger.entry enable row level security; create policy part on ledger.entry using (seq <> 2)",
        "row level security stands before ledger.entry",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_the_owner_changed_is_named(server: Server, change: str) -> None:
    database: Database = new_database(server)
    assert rights_in(Session(address_of(database.url(AUDITOR)))).amiss == ()
    statement, told = CHANGES[change]
    with psycopg2.connect(database.url(ADMINISTRATOR)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
    (amiss,) = rights_in(Session(address_of(database.url(AUDITOR)))).amiss
    assert told in amiss
