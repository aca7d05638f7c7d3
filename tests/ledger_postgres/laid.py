"""Databases with the ledger's schema laid, the accounts that use them, and what the server says to each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import text

from kpiledger.ledger import postgres_storage
from kpiledger.ledger.postgres_connection import address_of
from kpiledger.ledger.postgres_storage import PostgresStorage
from tests.postgres import Server

SCHEMA = Path(postgres_storage.__file__).with_name("postgres_schema.sql")
ADMINISTRATOR, PIPELINE, AUDITOR, SWORN = "postgres", "pipeline", "auditor", "sworn"
PASSWORD = "c4nary-p@ss/word"
_TEMPLATE = "ledger_template"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Database:
    """One database of the server; an account is trusted by its name, but for `sworn`, who needs the password."""

    host: str
    name: str

    def url(self, account: str = PIPELINE, password: str = "") -> str:
        """The address, as KPI_LEDGER_URL has it."""
        said = f"{account}:{password}" if password else account
        return f"postgresql://{said}@/{self.name}?host={self.host}"

    def storage(self, account: str = PIPELINE, patience: float = 60.0) -> PostgresStorage:
        """The ledger's storage, as an account sees it."""
        return PostgresStorage(address_of(self.url(account)), patience)

    @contextmanager
    def session(self, account: str) -> Iterator[Any]:
        """A cursor of an account; each statement is a transaction unless it says `begin`."""
        with closing(psycopg2.connect(self.url(account))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor

    def says(self, account: str, *statements: str) -> str:
        """What the server answers to an account: the rows of the last statement, or why it refuses."""
        with self.session(account) as cursor:
            try:
                for statement in statements:
                    cursor.execute(statement)
                return str(cursor.fetchall()) if cursor.description else str(cursor.statusmessage)
            except psycopg2.Error as problem:
                return str(problem).splitlines()[0]


def new_database(server: Server, name: str = "") -> Database:
    """A database with an empty ledger."""
    name = name or f"ledger_{next(_numbers)}"
    _administer(server, f"create database {name} template {_TEMPLATE}")
    return Database(server.variables["PGHOST"], name)


def empty_database(server: Server) -> Database:
    """A database in which nobody laid the schema."""
    name = f"empty_{next(_numbers)}"
    _administer(server, f"create database {name}")
    return Database(server.variables["PGHOST"], name)


def lay_template(server: Server) -> None:
    """Lay the schema once; make the accounts, and ask the last of them for its password."""
    _administer(server, f"create database {_TEMPLATE}")
    template = Database(server.variables["PGHOST"], _TEMPLATE)
    with template.session(ADMINISTRATOR) as cursor:
        cursor.execute(SCHEMA.read_text(encoding="utf-8"))
        cursor.execute(f"create role {PIPELINE} login in role kpi_ledger_writer")
        cursor.execute(f"create role {AUDITOR} login in role kpi_ledger_reader")
        cursor.execute(f"create role {SWORN} login in role kpi_ledger_writer password %s", (PASSWORD,))
        cursor.execute("show hba_file")
        trusted = Path(cursor.fetchone()[0])
        trusted.write_text(f"local all {SWORN} scram-sha-256\n{trusted.read_text()}")
        cursor.execute("select pg_reload_conf()")


def _administer(server: Server, statement: str) -> None:
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
